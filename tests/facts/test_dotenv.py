"""`.env` files, held to python-dotenv's own reading; then where each assignment stands."""

from __future__ import annotations

from io import StringIO

import pytest
from dotenv import dotenv_values

from archlint.facts.dotenv import read_dotenv
from archlint.service.configuration.dotenvs import is_example

FILES = [
    "",
    "A=1\nB=2\n",
    "# A=1\n\nB=2 # why\n",
    "export A=1\n  B = 2  \n",
    "A='x # y'\nB=\"x\\ny\"\nC=x#y\n",
    "A='first\nsecond'\nB=2\n",
    "A\nB=\n",
    "A=1\r\nB=2\r\n",
    "A=${B}\nB=$C\n",
    "A=é\nB='ü'",
    "A=1\nA=2\n",
]


@pytest.mark.parametrize("text", FILES)
def test_names_and_values_are_python_dotenvs(text: str) -> None:
    found = read_dotenv(".env", text.encode())
    expected = dotenv_values(stream=StringIO(text), interpolate=False)
    assert {variable.name: variable.value for variable in found.variables} == dict(expected)
    assert found.problems == ()


def test_places() -> None:
    found = read_dotenv(".env", "\ufeff# x\r\n\r\n  export A=1\r\nB='x\ny'\nC=2 # z\n".encode())
    assert [(v.name, v.location.line, v.location.column, v.location.end_line) for v in found.variables] == [
        ("A", 3, 3, 3), ("B", 4, 1, 5), ("C", 6, 1, 6)
    ]  # fmt: skip


def test_what_is_no_assignment_is_a_problem_with_its_place() -> None:
    found = read_dotenv(".env", b"A=1\n=x y\nB='open\nC=3\n")
    assert [problem.location.line for problem in found.problems][:1] == [2]
    assert found.variables[0].name == "A"
    [latin] = read_dotenv(".env", b"A=1\nB=\xe9\n").problems
    assert (latin.location.line, latin.why) == (2, "it is not UTF-8")


@pytest.mark.parametrize(
    "name",
    [
        *(".env.example", "a/.env.sample", ".env.template", ".env.test", "env.dist", ".env.ci"),
        *("a/e2e.env", ".env.testing", "integration.env", ".env.e2e.local"),
    ],
)
def test_files_that_hold_examples(name: str) -> None:
    assert is_example(name)


@pytest.mark.parametrize("name", [".env", ".env.prod", ".env.local", "latest.env", "a/examples/.env"])
def test_files_that_hold_values(name: str) -> None:
    assert not is_example(name)

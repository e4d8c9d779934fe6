"""Documents made to break a reader: each is read, or refused with its place, in linear time and memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archlint.facts.comments import read_comments
from archlint.facts.dockerfile import read_dockerfile
from archlint.facts.dotenv import read_dotenv
from archlint.facts.ini import read_ini
from archlint.facts.recipes import read_justfile, read_makefile
from archlint.facts.shell import read_shell
from archlint.facts.toml import read_toml
from archlint.facts.yaml import read_yaml
from archlint.service.configuration.masks import mask_line
from archlint.service.configuration.secrets import SecretVerdict, is_secret_name, judge
from archlint.service.deployment.ci import github_commands
from tests.service.small import service_of

READERS: dict[str, Callable[[bytes], Any]] = {
    "toml": lambda data: read_toml("a.toml", data),
    "yaml": lambda data: read_yaml("a.yaml", data),
    "ini": lambda data: read_ini("a.ini", data),
    "dotenv": lambda data: read_dotenv(".env", data),
    "dockerfile": lambda data: read_dockerfile("Dockerfile", data),
    "shell": lambda data: read_shell(data.decode(errors="replace")),
    "make": lambda data: read_makefile(data.decode(errors="replace")),
    "just": lambda data: read_justfile(data.decode(errors="replace")),
    "comments": lambda data: read_comments("a.sh", b"# archlint: x\n" + data),
    "workflow": lambda data: github_commands.__wrapped__("a.yml", data),  # type: ignore[attr-defined]
    "mask": lambda data: mask_line(data.decode(errors="replace")),
}
BLANKS = b" " * 100_000
HOSTILE = {
    "toml": [
        b"a = " + b"[" * 900 + b"]" * 900,
        b"[" + b".".join([b"a"] * 3_000) + b"]\nx = 1",
        b"a = " + b"1" * 5_000,
        b"a = '''" + b"'" * 100_000,
    ],
    "yaml": [
        b"x0: &x0 [a]\n" + b"".join(b"x%d: &x%d [*x%d, *x%d]\n" % (i, i, i - 1, i - 1) for i in range(1, 60)),
        b"[" * 100_000,
        b"? " * 50_000,
        b"a: &a {<<: [*a]}",
    ],
    "ini": [b"[a]\nx" + BLANKS + b"y", b"x = 1", b"[a]\n" + b"p = 1\n" * 100_000, b"[" * 100_000],
    "dotenv": [b"A=b" + BLANKS + b"c", b"A='" + b"\\" * 100_000, b"=" * 100_000],
    "dockerfile": [
        b"ARG A=aaaaaaaa\n" + b"ARG A=${A}${A}\n" * 60 + b"FROM ${A}\n",
        b"FROM a\n" + b"ONBUILD HEALTHCHECK " * 20_000 + b"\n",
        b"FROM a\nFROM b\nCOPY --from=" + b"1" * 5_000 + b" / /\n",
        b"FROM a\nRUN " + b"<<A " * 20_000 + b"\n" + b"x\n" * 20_000,
        b"FROM a\nRUN a \\\n" + b"\\\n" * 100_000,
        b"FROM a\nENV A=" + b'"\\' * 50_000 + b"\nRUN " + b"'\"\\" * 30_000,
        b"FROM a\nRUN x\n" * 100_000,
    ],
    "shell": [
        b"<<A\n" * 50_000,
        b"(" * 20_000,
        b"x=" + b"$(" * 5_000,
        b"if a; then\n" * 5_000,
        b"a && " * 50_000,
    ],
    "make": [b"a" + BLANKS + b"b\n", b"a" * 100_000 + b":\n\tb\n", b"a \\\n" * 50_000],
    "just": [
        b"a:\n  " + b"{{" * 300_000,
        b"a " + b" ".join([b'p="x"'] * 350) + b"\n  b\n",
        b"a" + BLANKS + b"b\n",
    ],
    "comments": [b"<<A\n" * 50_000, b"'" * 50_001, b'"\\' * 50_000, b"#" * 100_000],
    "workflow": [b'on: push\njobs: {a: {steps: [{run: "' + b"${{" * 100_000 + b'"}]}}'],
    "mask": [
        b"# it's " + rb"\a" * 50_000,
        b"# a:" + BLANKS + b"!",
        b"# " + b"a" * 100_000,
        b"a://" * 30_000,
        b"password" * 20_000 + b"=",
        b'"' + b"0123456789abcdef" * 10_000 + b'"',
        b"-----BEGIN PRIVATE KEY-----" * 3_000,
    ],
}


@pytest.mark.parametrize(("kind", "data"), [(kind, data) for kind in HOSTILE for data in HOSTILE[kind]])
def test_a_hostile_document_is_read_or_refused(kind: str, data: bytes) -> None:
    assert READERS[kind](data) is not None


@pytest.mark.parametrize("data", HOSTILE["toml"])
def test_toml_that_cannot_be_read_says_why(data: bytes) -> None:
    read = read_toml("a.toml", data)
    assert all(problem.location.file == "a.toml" for problem in read.problems)


def test_places_in_a_key_of_a_thousand_parts_are_found() -> None:
    read = read_toml("a.toml", b"[" + b".".join([b"a"] * 1_000) + b"]\nx = 1\n")
    assert not read.problems
    assert read.location(*["a"] * 1_000, "x").line == 2


def test_yaml_that_aliases_expand_is_refused_at_the_alias() -> None:
    read = read_yaml("a.yaml", HOSTILE["yaml"][0])
    assert read.documents == ()
    assert read.problems[0].location.line > 1


def test_an_anchor_that_is_used_often_is_no_expansion() -> None:
    read = read_yaml("a.yaml", b"x: &x {a: 1}\ny: [" + b", ".join([b"*x"] * 1_000) + b"]\n")
    assert read.problems == () and len(read.documents) == 1


def test_an_interpolation_that_multiplies_is_an_error() -> None:
    import configparser

    options = "".join(f"a{i} = " + f"%(a{i + 1})s" * 20 + "\n" for i in range(9))
    read = read_ini("a.ini", f"[a]\n{options}a9 = x\n".encode())
    assert not read.problems
    assert read.get("a", "a9", {}) == "x"
    with pytest.raises(configparser.InterpolationError):
        read.get("a", "a0", {})


def test_groups_that_include_one_another_end(tmp_path: Path) -> None:
    head = '[project]\nname = "a"\nversion = "1"\ndependencies = []\n[dependency-groups]\ng0 = ["b"]\n'
    twice = "".join(
        f'g{i} = [{{ include-group = "g{i - 1}" }}, {{ include-group = "g{i - 1}" }}]\n' for i in range(1, 45)
    )
    project = service_of(tmp_path, {"pyproject.toml": head + twice}).project
    assert {one.group for one in project.declared} == {f"g{i}" for i in range(45)}
    assert len(project.declared) == 45


@pytest.mark.parametrize(
    "text",
    [
        "project = 3\ndependency-groups = 'x'\ntool = [1]\n",
        "[tool]\npoetry = 3\nuv = 4\nhatch = [1]\n",
        "[tool.poetry]\ndependencies = 'x'\ngroup = [1]\npackages = 3\n",
        "[tool.uv]\nsources = 3\nworkspace = [1]\nindex = { a = 1 }\nconflicts = 3\nenvironments = 3\n",
        '[project]\nname = "a"\ndependencies = ["b; ' + "(" * 3_000 + "os_name == 'a'" + ")" * 3_000 + '"]\n',
    ],
)
def test_tables_of_the_wrong_shape_raise_nothing(tmp_path: Path, text: str) -> None:
    service = service_of(
        tmp_path, {"pyproject.toml": text, "app/main.py": "x = 1\n", "uv.lock": "version = 1\n"}
    )
    assert service.project.declared == ()
    assert service.commands.all == ()


def test_scripts_that_call_one_another_end(tmp_path: Path) -> None:
    scripts = {f"s{i}.sh": "".join(f"./s{(i + j) % 40}.sh\n" for j in (1, 2, 3)) for i in range(40)}
    image = {"Dockerfile": "FROM python\nCOPY . .\nCMD ./s0.sh\n", "app/main.py": "x = 1\n"}
    assert service_of(tmp_path, {**scripts, **image}).commands.all


def test_models_that_hold_one_another_have_variables_to_a_limit(tmp_path: Path) -> None:
    head = "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\n"
    models = "".join(
        f"class M{i}(BaseModel):\n" + "".join(f"    f{j}: 'M{(i + j) % 6}'\n" for j in range(12))
        for i in range(6)
    )
    fields = "".join(f"    a{j}: M{j % 6}\n" for j in range(12))
    source = f'{head}{models}class S(BaseSettings, env_nested_delimiter="_"):\n{fields}'
    (one,) = service_of(tmp_path, {"app/config.py": source}).settings.classes
    assert 12 < len(one.all_fields) < 3_000


def test_a_name_or_value_too_long_for_a_secret_is_none() -> None:
    assert not is_secret_name("a_" * 50_000 + "password")
    assert judge("secret_key", "kX7vQ2mZ9pLr" * 1_000) is SecretVerdict.NONE


PIECES = [
    "FROM a\n",
    "RUN ",
    "<<A",
    "\\\n",
    "{{",
    "}}",
    "${{",
    "'",
    '"',
    "[",
    "]",
    "{",
    "}",
    ": ",
    "- ",
    "&a ",
    "*a ",
    "<<: ",
    "=",
    "\n",
    "\t",
    "$(",
    ")",
    "a",
    "://",
    "@",
    "%(a)s",
    "#",
    "é",
    "\x00",
    "export A=1",
    "&&",
    "||",
    ".",
]


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.binary(max_size=200)
    | st.lists(st.sampled_from(PIECES), max_size=40).map(lambda parts: "".join(parts).encode())
)
def test_no_reader_raises(kind: str, data: bytes) -> None:
    READERS[kind](data)

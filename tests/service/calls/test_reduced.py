"""Two bodies are the same to inference where it would find the same in them, and only there."""

from __future__ import annotations

import pytest

from archlint import readings
from archlint.facts.differences import FileDifference
from archlint.facts.python import read_python
from archlint.service.calls import reduced
from archlint.service.calls.library_models import load_knowledge
from archlint.service.semantics import plain_calls

CODE = """\
import json
import logging
from datetime import datetime
from fastapi import HTTPException, status

log = logging.getLogger(__name__)


def total(session, items, rate=None):
    prices = [item.price for item in items if item.price > 3]
    found = session.query(Item).filter(Item.id == 3).first()
    handler = {"one": first, "two": second}.get("one")
    with session.begin() as step:
        step.run("a message", limit=5)
    if rate:
        apply(found, rate)
    getattr(found, "tax")(prices)
    handler(found.name, task="app.tasks.send", kinds=["a", "b"])
    return {"found": found, "text": f"{found} of {items}"}


def first(item): ...
"""
DEFINED = frozenset({"total", "first", "send", "tax"})

ALIKE = [
    ("item.price > 3", "item.price >= 4"),
    ("Item.id == 3", "Item.id != other"),
    ("a message", "another message, 2"),
    ("limit=5", "limit=6"),
    ("prices", "costs"),
    ("found", "kept"),
    ("step", "transaction"),
    ('["a", "b"]', '["c", "d", "e"]'),
    ('"text": f"{found} of {items}"}', '"text": "text", "more": 1}'),
    ("    if rate:", "    if rate is None:\n        raise ValueError(rate)\n    if rate:"),
    ("    if rate:", "    if not items:\n        return None\n    if rate:"),
    ("    if rate:", "    if items and rate:"),
    ("    found = ", "    try:\n        count = 1\n    except ValueError:\n        raise\n    found = "),
    ("    if rate:", "    edited = datetime.utcnow()\n    log.info('%s', edited)\n    if rate:"),
    (
        "    if rate:",
        "    if not items:\n        raise HTTPException(status.HTTP_404_NOT_FOUND, 'no')\n    if rate:",
    ),
]
OTHER = [
    ("first()", "last()"),
    (".query(Item)", ".query(Other)"),
    ('"two": second', '"two": third'),
    ("limit=5", "limit=0"),
    ("limit=5", "limit=None"),
    ("limit=5", "limit=found"),
    ("limit=5", "most=5"),
    ('"tax")', '"rate")'),
    ("tasks.send", "tasks.first"),
    ('["a", "b"]', "[first]"),
    ("apply(found, rate)", "apply(found)"),
    ("apply(found, rate)", "items = apply(found, rate)"),
    ("handler(found", "prices(found"),
    ("    handler = ", "    found = "),
    ("with session", "for step in session"),
    ('"found": found', '"found": first'),
    ("    return", "    yield"),
    ("    if rate:", "    json.dumps(items)\n    if rate:"),
    ("    if rate:", "    datetime.now(first)\n    if rate:"),
    ("    if rate:", "    if items == first():\n        return None\n    if rate:"),
    ("    if rate:", "    def inner():\n        return found\n    if rate:"),
]


def _differs(before: str, after: str, part: str = "_inferred", decided: frozenset[str] = frozenset()) -> bool:
    names = {readings.DEFINED: DEFINED, readings.DECIDED: DEFINED | decided}
    difference = FileDifference(read_python(before.encode()), read_python(after.encode()), names)
    return difference.is_in(f"archlint.service.calls.scanning.{part}:0")


@pytest.mark.parametrize(("old", "new"), ALIKE)
def test_what_inference_does_not_look_at_tells_it_nothing(old: str, new: str) -> None:
    assert old in CODE
    assert not _differs(CODE, CODE.replace(old, new))
    assert not _differs(CODE.replace(old, new), CODE)


@pytest.mark.parametrize(("old", "new"), OTHER)
def test_what_inference_may_look_at_tells_it(old: str, new: str) -> None:
    assert old in CODE
    assert _differs(CODE, CODE.replace(old, new))
    assert _differs(CODE.replace(old, new), CODE)


@pytest.mark.parametrize(("old", "new"), ALIKE[:9])
def test_who_reads_the_text_is_told_what_it_says(old: str, new: str) -> None:
    assert _differs(CODE, CODE.replace(old, new), "_written")


def test_a_test_of_a_parameter_that_a_call_decides_tells() -> None:
    after = CODE.replace("    if rate:", "    if rate is None:\n        return\n    if rate:")
    assert not _differs(CODE, after)
    assert _differs(CODE, after, decided=frozenset({"total(rate)"}))
    assert not _differs(CODE, after, decided=frozenset({"total(items)", "first(rate)"}))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # A name that a definition inside has, too.
        ("def f():\n    a = g()\n    def h(): return a\n", "def f():\n    b = g()\n    def h(): return a\n"),
        (
            "def f():\n    a = g()\n    return lambda: a()\n",
            "def f():\n    b = g()\n    return lambda: a()\n",
        ),
        # A name that is of the module, or of a parameter.
        ("def f():\n    a = g()\n    a()\n", "def f():\n    b = g()\n    a()\n"),
        ("def f():\n    a = g()\n    b(a)\n", "def f():\n    b = g()\n    b(b)\n"),
        ("def f(a):\n    b = g()\n    a(b)\n", "def f(a):\n    a = g()\n    a(a)\n"),
        ("def f():\n    global a\n    a = g()\n", "def f():\n    global a\n    b = g()\n"),
        # Two names that are exchanged.
        (
            "def f():\n    a = x\n    b = y\n    a(1)\n    b(2)\n",
            "def f():\n    a = x\n    b = y\n    b(1)\n    a(2)\n",
        ),
        # Which of several bindings holds.
        (
            "def f():\n    a = x\n    a = y\n    a()\n",
            "def f():\n    a = x\n    if t:\n        a = y\n    a()\n",
        ),
    ],
)
def test_a_local_name_stands_for_itself_alone(before: str, after: str) -> None:
    assert _differs(before, after)


@pytest.mark.parametrize("end", ["", "!"])
@pytest.mark.parametrize("unit", ["|", "[", ", ", "a, ", " ", "\n|"])
def test_a_text_of_separators_is_judged_in_linear_time(unit: str, end: str) -> None:
    judged = _is_naming("a" + unit * 20_000 + end)
    assert judged is (end == "")


def test_calls_that_only_make_a_value_are_known_to_do_nothing_else() -> None:
    knowledge = load_knowledge()
    for path in plain_calls._MAKING:
        assert knowledge.blocking(path) is None, path
        assert not knowledge.handoffs(path), path


def _is_naming(text: str) -> bool:
    return reduced._NAMING.fullmatch(text) is not None

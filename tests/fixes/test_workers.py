"""Workers die; archlint does not."""

from archlint.facts.python import read_python
from archlint.fixes.edits import MakeAsync, Span
from archlint.fixes.guard import MAX_DEPTH, MAX_PARTS, MAX_SIZE, refusal
from archlint.fixes.worker import Job
from archlint.fixes.workers import answers

PLAIN = b"def f():\n    pass\n"
EDIT = MakeAsync(Span(1, 0, 1, 8))


def test_a_file_that_crashes_libcst_costs_only_itself() -> None:
    deep = b"x = " + b"(" * 20_000 + b")" * 20_000 + b"\n"
    jobs = [Job("a.py", PLAIN, (EDIT,)), Job("deep.py", deep, (EDIT,)), Job("b.py", PLAIN, (EDIT,))]
    first, crashed, last = answers(jobs)
    assert first.data == last.data == b"async def f():\n    pass\n"
    assert (crashed.file, crashed.data) == ("deep.py", b"")
    assert crashed.problem


def test_a_file_that_libcst_cannot_parse_is_answered_with_the_reason() -> None:
    (answer,) = answers([Job("a.py", b"def f(:\n", (EDIT,))])
    assert answer.problem


def test_an_edit_that_finds_nothing_is_refused() -> None:
    (answer,) = answers([Job("a.py", b"\n" + PLAIN, (EDIT,))])
    assert (answer.data, answer.refused) == (b"\n" + PLAIN, (EDIT,))


def test_the_guard_lets_ordinary_files_pass_and_others_not() -> None:
    assert refused(PLAIN) == ""
    assert refused(b"x = " + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"\n") == ""
    assert refused(b"x = " + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1) + b"\n") != ""
    assert refused(b"x = " + b"a + " * MAX_PARTS + b"a\n") != ""
    assert refused(b"#" * MAX_SIZE + b"\n") != ""
    assert refused(b"def f(:\n") != ""


def refused(data: bytes) -> str:
    return refusal(data, read_python(data))

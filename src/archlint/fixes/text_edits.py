"""Carries out edits of text, as of files that are no Python: what is between them stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from archlint.fixes.edits import Append, Edit, Replace, Span, TableLine
from archlint.fixes.worker import Job, Rewritten

TEXTUAL = (Replace, TableLine, Append)


def is_textual(job: Job) -> bool:
    """Whether libcst is not needed: the file is no Python, or none of its edits is made for Python."""
    return not job.file.endswith((".py", ".pyi")) or all(isinstance(edit, TEXTUAL) for edit in job.edits)


def rewritten(job: Job) -> Rewritten:
    """The file after its edits; an edit that overlaps another, or is made for Python, is refused."""
    try:
        text = job.data.decode("utf-8")
    except UnicodeDecodeError:
        return Rewritten(job.file, problem="it is not in UTF-8")
    refused = tuple(edit for edit in job.edits if not isinstance(edit, TEXTUAL))
    replaced, overlapping = _replaced(text, [edit for edit in job.edits if isinstance(edit, Replace)])
    for edit in job.edits:
        if isinstance(edit, TableLine):
            replaced = _with_line(replaced, edit)
        elif isinstance(edit, Append):
            gap = "" if replaced.endswith("\n") or not replaced else "\n"
            replaced += gap + edit.text
    return Rewritten(job.file, replaced.encode("utf-8"), (*refused, *overlapping))


def _replaced(text: str, edits: Iterable[Replace]) -> tuple[str, Sequence[Edit]]:
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    parts: list[str] = []
    refused: list[Edit] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        start, end = _offsets(edit.span, starts)
        if start < done or text[start:end] != edit.before:
            refused.append(edit)
            continue
        parts += [text[done:start], edit.after]
        done = end
    return "".join([*parts, text[done:]]), refused


def _offsets(span: Span, starts: Sequence[int]) -> tuple[int, int]:
    def offset(line: int, column: int) -> int:
        return min(starts[min(line, len(starts)) - 1] + column, starts[-1])

    return offset(span.line, span.column), offset(span.end_line, span.end_column)


def _with_line(text: str, edit: TableLine) -> str:
    """The TOML with the line at the start of its table, which is added at the end where there is none."""
    end = "\r\n" if "\r\n" in text else "\n"
    header = re.compile(rf"^\[{re.escape(edit.table)}\][ \t]*(#[^\r\n]*)?(\r?\n|\Z)", re.MULTILINE)
    if found := header.search(text):
        gap = "" if found[2] else end
        return f"{text[: found.end()]}{gap}{edit.line}{end}{text[found.end() :]}"
    gap = "" if not text else end if text.endswith("\n") else end * 2
    return f"{text}{gap}[{edit.table}]{end}{edit.line}{end}"

"""A rule's page: the data that names, explains and exemplifies it, from `rules/<family>/<rule>.md`.

A page is TOML between two `+++` lines, then Markdown. A section `## Bad: …` or `## Good: …` is a case: a
little repository of the fenced files that carry a `title="path"`. The line that must be reported ends in
`# error: CODE`, the line that cannot be decided in `# unknown: CODE`, one that proves the rule satisfied in
`# met: CODE`, one that several findings come from in `# cause: CODE`; a mark alone on its line speaks of the
line below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from archlint.findings import ArchlintError, Severity

if TYPE_CHECKING:
    from markdown_it.token import Token

Fixable = Literal["safe", "unsafe"]

TITLE = re.compile(r'\btitle="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Option:
    """A setting that a rule reads; its type is the type of its default, and `form` what its strings are."""

    default: Any
    description: str
    form: Literal["text", "regex"] = "text"


@dataclass(frozen=True, slots=True)
class Parent:
    """A rule whose finding brings about those of this one in the same service.

    `where` are the values that fields of the parent's finding must have.
    """

    code: str
    where: Mapping[str, str]


FOUND = frozenset({"error", "warning"})
"""The kinds of marks that ask for a finding."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """What archlint must say of a line of a case or fixture; `kind` is error, warning, unknown, met or cause.

    An error is a finding of the page's severity, a warning one of which the page's rule only warns. A cause
    is the place under which the report tells several findings, among them one of the rule.
    """

    file: str
    line: int
    code: str
    kind: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of a case, without its marks."""

    path: str
    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A little repository and what archlint must say of it; it stands at `line` of the page."""

    title: str
    bad: bool
    files: tuple[CaseFile, ...]
    line: int

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Every mark of every file, as often as it stands there: two of one line ask for two findings."""
        return tuple(mark for file in self.files for mark in file.marks)


@dataclass(frozen=True, eq=False)
class Page:
    """All that is known of a rule but its logic.

    `message` and `help` are templates over the fields of the rule's hits. `identity` names the fields
    that tell one finding of a file from another, where others hold counts or wordings, and may be empty;
    without it, all of them do, with the definition that the place is in. `parents` are the rules of which
    its findings may be consequences. `evidence` says what the places are that the rule finds in order,
    over their number `met` and that of all that it judged, `all`; `proves` are the clauses that these
    places are evidence for, of those that its findings break. `unfixable` says why a finding has no edit,
    where it has none. `body` is Markdown and starts at line `body_line` of the file `path`.
    """

    code: str
    name: str
    family: str
    severity: Severity
    clauses: tuple[str, ...]
    message: str
    help: str
    options: Mapping[str, Option]
    fixable: Fixable | None
    body: str
    path: Path
    body_line: int
    evidence: str = ""
    proves: tuple[str, ...] = ()
    identity: tuple[str, ...] | None = None
    parents: tuple[Parent, ...] = ()
    unfixable: str = ""

    @property
    def requirement(self) -> str:
        """The requirement that the rule's code starts with, `BA05`."""
        return self.code[:-2]

    @property
    def prefix(self) -> str:
        """What all codes of the rule's standard start with, `BA`."""
        return self.code[:-4]

    def section(self, title: str) -> str:
        """What stands under the heading `## title`; nothing where there is no such heading."""
        lines: list[str] = []
        inside = fenced = False
        for line in self.body.splitlines():
            fenced ^= line.startswith("```")
            if line.startswith("## ") and not fenced:
                inside = line == f"## {title}"
            elif inside:
                lines.append(line)
        return "\n".join(lines).strip()

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The page's cases in order. Raises ArchlintError when a section is no case."""
        return tuple(_cases(self))


def split_marks(file: str, text: str, prefix: str) -> tuple[str, tuple[Mark, ...]]:
    """`text` with its marks taken out, every line kept, and the marks, each with the line it speaks of.

    A mark names codes that start with `prefix`.
    """
    code = rf"{prefix}\d{{4}}"
    kind = "error|warning|unknown|met|cause"
    pattern = re.compile(rf"[ \t]*#[ \t]*({kind}):[ \t]*({code}(?:,[ \t]*{code})*)[ \t]*$")
    lines = text.split("\n")
    marks: list[Mark] = []
    for number, line in enumerate(lines, start=1):
        if found := pattern.search(line):
            lines[number - 1] = line[: found.start()]
            spoken_of = number + (found.start() == 0 and number < len(lines))
            marks += [Mark(file, spoken_of, named, found[1]) for named in re.findall(code, found[2])]
    return "\n".join(lines), tuple(marks)


def _cases(page: Page) -> Iterator[Case]:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt().parse(page.body)
    headings = [index for index, token in enumerate(tokens) if token.tag == "h2" and token.nesting == 1]
    for start, end in pairwise([*headings, len(tokens)]):
        kind, _, title = tokens[start + 1].content.partition(":")
        if kind in {"Bad", "Good"}:
            files = tuple(file for token in tokens[start:end] for file in _case_file(token, page.prefix))
            case = Case(title.strip(), kind == "Bad", files, page.body_line + (tokens[start].map or [0])[0])
            _check(case, page)
            yield case


def _case_file(token: Token, prefix: str) -> Iterator[CaseFile]:
    title = TITLE.search(token.info) if token.type == "fence" else None
    if title is not None:
        text, marks = split_marks(title[1], token.content, prefix)
        yield CaseFile(title[1], text, marks)


def _check(case: Case, page: Page) -> None:
    marked = any(mark.kind in FOUND and mark.code == page.code for mark in case.marks)
    if not case.title or not case.files or case.bad != marked:
        raise ArchlintError(
            f'{page.path}:{case.line}: a case needs a title, a file with a `title="path"`, '
            f"and a mark for {page.code} if, and only if, it is Bad"
        )

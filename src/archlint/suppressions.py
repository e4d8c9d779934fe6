"""Suppressions: `# archlint: ignore[BA0102] reason` on a line or the line above, `file-ignore[…]` for a file.

`ignore[BA05]` is about all rules of a requirement; `ignore[BA0102] until 2027-03-01 reason` ends on that day.
One without a reason, that suppresses nothing or no longer, that names no rule, or that cannot be understood
is BA0003.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import groupby

from msgspec import Struct, field
from msgspec.structs import replace

from archlint import documents
from archlint.discover import Repository
from archlint.facts.comments import PlacedComment, may_hold_comments, read_comments
from archlint.facts.source import Comment, PythonSource
from archlint.facts.syntax import ClassDef, FunctionDef
from archlint.findings import Location
from archlint.proposals import suggestion

DIRECTIVE = re.compile(r"(?:^|\s)[#;]\s*archlint:\s*(?P<body>.*?)\s*(?:\s#\s.*)?$")
IGNORE = re.compile(r"(?P<kind>ignore|file-ignore)\s*\[(?P<codes>[^\]]*)\]\s*:?\s*(?P<rest>.*)")
UNTIL = re.compile(r"until\s+(?P<day>\d{4}-\d{2}-\d{2})\b\s*:?\s*(?P<reason>.*)")


class Suppression(Struct, frozen=True):
    """A suppression as written; `lines` are those that it is about, None when it is about the file.

    One that cannot be understood has no codes.
    """

    location: Location
    lines: frozenset[int] | None
    codes: tuple[str, ...]
    text: str
    reason: str
    until: date | None = None


class Suppressions(Struct, dict=True):
    """The suppressions of a run, and which of them suppressed something.

    `known` are the rules' codes; `ran(code, file)` says whether the rule was run where the file lies, for a
    suppression of a rule that was not run cannot be called unused. `names` gives a rule's code by its name.
    What ends on `today` or earlier suppresses nothing.
    """

    suppressions: tuple[Suppression, ...]
    known: frozenset[str]
    ran: Callable[[str, str], bool]
    names: Mapping[str, str] = field(default_factory=dict)
    today: date = date.min
    used: set[tuple[Location, str]] = field(default_factory=set)

    def suppress(self, code: str, place: Location) -> Suppression | None:
        """What suppresses the rule at a place, if anything, remembering all that are of use."""
        of_use: list[Suppression] = []
        for suppression in self._by_file.get(place.file, ()):
            written = [one for one in (code, code[:-2]) if one in suppression.codes]
            about = suppression.lines is None or place.line in suppression.lines
            if written and about and not self._is_over(suppression):
                of_use.append(suppression)
                self.used.update((suppression.location, one) for one in written)
        return of_use[0] if of_use else None

    def where(self, owned: Callable[[str], bool]) -> Suppressions:
        """Those in the files that are `owned`, with the same memory of use."""
        return replace(self, suppressions=tuple(s for s in self.suppressions if owned(s.location.file)))

    def complaints(self) -> Iterator[tuple[Suppression, str]]:
        """Each suppression that is no good, with what is wrong with it."""
        for suppression in self.suppressions:
            problems = list(self._problems(suppression))
            if problems:
                yield suppression, " and ".join(problems)

    def _problems(self, suppression: Suppression) -> Iterator[str]:
        if not suppression.codes:
            yield "is not understood"
            return
        for code in suppression.codes:
            meant = [known for known in self.known if code in {known, known[:-2]}]
            if not meant:
                named = self.names.get(code)
                near = [known for known in self.known if known[:-2] == code[:-2]] or self.known
                hint = f"; its code is `{named}`" if named else suggestion(code, near)
                yield f"names `{code}`, which is no rule's code{hint}"
            elif self._is_unused(suppression, code, meant):
                yield f"suppresses no {code}"
        if self._is_over(suppression):
            yield f"ended on {suppression.until}"
        if not suppression.reason:
            yield "gives no reason"

    def _is_unused(self, suppression: Suppression, code: str, meant: Iterable[str]) -> bool:
        """Whether all rules that it means were run and none needed it; an ended one is no longer asked."""
        place = suppression.location
        asked = (place, code) not in self.used and not self._is_over(suppression)
        return asked and all(self.ran(one, place.file) for one in meant)

    def _is_over(self, suppression: Suppression) -> bool:
        return suppression.until is not None and suppression.until <= self.today

    def __post_init__(self) -> None:
        self._by_file = {
            file: tuple(members)
            for file, members in groupby(self.suppressions, lambda suppression: suppression.location.file)
        }


def find_suppressions(
    repository: Repository, sources: Iterable[tuple[str, PythonSource]]
) -> tuple[Suppression, ...]:
    """Every suppression in the Python files `sources` and in the repository's other files, in order."""
    found: list[Suppression] = []
    for path, source in dict(sources).items():
        if source.comments:
            found += _in_file([_placed(comment, path, source) for comment in source.comments], source)
    for path in filter(may_hold_comments, repository.files):
        data = documents.content(repository, path)
        found += _in_file(read_comments(path, data), continued=partial(_continued, data))
    return tuple(sorted(found, key=lambda suppression: suppression.location))


def _placed(comment: Comment, path: str, source: PythonSource) -> PlacedComment:
    place = source.location(path, comment.start, comment.start + len(comment.text))
    return PlacedComment(place, comment.text, comment.own_line)


def _in_file(
    comments: Iterable[PlacedComment],
    source: PythonSource | None = None,
    continued: Callable[[int], Iterable[int]] = lambda line: (),
) -> Iterator[Suppression]:
    comments = tuple(comments)
    alone = frozenset(comment.location.line for comment in comments if comment.own_line)
    decorated = _decorated_lines(source) if comments and source else {}
    for comment in comments:
        if directive := DIRECTIVE.search(comment.text):  # else it is prose that mentions archlint
            line = _target(comment.location.line, alone)
            lines = frozenset({line, decorated.get(line, line), *continued(line)})
            yield _suppression(comment.location, lines, directive["body"])


def _suppression(place: Location, lines: frozenset[int], body: str) -> Suppression:
    found = IGNORE.fullmatch(body)
    codes = tuple(dict.fromkeys(re.findall(r"[^\s,]+", found["codes"]))) if found else ()
    if found is None or not codes:
        return Suppression(place, None, (), body, "")
    about = None if found["kind"] == "file-ignore" else lines
    text = f"{found['kind']}[{', '.join(codes)}]"
    dated = UNTIL.fullmatch(found["rest"])
    if dated is None:
        return Suppression(place, about, codes, text, found["rest"])
    try:
        until = date.fromisoformat(dated["day"])
    except ValueError:  # no such day
        return Suppression(place, None, (), body, "")
    return Suppression(place, about, codes, text, dated["reason"], until)


def _target(line: int, alone: frozenset[int]) -> int:
    """The comment's own line, or the first below a stack of comments that stand alone on their lines."""
    while line in alone:
        line += 1
    return line


def _continued(data: bytes, line: int) -> Iterator[int]:
    """The lines after `line` that a backslash adds to it, as in a long RUN, and the comments between."""
    lines = data.split(b"\n")
    for number in range(line, len(lines)):
        before = lines[number - 1].strip()
        if not before.endswith(b"\\") and not (number > line and before.startswith(b"#")):
            return
        yield number + 1


def _decorated_lines(source: PythonSource) -> dict[int, int]:
    """From the line of each decorator to that of its `def` or `class`, where findings stand."""
    lines: dict[int, int] = {}
    pending: list[object] = list(source.body)
    while pending:
        node = pending.pop()
        if isinstance(node, FunctionDef | ClassDef):
            line = source.location("", node.start, node.end).line
            starts = (decorator.start for decorator in node.decorators)
            lines |= {source.location("", start, start).line: line for start in starts}
        for part in ("body", "orelse", "branches", "handlers", "finally_", "cases"):
            pending.extend(getattr(node, part, ()))
    return lines

"""Comments of files other than Python that speak to archlint, found by each format's own rules.

Python's come with its facts. TOML is read by its grammar; in YAML a comment is a `#`
after white space outside of every scalar that the scanner finds (YAML 1.2.2, section 6.6); in shell scripts
one at the start of a word outside of quotes and here-documents (POSIX 2.3); in ini files, Makefiles, env and
requirements files, and ignore files a line that starts with it; in Dockerfiles that and, in RUN, the shell's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, TypeAlias

from msgspec import Struct

from archlint.findings import Location

MARKER = "archlint:"
Spans: TypeAlias = Iterator[tuple[int, int]]

COMMENT = re.compile(r"(?<!\S)#[^\r\n]*")
COMMENT_LINE = re.compile(r"^[ \t]*([#;][^\r\n]*)", re.MULTILINE)
_QUOTED = r"""\\.|'[^']*'|"(?:\\.|[^"\\])*\""""
SHELL_TOKEN = re.compile(
    rf"""<<-?[ \t]*(?P<quote>['"]?)(?P<end>\w+)(?P=quote)[^\r\n]*"""
    rf"""|(?:{_QUOTED}|[^\s;&|()<>\\'"\#])(?:{_QUOTED}|[^\s;&|()<>\\'"])*"""
    r"""|(?P<comment>\#[^\r\n]*)""",
    re.DOTALL,
)
LINE = re.compile(r"[^\r\n]+")
HEREDOC = re.compile(r"""<<-?["']?(\w+)["']?""")


class PlacedComment(Struct, frozen=True):
    """A comment with its place. `own_line` is true when nothing stands before it."""

    location: Location
    text: str
    own_line: bool


def may_hold_comments(path: str) -> bool:
    """Whether the file is of a kind whose comments can be read."""
    return _READABLE.fullmatch(path.rpartition("/")[2].lower()) is not None


def read_comments(path: str, data: bytes) -> tuple[PlacedComment, ...]:
    """The comments that contain `archlint:`; none for bytes that are not UTF-8. Never raises."""
    reader = _reader(path)
    if reader is None or MARKER.encode() not in data:
        return ()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ()
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]
    spans = (span for span in reader(text) if MARKER in text[slice(*span)])
    return tuple(_placed(path, text, starts, start, end) for start, end in spans)


def _placed(path: str, text: str, starts: list[int], start: int, end: int) -> PlacedComment:
    line = bisect_right(starts, start)
    column = start - starts[line - 1] + 1
    place = Location(path, line, column, line, column + end - start)
    return PlacedComment(place, text[start:end], not text[starts[line - 1] : start].strip())


def _reader(path: str) -> Callable[[str], Spans] | None:
    name = PurePosixPath(path).name.lower()
    return next((reader for pattern, reader in _READERS if re.fullmatch(pattern, name)), None)


def _yaml(text: str) -> Spans:
    import yaml

    scalars: list[tuple[int, int]] = []
    try:
        for token in yaml.scan(text):
            if isinstance(token, yaml.ScalarToken):
                start, end = token.start_mark.index, token.end_mark.index
                if token.style in {"|", ">"}:  # a comment may follow the indicator
                    start = text.find("\n", start, end) + 1 or end
                scalars.append((start, end))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        scalars.append((mark.index if mark else 0, len(text)))
    return (match.span() for match in COMMENT.finditer(_masked(text, scalars)))


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    """`text` with each span's characters, all but line ends, made a character that starts nothing."""
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], re.sub(r"[^\r\n]", "x", text[start:end])]
        done = max(done, end)
    return "".join((*pieces, text[done:]))


def _dockerfile(text: str) -> Spans:
    """Whole lines, as BuildKit has it, outside of heredocs that are files; in RUN, what the shell skips."""
    is_run, continued, delimiter = False, False, ""
    for match in LINE.finditer(text):
        line = match[0].strip()
        if delimiter:
            delimiter = "" if line == delimiter else delimiter
            if is_run and line.startswith("#"):
                yield match.start() + match[0].index("#"), match.end()
        elif line.startswith("#"):
            yield match.start() + match[0].index("#"), match.end()
        else:
            is_run = is_run if continued else re.match(r"(onbuild\s+)?run\b", line, re.IGNORECASE) is not None
            if is_run:
                yield from ((match.start() + start, match.start() + end) for start, end in _shell(match[0]))
            continued = line.endswith("\\")
            heredoc = HEREDOC.search(line)
            delimiter = heredoc[1] if heredoc else ""


def _toml(text: str) -> Spans:
    import tree_sitter
    import tree_sitter_toml

    data = text.encode()
    language = tree_sitter.Language(tree_sitter_toml.language())
    pending: list[Any] = [tree_sitter.Parser(language).parse(data).root_node]
    while pending:
        node = pending.pop()
        if node.type == "comment":
            start = len(data[: node.start_byte].decode(errors="replace"))
            yield start, start + len(node.text.decode(errors="replace").rstrip("\r\n"))
        pending.extend(reversed(node.children))


def _shell(text: str) -> Spans:
    """Comments outside of here-documents, whose ends are looked up, not searched for again each time."""
    ends: dict[str, list[int]] = {}
    for line in LINE.finditer(text) if "<<" in text else ():
        ends.setdefault(line[0].lstrip("\t").rstrip(" \t"), []).append(line.end())
    position = 0
    while match := SHELL_TOKEN.search(text, position):
        position = match.end()
        if match["comment"]:
            yield match.span("comment")
        elif match["end"]:
            after = ends.get(match["end"], [])
            found = bisect_right(after, position)
            position = after[found] if found < len(after) else position


def _comment_lines(text: str) -> Spans:
    return (match.span(1) for match in COMMENT_LINE.finditer(text))


_READERS: tuple[tuple[str, Callable[[str], Spans]], ...] = (
    (r".*\.ya?ml", _yaml),
    (r".*\.toml|uv\.lock|poetry\.lock", _toml),
    (r"(dockerfile|containerfile)(\..*)?|.*\.(dockerfile|containerfile)", _dockerfile),
    (r".*\.(sh|bash|zsh)", _shell),
    (r".*\.(ini|cfg|mk)|makefile|justfile|\.env.*|.*\.env|.*requirements.*\.txt|\.\w+ignore", _comment_lines),
)
_READABLE = re.compile("|".join(pattern for pattern, _ in _READERS))

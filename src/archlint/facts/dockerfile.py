"""Dockerfiles and Containerfiles: instructions with places, and the build stages that they make.

The tree-sitter Containerfile grammar says where instructions, continuations, comments and heredocs stand;
flags and arguments are then split as BuildKit's `frontend/dockerfile/parser` splits them, which the tests
hold this to.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from archlint.findings import Location, Unknown

WORD_LISTS = frozenset({"ADD", "COPY", "EXPOSE", "FROM", "VOLUME"})
JSON_FORMS = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"})
PAIRS = frozenset({"ARG", "ENV", "LABEL"})


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction; `keyword` is upper case, `flags` are the leading `--name=value` words.

    `arguments` are the items of the JSON form when `is_json`; else the words of ADD, COPY, EXPOSE, FROM,
    VOLUME, the `name=value` words of ARG, ENV, LABEL, and one string, continuations joined, of any other.
    `trigger` is the instruction that ONBUILD holds back or the command of a HEALTHCHECK.
    """

    keyword: str
    location: Location
    flags: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    is_json: bool = False
    heredocs: tuple[str, ...] = ()
    trigger: Instruction | None = None

    def flag(self, name: str) -> str | None:
        """The value of `--name=value`, or None."""
        return next((f.partition("=")[2] for f in self.flags if f.partition("=")[0] == f"--{name}"), None)

    @property
    def text(self) -> str:
        """Arguments and heredoc bodies in one string, for a search in commands."""
        return "\n".join((" ".join(self.arguments), *self.heredocs))


@dataclass(frozen=True, slots=True)
class Stage:
    """A build stage. `base` has ARGs filled in, None when one has no default.

    `parent` is the earlier stage that `FROM` names, `sources` are the earlier stages that it copies or
    mounts from, `unresolved` the `--from` values that are variables.
    """

    index: int
    name: str | None
    location: Location
    base: str | None
    parent: int | None
    sources: tuple[int, ...]
    unresolved: tuple[str, ...]
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Dockerfile:
    """A Dockerfile's instructions in order; `problems` are the places that are no Dockerfile syntax."""

    path: str
    instructions: tuple[Instruction, ...]
    stages: tuple[Stage, ...]
    problems: tuple[Unknown, ...]

    def stage(self, name: str) -> Stage | None:
        """The stage that a target or `--from` value means: a name, any case, or an index."""
        return _named_stage(self.stages, name)

    @property
    def ends(self) -> tuple[Stage, ...]:
        """The stages that no other is built on or copies from: what may be built by naming it."""
        used = {index for stage in self.stages for index in (*stage.sources, stage.parent)}
        return tuple(stage for stage in self.stages if stage.index not in used)

    def lineage(self, stage: Stage) -> Iterator[Stage]:
        """`stage`, then the stages that it was built on by `FROM`, nearest first."""
        current: Stage | None = stage
        while current is not None:
            yield current
            current = None if current.parent is None else self.stages[current.parent]


def read_dockerfile(path: str, data: bytes) -> Dockerfile:
    """Read a file's content. Never raises: what cannot be read is a problem with its place."""
    import tree_sitter
    import tree_sitter_containerfile

    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    if not data.endswith(b"\n"):
        data += b"\n"
    reader = _Reader(path, data)
    language = tree_sitter.Language(tree_sitter_containerfile.language())
    root = tree_sitter.Parser(language).parse(reader.parsed).root_node
    instructions = tuple(reader.instructions(root))
    problems = [one for one in reader.problems(root) if not _is_read(one.location, instructions)]
    return Dockerfile(path, instructions, tuple(_stages(instructions)), tuple(problems))


def _is_read(place: Location, instructions: tuple[Instruction, ...]) -> bool:
    """Whether an instruction has been read there, however little the grammar made of its arguments."""
    places = (instruction.location for instruction in instructions)
    return any(one.line <= place.line <= one.end_line for one in places)


class _Reader:
    """Text and places come from `data`; the grammar gets `parsed`, with every byte at the same offset."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.starts = [0, *(match.end() for match in re.finditer(rb"\n", data))]
        self.escape = _escape(data)
        self.parsed = _for_grammar(data, self.escape)

    def instructions(self, root: Any) -> Iterator[Instruction]:
        for node in root.named_children:
            if node.type.endswith("_instruction"):
                yield self._instruction(node)

    def problems(self, root: Any) -> Iterator[Unknown]:
        pending = [root] if root.has_error else []
        while pending:
            node = pending.pop()
            if node.is_error or node.is_missing:
                yield Unknown(f"`{self.path}`", self._place(node), "this is not an instruction it knows")
            else:
                pending.extend(child for child in reversed(node.children) if child.has_error)

    def _instruction(self, node: Any) -> Instruction:
        bodies = tuple(self._heredocs(node))
        return _parse(self._text(node), self._place(node), self.escape, bodies)

    def _text(self, node: Any) -> str:
        """The node's text as BuildKit joins it: without continuations, comments, empty lines, heredocs."""
        pieces, position = [], node.start_byte
        for child in _descendants(node, {"line_continuation", "comment", "heredoc_block"}):
            piece = self.data[position : child.start_byte]
            pieces.append(piece.rstrip(b" \t") if child.type == "comment" else piece)
            position = max(position, child.end_byte)
        pieces.append(self.data[position : self._end(node)])
        text = b"".join(re.sub(rb"\A([ \t]*\n)+", b"", piece) for piece in pieces).decode(errors="replace")
        mark = re.escape(self.escape)
        return re.sub(rf"(?<!{mark}){mark}[ \t]*(\n|\Z)", "", text)

    def _end(self, node: Any) -> int:
        """Where the node's last line ends, of which the grammar may have left something out."""
        end: int = node.end_byte
        return end if self.data[end - 1 : end] == b"\n" else self.data.index(b"\n", end)

    def _heredocs(self, node: Any) -> Iterator[str]:
        for block in _descendants(node, {"heredoc_block"}):
            contents = [child for child in block.named_children if child.type == "heredoc_content"]
            if not contents:
                yield ""
            for content in contents:
                ends = [child.start_byte for child in content.children if child.type == "heredoc_end"]
                stop = ends[0] if ends else content.end_byte
                yield self.data[content.start_byte : stop].decode(errors="replace")

    def _place(self, node: Any) -> Location:
        written = self.data[node.start_byte : node.end_byte].rstrip()
        end = node.start_byte + len(written)
        return Location(self.path, *self._point(node.start_byte), *self._point(end))

    def _point(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, len(self.data[self.starts[line - 1] : offset].decode(errors="replace")) + 1


def _escape(data: bytes) -> str:
    """The escape directive: only among the comments of the form `# name=value` at the very top."""
    for line in data.splitlines():
        match = re.fullmatch(rb"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*", line.strip())
        if match is None:
            break
        if match[1].lower() == b"escape":
            return "`" if match[2] == b"`" else "\\"
    return "\\"


def _for_grammar(data: bytes, escape: str) -> bytes:
    """Write around what the grammar does not know, byte for byte, outside heredocs.

    Its escape is always the backslash, so under `# escape=` the two characters change roles; it ends a
    continued instruction at an empty line; and it takes any `#` for a comment, where only whole lines are.
    """
    if escape == "`":
        data = data.translate(bytes.maketrans(b"`\\", b"\\`"))
    pieces: list[bytes] = []
    continued, delimiter = False, b""
    for line in data.splitlines(keepends=True):
        bare = line.strip()
        if delimiter:
            delimiter = b"" if bare == delimiter else delimiter
            pieces.append(line)
        elif continued and not bare:
            pieces.append(line.replace(b"\n", b" "))
        elif bare.startswith(b"#"):
            pieces.append(line)
        else:
            pieces.append(line.replace(b"#", b"_"))
            continued = bare.endswith(b"\\")
            heredoc = re.search(rb"<<-?[\"']?(\w+)[\"']?", line)
            delimiter = heredoc[1] if heredoc and not continued else b""
    return b"".join(pieces)


def _descendants(node: Any, kinds: set[str]) -> Iterator[Any]:
    pending = list(reversed(node.children))
    while pending:
        child = pending.pop()
        if child.type in kinds:
            yield child
        else:
            pending.extend(reversed(child.children))


def _parse(text: str, place: Location, escape: str, heredocs: tuple[str, ...]) -> Instruction:
    keyword, *rests = text.split(maxsplit=1)
    keyword = keyword.upper()
    flags, rest = _flags("".join(rests).strip(), escape)
    if keyword in {"ONBUILD", "HEALTHCHECK"}:
        trigger = _parse(rest, place, escape, heredocs) if rest else None
        return Instruction(keyword, place, flags, (rest,) if rest else (), False, heredocs, trigger)
    items = _json_items(rest) if keyword in JSON_FORMS else None
    if items is not None:
        return Instruction(keyword, place, flags, items, True, heredocs)
    return Instruction(keyword, place, flags, _arguments(keyword, rest, escape), False, heredocs)


def _arguments(keyword: str, rest: str, escape: str) -> tuple[str, ...]:
    if not rest:
        return ()
    if keyword in WORD_LISTS:
        return tuple(rest.split())
    if keyword in PAIRS:
        words = tuple(_words(rest, escape))
        if keyword != "ARG" and words and "=" not in words[0]:
            name, *value = rest.split(maxsplit=1)
            return (f"{name}={''.join(value)}",)
        return words
    return (rest,)


def _flags(rest: str, escape: str) -> tuple[tuple[str, ...], str]:
    """The leading `--name=value` words, of which BuildKit drops quotes and escapes, and what follows."""
    flags: list[str] = []
    while rest.startswith("--"):
        word = next(iter(_words(rest, "\\")))
        rest = rest[len(word) :].lstrip()
        if word == "--":
            break
        flags.append(_QUOTED.sub(lambda match: "".join(filter(None, match.groups())), word))
    return tuple(flags), rest


_QUOTED = re.compile(r"\\(.)|\"((?:\\.|[^\"])*)\"?|'((?:\\.|[^'])*)'?")


def _words(text: str, escape: str) -> Iterator[str]:
    """Words as BuildKit's `parseWords` has them: quotes and escapes keep blanks, and stay in the word."""
    mark = re.escape(escape)
    double, single = (rf"{quote}(?:{mark}.|[^{quote}])*(?:{quote}|$)" for quote in "\"'")
    pattern = rf"(?:{mark}.|{double}|{single}|\S)+"
    return (match.group() for match in re.finditer(pattern, text))


def _json_items(rest: str) -> tuple[str, ...] | None:
    if not rest.startswith("["):
        return None
    try:
        items = json.loads(rest)
    except (ValueError, RecursionError):
        return None
    return tuple(items) if isinstance(items, list) and all(isinstance(i, str) for i in items) else None


@dataclass(slots=True)
class _OpenStage:
    instruction: Instruction
    base: str | None
    parent: int | None
    body: list[Instruction] = field(default_factory=list)


def _stages(instructions: tuple[Instruction, ...]) -> Iterator[Stage]:
    """One stage per FROM; ARGs before the first FROM are the ones that a FROM can use."""
    variables: dict[str, str] = {}
    done: list[Stage] = []
    opened: _OpenStage | None = None
    for instruction in instructions:
        if instruction.keyword == "FROM":
            if opened is not None:
                done.append(_finish(opened, done))
            base = substitute(next(iter(instruction.arguments), ""), variables)
            parent = _named_stage(done, base, by_index=False) if base else None
            opened = _OpenStage(instruction, base, parent.index if parent else None)
        elif opened is not None:
            opened.body.append(instruction)
        elif instruction.keyword == "ARG":
            _declare(variables, instruction)
    if opened is not None:
        done.append(_finish(opened, done))
    return iter(done)


def _declare(variables: dict[str, str], instruction: Instruction) -> None:
    for argument in instruction.arguments:
        name, assigned, default = argument.partition("=")
        value = substitute(_unquoted(default), variables) if assigned else None
        if value is not None:
            variables[name] = value


def _finish(opened: _OpenStage, earlier: list[Stage]) -> Stage:
    words = opened.instruction.arguments
    name = words[2] if len(words) > 2 and words[1].upper() == "AS" else None
    names = [value for instruction in opened.body for value in _from_values(instruction)]
    found = [stage.index for value in names if (stage := _named_stage(earlier, value))]
    return Stage(
        len(earlier),
        name,
        opened.instruction.location,
        opened.base,
        opened.parent,
        tuple(sorted(set(found))),
        tuple(value for value in names if "$" in value),
        tuple(opened.body),
    )


def _from_values(instruction: Instruction) -> Iterator[str]:
    """What `COPY --from=x` and `RUN --mount=from=x` name."""
    if instruction.keyword == "COPY":
        yield from filter(None, [instruction.flag("from")])
    if instruction.keyword == "RUN":
        for flag in instruction.flags:
            name, _, options = flag.partition("=")
            if name == "--mount":
                yield from (o.removeprefix("from=") for o in options.split(",") if o.startswith("from="))


def _named_stage(stages: list[Stage] | tuple[Stage, ...], name: str, by_index: bool = True) -> Stage | None:
    """Of stages with one name the last; a name goes before an index. `FROM` knows names only."""
    for stage in reversed(stages):
        if stage.name is not None and stage.name.lower() == name.lower():
            return stage
    if by_index and name.isdecimal() and int(name) < len(stages):
        return stages[int(name)]
    return None


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def substitute(text: str, variables: Mapping[str, str]) -> str | None:
    """`text` with `$x`, `${x}`, `${x:-word}`, `${x:+word}` filled in; None when a variable has no value."""
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        name, operator, word = match["plain"] or match["name"], match["operator"], match["word"]
        current = variables.get(name)
        if operator in {"-", ":-"} and (current is None or (operator == ":-" and not current)):
            return word
        if operator in {"+", ":+"}:
            return "" if current is None or (operator == ":+" and not current) else word
        missing = missing or current is None or operator not in {None, "-", ":-"}
        return current or ""

    pattern = r"\$(?:(?P<plain>\w+)|\{(?P<name>\w+)(?:(?P<operator>:?[-+?]|[#%/]+)(?P<word>[^}]*))?\})"
    result = re.sub(pattern, value, text)
    return None if missing or "$" in result else _unquoted(result)

"""Dockerfiles and Containerfiles: instructions with places, and the build stages that they make.

Lines are joined, heredocs taken out, flags and arguments split as BuildKit's `frontend/dockerfile/parser`
does it (`parser.go`, `line_parsers.go`), which the tests hold this to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import replace

from archlint.findings import Location, Unknown

WORD_LISTS = frozenset({"ADD", "COPY", "EXPOSE", "FROM", "VOLUME"})
JSON_FORMS = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"})
PAIRS = frozenset({"ARG", "ENV", "LABEL"})
KEYWORDS = WORD_LISTS | JSON_FORMS | PAIRS | {
    "HEALTHCHECK", "MAINTAINER", "ONBUILD", "STOPSIGNAL", "USER", "WORKDIR",
}  # fmt: skip
_HEREDOC_TAKERS = frozenset({"ADD", "COPY", "RUN"})
_HEREDOC = re.compile(r"\d*<<(?P<chomp>-?)(?P<name>[^<]+)")
_MAX_NESTING = 2
MAX_STAGES = 200
MAX_INSTRUCTIONS = 5_000
_MAX_TEXT = 20_000
"""Longer values of ARGs, which may hold one another, are not known."""


class Heredoc(Struct, frozen=True):
    """What stands between `<<EOF` and `EOF`: `count` lines with the end, from the index `line` on."""

    text: str
    line: int
    count: int


class Instruction(Struct, frozen=True):
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
    heredocs: tuple[Heredoc, ...] = ()
    trigger: Instruction | None = None

    def flag(self, name: str) -> str | None:
        """The value of `--name=value`, or None."""
        return next((f.partition("=")[2] for f in self.flags if f.partition("=")[0] == f"--{name}"), None)

    @property
    def text(self) -> str:
        """Arguments and heredoc bodies in one string, for a search in commands."""
        return "\n".join((" ".join(self.arguments), *(heredoc.text for heredoc in self.heredocs)))


class Stage(Struct, frozen=True):
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


class Dockerfile(Struct, eq=False, frozen=True):
    """A Dockerfile's instructions in order; `problems` are the places that are no Dockerfile syntax."""

    path: str
    instructions: tuple[Instruction, ...] = ()
    stages: tuple[Stage, ...] = ()
    problems: tuple[Unknown, ...] = ()

    def stage(self, name: str, before: Stage | None = None) -> Stage | None:
        """The stage that a target means, or a `--from` value in a stage, which only sees those `before` it.

        It is a name, any case, or an index.
        """
        return _named_stage(self.stages if before is None else self.stages[: before.index], name)

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
    text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    reader = _Reader(path, text.split("\n"))
    instructions = tuple(islice(reader.instructions(), MAX_INSTRUCTIONS))
    stages = tuple(_stages(instructions))
    if len(stages) > MAX_STAGES or len(instructions) == MAX_INSTRUCTIONS:
        problem = Unknown(f"`{path}`", instructions[-1].location, "nobody writes so many instructions")
        return Dockerfile(path, instructions, stages[:MAX_STAGES], (problem,))
    return Dockerfile(path, instructions, stages, tuple(reader.problems))


class _Reader:
    """Reads line by line, as BuildKit's `Parse` does: comments and empty lines end no continuation."""

    def __init__(self, path: str, lines: list[str]) -> None:
        self.path = path
        self.lines = lines
        self.escape = _escape(lines)
        self.ending = re.compile(rf"(?<!{re.escape(self.escape)}){re.escape(self.escape)}[ \t]*\Z")
        self.problems: list[Unknown] = []

    def instructions(self) -> Iterator[Instruction]:
        number = 0
        while number < len(self.lines):
            first, number = number, number + 1
            text, goes_on = self._without_mark(self.lines[first].lstrip())
            if not text.strip() or text.startswith("#"):
                continue
            pieces, last = [text], first
            while goes_on and number < len(self.lines):
                line, number = self.lines[number], number + 1
                if line.strip() and not line.lstrip().startswith("#"):
                    piece, goes_on = self._without_mark(line)
                    pieces.append(piece)
                    last = number - 1
            made = self._instruction("".join(pieces), first, last, number)
            if made is not None:
                number = max([number, *(heredoc.line + heredoc.count for heredoc in made.heredocs)])
                yield made

    def _without_mark(self, line: str) -> tuple[str, bool]:
        """A line without the mark that continues it, and whether it has one."""
        found = self.ending.search(line)
        return (line, False) if found is None else (line[: found.start()], True)

    def _instruction(self, text: str, first: int, last: int, following: int) -> Instruction | None:
        place = self._place(first, last)
        keyword = text.split(maxsplit=1)[0].upper()
        if keyword not in KEYWORDS:
            self.problems.append(Unknown(f"`{self.path}`", place, "this is not an instruction it knows"))
            return None
        made = _parse(text, place, self.escape)
        taker = made.trigger if made.keyword == "ONBUILD" and made.trigger else made
        if "<<" not in text or taker.keyword not in _HEREDOC_TAKERS or taker.is_json:
            return made
        bodies = tuple(self._heredocs(text, following))
        if not bodies:
            return made
        place = self._place(first, max(last, bodies[-1].line + bodies[-1].count - 1))
        trigger = replace(made.trigger, heredocs=bodies, location=place) if made.trigger else None
        return replace(made, heredocs=bodies, location=place, trigger=trigger)

    def _heredocs(self, text: str, number: int) -> Iterator[Heredoc]:
        """The bodies from the line `number` on, which words such as `<<EOF` and `3<<-"END"` open."""
        for word in _words(text, self.escape):
            opened = _HEREDOC.fullmatch(word[0])
            name = re.sub(r"[\"'\\]", "", opened["name"]) if opened else ""
            if opened is None or not name:
                continue
            first = number
            while number < len(self.lines):
                line, number = self.lines[number], number + 1
                line = line.lstrip("\t") if opened["chomp"] else line
                if line == name:
                    break
            body = self.lines[first : number - 1]
            written = "".join(f"{line}\n" for line in body)
            yield Heredoc(written, first, number - first)

    def _place(self, first: int, last: int) -> Location:
        start = len(self.lines[first]) - len(self.lines[first].lstrip()) + 1
        return Location(self.path, first + 1, start, last + 1, len(self.lines[last].rstrip()) + 1)


def _escape(lines: list[str]) -> str:
    """The escape directive: only among the comments of the form `# name=value` at the very top."""
    for line in lines:
        match = re.fullmatch(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*)", line.strip())
        if match is None:
            break
        if match[1].lower() == "escape":
            return "`" if match[2] == "`" else "\\"
    return "\\"


def _parse(text: str, place: Location, escape: str, depth: int = 0) -> Instruction:
    keyword, *rests = text.split(maxsplit=1)
    keyword = keyword.upper()
    flags, rest = _flags("".join(rests).strip(), escape)
    if keyword in {"ONBUILD", "HEALTHCHECK"}:
        trigger = _parse(rest, place, escape, depth + 1) if rest and depth < _MAX_NESTING else None
        return Instruction(keyword, place, flags, (rest,) if rest else (), trigger=trigger)
    items = _json_items(rest) if keyword in JSON_FORMS else None
    if items is not None:
        return Instruction(keyword, place, flags, items, True)
    return Instruction(keyword, place, flags, _arguments(keyword, rest, escape))


def _arguments(keyword: str, rest: str, escape: str) -> tuple[str, ...]:
    if not rest:
        return ()
    if keyword in WORD_LISTS:
        return tuple(rest.split())
    if keyword in PAIRS:
        words = tuple(word[0] for word in _words(rest, escape))
        if keyword != "ARG" and words and "=" not in words[0]:
            name, *value = rest.split(maxsplit=1)
            return (f"{name}={''.join(value)}",)
        return words
    return (rest,)


def _flags(rest: str, escape: str) -> tuple[tuple[str, ...], str]:
    """The leading `--name=value` words, of which BuildKit drops quotes and escapes, and what follows."""
    flags: list[str] = []
    end = 0
    for word in _words(rest, "\\") if rest.startswith("--") else ():
        if not word[0].startswith("--"):
            break
        end = word.end()
        if word[0] == "--":
            break
        flags.append(_QUOTED.sub(lambda match: "".join(filter(None, match.groups())), word[0]))
    return tuple(flags), rest[end:].lstrip()


_QUOTED = re.compile(r"\\(.)|\"((?:\\.|[^\"])*)\"?|'((?:\\.|[^'])*)'?")


def _words(text: str, escape: str) -> Iterator[re.Match[str]]:
    """Words as BuildKit's `parseWords` has them: quotes and escapes keep blanks, and stay in the word."""
    mark = re.escape(escape)
    double, single = (rf"{quote}(?:{mark}.|[^{quote}])*(?:{quote}|$)" for quote in "\"'")
    pattern = rf"(?:{mark}.|{double}|{single}|\S)+"
    return re.finditer(pattern, text)


def _json_items(rest: str) -> tuple[str, ...] | None:
    if not rest.startswith("["):
        return None
    try:
        items = json.loads(rest)
    except (ValueError, RecursionError):
        return None
    return tuple(items) if isinstance(items, list) and all(isinstance(i, str) for i in items) else None


class _OpenStage(Struct):
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
        elif assigned:
            variables.pop(name, None)


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
    if by_index and name.isdecimal() and len(name) < 6 and int(name) < len(stages):
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
    return None if missing or "$" in result or len(result) > _MAX_TEXT else _unquoted(result)

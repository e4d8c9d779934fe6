"""The commands that a Dockerfile runs when it is built, as it alone tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from archlint import documents
from archlint.facts.dockerfile import Dockerfile, Instruction, Stage, read_dockerfile
from archlint.facts.shell import Options
from archlint.service.deployment.command import Command, CommandContext, Script, commands_of, unwrapped

SHEBANG = re.compile(rb"\A#!\s*\S*/(?:env\s+)?(?:ba|da|a|z)?sh\b")
_HEREDOC = re.compile(r"<<-?[\"'\\]?\w+[\"']?")
_LEADING = re.compile(r"\A\s*(<<-?[\"'\\]?\w+[\"']?)(?=[^\n<]*\w)((?:>&|[^\n<&|;])+)")
"""`<<EOF cat && …`: the shell takes a redirection before the command, which the grammar does not."""
_PAIR = re.compile(r"""([A-Za-z_]\w*)=(?:"([^"]*)"|'([^']*)'|(.*))""", re.DOTALL)

_SETTING = frozenset({"ENV", "ARG"})
_MAX_STEPS = 200
"""Where more instructions set variables, each RUN is given all of them: a copy for each would be too much."""


@documents.view
def build_commands(path: str, data: bytes) -> tuple[tuple[Command, bool], ...]:
    """The commands of the stages' RUN instructions, each with whether a shell runs it."""
    lines, dockerfile = documents.decoded(data).split("\n"), read_dockerfile(path, data)
    return tuple(found for stage in dockerfile.stages for found in _commands(dockerfile, stage, lines))


def _commands(dockerfile: Dockerfile, stage: Stage, lines: list[str]) -> Iterator[tuple[Command, bool]]:
    _, *bases = dockerfile.lineage(stage)
    environment, options = _set_in(reversed(bases)), Options()
    steps = sum(instruction.keyword in _SETTING for instruction in stage.instructions)
    if steps > _MAX_STEPS:
        environment = environment_of(dockerfile, stage)
    place = f"stage `{stage.name}`" if stage.name else "the image's build"
    for instruction in stage.instructions:
        if instruction.keyword == "SHELL":
            flags = " ".join(instruction.arguments[1:])
            options = Options(re.search(r"-\w*e", flags) is not None, "pipefail" in flags)
        elif instruction.keyword in _SETTING and steps <= _MAX_STEPS:
            environment = {**environment, **dict(_pairs(instruction))}
        elif instruction.keyword == "RUN":
            like = Command((), instruction.location, CommandContext.BUILD, place, environment=environment)
            if instruction.is_json:
                for command in unwrapped(replace(like, words=instruction.arguments)):
                    yield command, False
            else:
                for script in _scripts(instruction, lines):
                    for command in commands_of(script, like, options):
                        yield command, True


def _scripts(instruction: Instruction, written: list[str]) -> Iterator[Script]:
    """The shell text of a RUN in the columns of its file, so that places need no sums."""
    place = instruction.location
    if instruction.heredocs and _HEREDOC.fullmatch(" ".join(instruction.arguments)):
        body = instruction.heredocs[0]
        if not body.text.startswith("#!") or SHEBANG.match(body.text.encode()):
            yield Script(body.text, place.file, body.line + 1)
        return
    lines = written[place.line - 1 : max(place.end_line, place.line)]
    inside = {n for one in instruction.heredocs for n in range(one.line, one.line + one.count)}
    kept = [
        line
        if (line.strip() and not line.lstrip().startswith("#")) or place.line - 1 + index in inside
        else "\\"
        for index, line in enumerate(lines)
    ]
    text = "\n".join(kept).rstrip("\\\n")
    head = re.match(r"(?i)\s*(?:onbuild\s+)?run\s+(?:--\S+(?:\s|\\\n)+)*", text)
    width = head.end() if head else 0
    blank = re.sub(r"[^\n]", " ", text[:width]).replace(" \n", "\\\n")
    text = _LEADING.sub(lambda found: " " * len(found[1]) + f"{found[2]} {found[1]} ", text[width:], count=1)
    yield Script(blank + text, place.file, place.line)


def environment_of(dockerfile: Dockerfile, stage: Stage) -> dict[str, str]:
    """The variables that are set in a stage by ENV and ARG, its own and those of what it is built on."""
    return _set_in(reversed(list(dockerfile.lineage(stage))))


def _set_in(stages: Iterable[Stage]) -> dict[str, str]:
    setting = (one for stage in stages for one in stage.instructions if one.keyword in _SETTING)
    return {name: value for instruction in setting for name, value in _pairs(instruction)}


def _pairs(instruction: Instruction) -> Iterator[tuple[str, str]]:
    for pair in filter(None, map(_PAIR.fullmatch, instruction.arguments)):
        yield pair[1], next((value for value in pair.groups()[1:] if value is not None), "")

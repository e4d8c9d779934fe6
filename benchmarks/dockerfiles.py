"""Compare archlint's reading of Dockerfiles with BuildKit's parser, instruction by instruction.

    python benchmarks/dockerfiles.py FOLDER

FOLDER holds Dockerfiles under any names. The official parser is PyPI's `dockerfile`, which wraps BuildKit's
`frontend/dockerfile/parser`. A file that it refuses is counted apart.
"""

from __future__ import annotations

import argparse
from itertools import zip_longest
from pathlib import Path
from typing import Any

import dockerfile  # type: ignore[import-not-found, unused-ignore]

from archlint.facts.dockerfile import Instruction, read_dockerfile

KEYWORDS = frozenset({
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
    "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
})  # fmt: skip
Reading = tuple[Any, ...]
"""Keyword, first line, last line, flags, whether in JSON form, arguments, bodies of heredocs."""


def main() -> int:
    """Print each instruction that differs, then the figures; exit with 1 when some do."""
    parser = argparse.ArgumentParser(description="Compare with BuildKit's parser.")
    parser.add_argument("folder", type=Path)
    paths = sorted(path for path in parser.parse_args().folder.iterdir() if path.is_file())
    refused = equal = instructions = differing = 0
    for path in paths:
        try:
            ours, official = _readings(path)
        except (UnicodeDecodeError, dockerfile.GoParseError) as error:
            refused += 1
            print(f"{path.name}: refused by BuildKit: {error}")
            continue
        differences = [pair for pair in zip_longest(ours, official) if pair[0] != pair[1]]
        instructions, differing = instructions + len(official), differing + len(differences)
        equal += not differences
        for one, other in differences:
            print(f"{path.name}:\n  archlint {one}\n  BuildKit {other}")
    print(f"{len(paths)} files, {refused} refused by BuildKit, {equal} read alike")
    print(f"{instructions} instructions, {differing} read differently")
    return 1 if differing else 0


def _readings(path: Path) -> tuple[list[Reading], list[Reading]]:
    """The instructions of archlint and of BuildKit, but those whose keyword does not exist.

    BuildKit's parser takes any word for a keyword and refuses it later; archlint calls it a problem.
    """
    data = path.read_bytes()
    read = read_dockerfile(path.name, data)
    problems = {problem.location.line for problem in read.problems if problem.location}
    official = [_official(command) for command in dockerfile.parse_string(data.decode())]
    known = [one for one in official if one[0] in KEYWORDS or one[1] not in problems]
    return [_ours(instruction) for instruction in read.instructions], known


def _official(command: Any) -> Reading:
    bodies = tuple(heredoc.content for heredoc in command.heredocs)
    place = command.start_line, command.end_line
    return command.cmd.upper(), *place, tuple(command.flags), command.json, tuple(command.value), bodies


def _ours(instruction: Instruction) -> Reading:
    """An instruction as BuildKit has it: pairs of ENV and LABEL apart, what ONBUILD holds in its place."""
    values, is_json = instruction.arguments, instruction.is_json
    if instruction.keyword in {"ENV", "LABEL"}:
        values = tuple(part for pair in values for part in pair.split("=", 1))
    if instruction.trigger is not None:
        keyword = (instruction.trigger.keyword,) if instruction.keyword == "HEALTHCHECK" else ()
        values, is_json = (*keyword, *instruction.trigger.arguments), instruction.trigger.is_json
    place = instruction.location.line, instruction.location.end_line
    return (
        instruction.keyword,
        *place,
        instruction.flags,
        is_json,
        values,
        tuple(h.text for h in instruction.heredocs),
    )


if __name__ == "__main__":
    raise SystemExit(main())

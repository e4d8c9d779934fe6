"""Shell: tree-sitter's Bash grammar, and what its nodes say as words, assignments and redirections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

MAX_MENDING = 10
"""How often the parser may tell that it goes on behind an error; of 833 real scripts none comes beyond 1."""

_STEPS, _BYTES_A_STEP = 50, 66
"""How often it may tell where it is: so often, and once for so many bytes; real scripts need a third of that.

What is no shell may take the square of its size. Counts, unlike times, are the same on every machine.
"""


MAX_SIZE = 50_000
"""In bytes; the longest of 833 scripts of public services has 32,154."""
MAX_HEREDOCS = 300
"""The grammar takes the square of their number."""


_PIECE = 512
"""So many bytes are given at a time: to the parser, and again for the text of each node."""


class UnreadShellError(ValueError):
    """What is no shell, or more of it than is read."""


def is_too_much(data: bytes) -> bool:
    """Whether a text is refused without a look at it, which would take the square of what it has."""
    return len(data) > MAX_SIZE or data.count(b"<<") > MAX_HEREDOCS


def parsed(data: bytes) -> Any:
    """The tree's root. Raises UnreadShellError for what is none, takes too much mending, or is too much."""
    import tree_sitter
    import tree_sitter_bash

    if b"\0" in data:  # the grammar looks for each one's end, and does not come by its callback
        raise UnreadShellError("it contains null bytes")
    if is_too_much(data):
        raise UnreadShellError(f"it has more than {MAX_SIZE:,} bytes, or {MAX_HEREDOCS} here-documents")
    steps = mending = 0

    def is_hopeless(offset: int, has_error: bool) -> bool:
        nonlocal steps, mending
        steps, mending = steps + 1, mending + has_error
        return mending > MAX_MENDING or steps > _STEPS + offset // _BYTES_A_STEP

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))
    try:
        tree = parser.parse(
            lambda offset, _: data[offset : offset + _PIECE],
            progress_callback=is_hopeless,
        )
    except ValueError:
        raise UnreadShellError("it has too many errors for shell") from None
    return tree.root_node


WORDS = frozenset({
    "ansi_c_string", "arithmetic_expansion", "brace_expression", "command_name", "command_substitution",
    "concatenation", "expansion", "number", "process_substitution", "raw_string", "simple_expansion",
    "string", "translated_string", "word",
})  # fmt: skip

SHELLS = frozenset({"ash", "bash", "dash", "ksh", "sh", "zsh"})


def pair(assignment: Any) -> tuple[str, str]:
    """Name and value of `NAME=value`, which may be empty."""
    value = assignment.child_by_field_name("value")
    return text_of(assignment.children[0]), word_of(value) if value is not None else ""


def outputs(node: Any) -> Iterator[str]:
    """The files that a statement's output goes to."""
    for child in node.children:
        if child.type == "file_redirect" and any(
            part.type in {">", ">>", "&>", ">|"} for part in child.children
        ):
            yield word_of(child.named_children[-1]) if child.named_children else ""


def text_of(node: Any) -> str:
    """The source of a node."""
    return str(node.text.decode(errors="replace"))


def word_of(node: Any) -> str:
    """A word as the shell takes it: without quotes, expansions as they are written."""
    match node.type:
        case "command_name" | "concatenation":
            return "".join(word_of(child) for child in node.children) if node.children else text_of(node)
        case "string":
            return text_of(node)[1:-1].replace('\\"', '"').replace("\\\n", "")
        case "raw_string":
            return text_of(node)[1:-1]
        case "word":
            return text_of(node).replace("\\\n", "").replace("\\", "")
    return text_of(node)


def words_of(command: Any) -> list[str]:
    """The words of a command, its program first."""
    return [word_of(child) for child in command.named_children if child.type in WORDS]


_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}")
_DEFAULT = re.compile(r"\$\{\w+:?[-=](?P<value>.*)\}", re.DOTALL)


def expanded(words: list[str], variables: Mapping[str, str]) -> list[str]:
    """The words of a command with its program in the place of a variable of the script: `exec $SERVER`.

    What the script itself gives it counts, `${SERVER:-uvicorn main:app}` by its default.
    """
    at = int(words[:1] == ["exec"])
    named = _VARIABLE.fullmatch(words[at]) if at < len(words) else None
    value = variables.get(named[1] or named[2], "") if named else ""
    default = _DEFAULT.fullmatch(value)
    program = (default["value"].strip("\"'") if default else value).split()
    if not program or program[0].startswith(("$", "`")):
        return words
    return [*words[:at], *program, *words[at + 1 :]]


def flattened(node: Any) -> list[Any]:
    """A statement's own children; what follows a here-document's start in its line is one too."""
    found: list[Any] = []
    for child in node.children:
        found += child.children if child.type == "heredoc_redirect" else [child]
    return found

"""Here-documents: those that the grammar can read, and those that a shell reads as a script."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Any

from archlint.facts.shell_nodes import SHELLS, WORDS, is_too_much, word_of

_STARTERS = frozenset({"command", "env", "exec", "nice", "nohup", "sudo", "time"})
_PASSING_ON = frozenset({"cat", "envsubst", "tee"})
_OPENED = re.compile(rb"""(?<!<)<<(?P<chomp>-?)(?P<quote>["']?)(?P<name>\w+)(?P=quote)""")


def last_of_each_line(data: bytes) -> bytes:
    """The text with one here-document a line, the last: the grammar reads no more. All places are kept."""
    if data.count(b"<<") < 2 or is_too_much(data):
        return data
    lines = data.split(b"\n")
    number = 0
    while number < len(lines):
        opened = list(_OPENED.finditer(lines[number]))
        first, number = number, number + 1
        for one in opened:
            end = _end(lines, number, one["name"], chomped=bool(one["chomp"]))
            if end is None:
                break
            if one is not opened[-1]:
                lines[number : end + 1] = [b" " * len(line) for line in lines[number : end + 1]]
                start, stop = one.span()
                lines[first] = lines[first][:start] + b" " * (stop - start) + lines[first][stop:]
            number = end + 1
    return b"\n".join(lines)


def _end(lines: Sequence[bytes], start: int, name: bytes, *, chomped: bool) -> int | None:
    """The line that ends a here-document whose body starts on another."""
    for number in range(start, len(lines)):
        if (lines[number].lstrip(b"\t") if chomped else lines[number]) == name:
            return number
    return None


def feeds_shell(statement: Any) -> bool:
    """Whether a shell runs the here-document of a redirected statement, maybe at the end of a pipe."""
    words = _words(_last_command(statement.children))
    for child in statement.children:
        for part in child.children if child.type == "heredoc_redirect" else ():
            if part.type == "pipeline" and words[:1] and posixpath.basename(words[0]) in _PASSING_ON:
                words = _words(_last_command(part.children))
    return _is_shell(words)


def _last_command(nodes: Sequence[Any]) -> Any:
    """The command that a redirection at the end belongs to."""
    found = next((n for n in reversed(nodes) if n.type in {"command", "list", "pipeline"}), None)
    return _last_command(found.children) if found is not None and found.type != "command" else found


def _words(command: Any) -> list[str]:
    """The words of a command without what only starts it."""
    words = [word_of(c) for c in command.named_children if c.type in WORDS] if command is not None else []
    while words and posixpath.basename(words[0]) in _STARTERS:
        del words[0]
        while words and (words[0].startswith("-") or "=" in words[0]):
            del words[0]
    return words


def _is_shell(words: Sequence[str]) -> bool:
    """Whether this is a shell that is given no script, neither as a file nor by `-c`."""
    if not words or posixpath.basename(words[0]) not in SHELLS:
        return False
    plain = [word for i, word in enumerate(words[1:]) if word[:1] not in {"-", "+"} and words[i] != "-o"]
    return re.search(r"(^| )-\w*s( |$)", " ".join(words)) is not None or (
        not [word for word in plain if word != "/dev/stdin"]
        and not any(re.fullmatch(r"-\w*c", word) for word in words)
    )

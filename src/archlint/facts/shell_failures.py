"""Shell: what a script does about the failure of a command."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

from archlint.facts.shell_nodes import text_of, word_of, words_of

_SPEAKS = frozenset({":", "echo", "printf", "sleep", "true", "log", "logger"})
ENDS_SCRIPTS = frozenset({"exit", "kill"})
"""What ends a script."""
ENDS = ENDS_SCRIPTS | {"false", "return"}
"""What fails in its place."""


def swallowed(right: Any) -> str | None:
    """Why `left || right` succeeds when `left` fails: the right side only speaks."""
    if right.type == "command" and words_of(right) == ["exit", "0"]:
        return "`|| exit 0` turns its failure into success"
    return f"`|| {text_of(right).splitlines()[0]}` swallows its failure" if only_speaks([right]) else None


def bails(nodes: Sequence[Any], endings: Set[str] = ENDS) -> bool:
    """Whether something in `nodes` ends the script, or the function, with a failure."""
    pending = list(nodes)
    while pending:
        node = pending.pop()
        words = text_of(node).split() if node.type == "command" else []
        if words and words[0] in endings and words[1:] != ["0"]:
            return True
        pending.extend(node.named_children)
    return False


def only_speaks(nodes: Sequence[Any]) -> bool:
    """Whether all commands in `nodes` do nothing about a failure."""
    pending, seen = list(nodes), False
    while pending:
        node = pending.pop()
        if node.type == "command":
            name = node.child_by_field_name("name")
            if name is None or word_of(name) not in _SPEAKS:
                return False
            seen = True
        else:
            pending.extend(child for child in node.named_children)
    return seen

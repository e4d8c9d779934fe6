"""Patterns of .gitignore: no bad line stops the others, and none takes more than linear time.

pathspec turns a pattern into a regular expression that backtracks: `*a*a*a*b` takes minutes on a name of many
letters. A wildcard may as well take the first place at which what follows it fits, once and for all, as in
`fnmatch.translate`: between two of them nothing is won by a later one.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from archlint.findings import ArchlintError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

LEADING, BETWEEN = "(?:.+/)?", "(?:/.+)?"
"""What pathspec makes of `**` before other parts, and between them."""
ENDS = ("(?:(?P<ps_d>/)|$)", "(?P<ps_d>/)", "/")
STAR = re.compile(r"\[\^/\]([*+])")


def compile_patterns(lines: Iterable[str]) -> GitIgnoreSpec:
    """The patterns of an ignore file; as git does, it passes over what is none."""
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec(_compiled(line) for line in lines)


def check_pattern(pattern: str) -> None:
    """Raises ArchlintError for what is no pattern, or matches nothing whatever there is."""
    if _compiled(pattern).include is None:
        raise ArchlintError(f"`{pattern}` is no pattern as in .gitignore")


@cache
def _compiled(line: str) -> GitIgnoreSpecPattern:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of sets within sets, which git does not know
            expression, include = GitIgnoreSpecPattern.pattern_to_regex(line)
            if isinstance(expression, str):
                return GitIgnoreSpecPattern(re.compile(linear(expression)), include)
    except (ValueError, re.error):
        pass
    return GitIgnoreSpecPattern(None)


def linear(expression: str) -> str:
    """An expression of pathspec's that matches the same paths, and never looks back."""
    end = next((end for end in ENDS if expression.endswith(end)), "")
    body = expression.removeprefix("^").removesuffix(end)
    anywhere = body.startswith(LEADING)
    first, *others = body.removeprefix(LEADING).split(BETWEEN)
    if not others and len(STAR.findall(first)) < 2:
        return expression
    chunks = [("(?:[^/]+/)*?" if anywhere else "", first), *(("(?:/[^/]+)*?", chunk) for chunk in others)]
    parts = [f"(?>{skipped}{_chunk(chunk)}(?=/|$))" for skipped, chunk in chunks]
    return f"^{''.join(parts)}{end}"


def _chunk(chunk: str) -> str:
    """Whole segments of a path, in which each star takes the first place at which what follows it fits."""
    literal, *rest = STAR.split(chunk)
    parts = [literal]
    for index in range(0, len(rest), 2):
        least, after, is_last = rest[index], rest[index + 1], index + 2 == len(rest)
        stop = "(?=/|$)" if is_last else ""
        parts.append(f"(?>[^/]{least}?{after}{stop})")
    return "".join(parts)

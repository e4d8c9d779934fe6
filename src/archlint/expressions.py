"""Regular expressions of a configuration: what is none is refused, and so is what may take for ever.

Python's `re` backtracks: `(a+)+` tries a text that does not fit in exponentially many ways. That needs a
repeated group that can match one text in several ways. A group that begins with a character which the rest of
it cannot match, as in `(/[^/]+)*`, has one way.

`a*a*a*b` takes as many steps as the cube of the text's length: so no more repetitions may match one
character, and what is matched, a path or a variable's name, is short.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from archlint.findings import ArchlintError

_PART = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P<\w+>|\(\?[a-zA-Z-]*:|\(\?(?:<?[=!])|\{\d*,?\d*\}|.", re.DOTALL
)
"""An escape, a set, the head of a group, a repetition, or a character."""

_UNENDING = re.compile(r"[*+]|\{\d*,\}")

MOST_REPETITIONS = 3
"""How many repetitions without an end may match one character: `.*/a/.*/b/.*` is usual."""

LONGEST = 500
"""Of what is matched, in characters: three repetitions then take about a second at worst."""

_ADVICE = "let each turn begin with a character that the rest of it cannot match, as in `(/[^/]+)*`"


def check_expression(expression: str) -> None:
    """Raises ArchlintError for what is no regular expression, and for what may take too long."""
    try:
        re.compile(expression)
    except (re.error, RecursionError, OverflowError) as error:
        raise ArchlintError(f"`{expression}` is no regular expression: {error}") from error
    if re.search(r"(?<!\\)(\\\\)*\\[1-9]|\(\?P=|\(\?\(", expression):
        raise ArchlintError(f"`{expression}` may take exponentially long: it refers back to a group")
    parts = _PART.findall(expression)
    for group in _repeated(parts):
        if any(map(_varies, group)) and not _has_one_way(group):
            raise ArchlintError(
                f"`{expression}` may take exponentially long: it repeats `({''.join(group)})`, "
                f"which can match a text in several ways; {_ADVICE}"
            )
    times = max(_repetitions(parts).values(), default=0)
    if times > MOST_REPETITIONS:
        raise ArchlintError(
            f"`{expression}` may take too long: {times} of its repetitions can match one text, and at most "
            f"{MOST_REPETITIONS} may; let them end, as `[^/]*` does and `.*` does not"
        )


def matcher(expressions: Iterable[str]) -> Callable[[str], bool]:
    """Whether one of the expressions matches a whole text, which is not long; each has its own flags."""
    compiled = tuple(map(re.compile, expressions))
    return lambda text: len(text) <= LONGEST and any(one.fullmatch(text) for one in compiled)


def _repetitions(parts: Sequence[str]) -> Counter[str]:
    """By how many repetitions without an end each character can be matched, on one way through them."""
    outer: list[tuple[int, Counter[str], Counter[str]]] = []
    inner, others, own, last = Counter[str](), Counter[str](), Counter[str](), range(0)
    for index, part in enumerate(parts):
        if part == "|":
            others, own = others | own, Counter()
        elif part.startswith("("):
            outer.append((index, others, own))
            others, own = Counter(), Counter()
        elif part == ")" and outer:
            inner = others | own
            start, others, own = outer.pop()
            own, last = own + inner, range(start, index)
        elif not _UNENDING.fullmatch(part):
            last = range(index, index + 1)
        else:
            once = Counter({one for n in last for one in string.printable if _matches(parts[n], one)})
            own += once - inner if len(last) > 1 else once
    return others | own


def _repeated(parts: Sequence[str]) -> Iterator[list[str]]:
    """What stands in each group that is repeated."""
    opened: list[int] = []
    for index, part in enumerate(parts):
        if part.startswith("("):
            opened.append(index + 1)
        elif part == ")" and opened:
            start = opened.pop()
            following = parts[index + 1] if index + 1 < len(parts) else ""
            if following[:1] in {"*", "+", "{"} and following not in {"{0}", "{1}", "{0,1}", "{,1}"}:
                yield list(parts[start:index])


def _varies(part: str) -> bool:
    return part in {"*", "+", "?", "|"} or (part[0] == "{" and "," in part)


def _has_one_way(group: Sequence[str]) -> bool:
    """Whether the first character of each turn tells what the turn is, and where the next one begins."""
    if "|" not in group:
        first, *rest = group
        starts = _is_literal(first) and not (rest and _repeats(rest[0]))
        return starts and not any(_matches(part, first[-1]) for part in rest)
    firsts = [part for before, part in zip(("|", *group), group, strict=False) if before == "|"]
    fixed = all(map(_is_literal, (*firsts, *(part for part in group if part != "|"))))
    return fixed and len({part[-1].casefold() for part in firsts}) == len(firsts)


def _is_literal(part: str) -> bool:
    """Whether it stands for one character."""
    return part not in set(".^$*+?{}[]()|") if len(part) == 1 else part[0] == "\\" and not part[1].isalnum()


def _repeats(part: str) -> bool:
    return part in {"*", "+", "?"} or part[0] == "{"


def _matches(part: str, character: str) -> bool:
    """Whether a part of a group, which is no sign of its own, may match the character."""
    if part in set("*+?()|^$") or part[0] in "({":
        return False
    return re.fullmatch(part, character, re.IGNORECASE) is not None

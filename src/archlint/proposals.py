"""What may have been meant by a word, an option or a path that there is not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path


def suggestion(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """`; did you mean `x`?`, or nothing when no known word is near."""
    from difflib import get_close_matches

    by_key = {name.casefold(): name for name in sorted(known)}
    near = get_close_matches(word.casefold(), by_key, n=1, cutoff=cutoff)
    return f"; did you mean `{by_key[near[0]]}`?" if near else ""


def about_missing(path: Path) -> str:
    """What to tell who named a path that does not exist, after these words."""
    text = str(path)
    if text == "-":
        return "; archlint reads the files of a repository, not standard input"
    if re.match(r"[a-z+]{2,}:/|\w+@[\w.]+:", text):
        return "; it is an address: `git clone` it, and name the folder"
    if re.fullmatch(r"(?i:BA)\d{1,4},?", text):
        return "; rules are chosen by `--select` and `--ignore`, with commas alone: `--select BA05,BA06`"
    place = re.fullmatch(r"(.+?)(?::\d+){1,2}:?", text)
    if place and Path(place[1]).exists():
        return f"; files are checked as a whole: name `{place[1]}`"
    if Path(text.replace("\\", "/")).exists():
        return f"; did you mean `{text.replace(chr(92), '/')}`?"
    where = "" if path.is_absolute() else f" in {Path.cwd()}"
    return where + suggestion(path.name, _siblings(path), cutoff=0.75)


def _siblings(path: Path) -> list[str]:
    """The names in the folder that it would be in; none where that cannot be read."""
    try:
        return [one.name for one in path.parent.iterdir()]
    except OSError:
        return []

"""The line of the configuration that maps a layer to where its modules seem to be."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from msgspec import Struct

from archlint.paths import below, parents
from archlint.patterns import compile_patterns
from archlint.service.layers.names import names_of, stem

MOST = 40
"""So many places a line may name; a layer that is spread over more has no place."""

_FEW = 20
"""A pattern for so many modules may take one of another layer along."""

_MOST_LEFT_OUT = 3
"""More patterns that take something out again would say less than the folders themselves."""


class Candidate(Struct, frozen=True):
    """The directory or file that seems to play a layer's role, and the configuration line that says so."""

    path: str
    line: str


def candidate(
    name: str, places: Mapping[str, str], others: Sequence[str], rest: Sequence[str], folder: str
) -> Candidate | None:
    """Patterns that match the layer's modules, and none of `others`, which are of other layers.

    `places` gives for a module's path the directory or file that makes it one of the layer; `rest` are all
    modules of no layer. Patterns are relative to `folder`, where the configuration is. Places of one name,
    such as the `api.py` of every feature, are one pattern, and so are `crud_orders.py` and `crud_users.py`.
    """
    places = _together(places, (*others, *rest))
    counts, ending_of = Counter(places.values()), _endings(name, places.values())
    if not counts:
        return None
    endings = Counter(ending_of[place] for place in places.values())
    patterns: list[str] = []
    own = [below(path, folder) for path in places]
    foreign = [below(other, folder) for other in others]
    for ending in sorted(endings, key=lambda one: (-endings[one], one)):
        alike = [(path, place) for path, place in places.items() if ending_of[place] == ending]
        by_path = {below(path, folder): below(place, folder) for path, place in alike}
        patterns += _patterns(ending, by_path, own, foreign)
        if len(patterns) > MOST:
            return None
    chosen = min(counts, key=lambda place: (-endings[ending_of[place]], -counts[place], place))
    listed = ", ".join(f'"{pattern}"' for pattern in patterns)
    return Candidate(chosen, f"{name} = [{listed}]")


def _together(places: Mapping[str, str], others: Sequence[str]) -> dict[str, str]:
    """Files of a folder that has several of the layer's, and nothing else, are that folder.

    What lies in another place is that: the outermost folder.
    """
    alone = Counter(posixpath.dirname(place) for place in places.values() if not place.endswith("/"))
    occupied = {folder for other in others for folder in parents(other)}
    whole = {folder for folder, count in alone.items() if folder and count > 1} - occupied
    found = {
        path: f"{folder}/" if (folder := posixpath.dirname(place)) in whole and place == path else place
        for path, place in places.items()
    }
    folders = {place for place in found.values() if place.endswith("/")}
    return {path: _outermost(place, folders) for path, place in found.items()}


def _outermost(place: str, folders: Set[str]) -> str:
    """The outermost of the folders that a place lies in or is; itself, where it lies in none."""
    around = (f"{folder}/" for folder in reversed(parents(place)))
    return next((folder for folder in around if folder in folders), place)


def _patterns(
    ending: str, places: Mapping[str, str], own: Sequence[str], foreign: Sequence[str]
) -> list[str]:
    """One for all, without the few kinds of others that it takes along; else one a folder, or the files."""
    homes = {posixpath.dirname(place.rstrip("/")) for place in places.values()}
    whole = posixpath.join("**" if len(homes) > 1 else homes.pop(), ending)
    taken = list(_taken(whole, foreign))
    if _FEW * len(taken) <= len(places):
        return [whole]
    narrow = _by_folder(places, foreign)
    left_out = _left_out(taken, own, whole) if ending.endswith("/**") else []
    return [whole, *left_out] if left_out and 1 + len(left_out) < len(narrow) else narrow


def _by_folder(files: Iterable[str], foreign: Sequence[str]) -> list[str]:
    """One a folder, where that takes nothing else along, or the files; no more than a line may name."""
    by_home: defaultdict[str, list[str]] = defaultdict(list)
    for file in sorted(files):
        by_home[posixpath.dirname(file)].append(file)
    found: list[str] = []
    for home, inside in sorted(by_home.items()):
        narrow = (posixpath.join(home, name) for name in _names(inside))
        fitting = next((one for one in narrow if not _takes(one, foreign)), None)
        found += [fitting] if len(inside) > 1 and fitting is not None else inside
        if len(found) > MOST:
            break
    return found


def _left_out(taken: Sequence[str], own: Sequence[str], whole: str) -> list[str]:
    """Patterns that take these out of a folder again, and nothing of the layer; none where many would."""
    home = whole.removesuffix("/**")
    occupied = {folder for path in own for folder in parents(path)}
    counts = Counter(map(posixpath.basename, taken))
    found: set[str] = set()
    for path in taken:
        name = posixpath.basename(path)
        empty = [one for one in _taken(whole, reversed(parents(path))) if one not in occupied]
        named = f"{home}/**/{name}"
        is_alike = counts[name] > 1 and not _takes(named, own)
        found.add(f"!{empty[0]}/**" if empty else f"!{named}" if is_alike else f"!{path}")
        if len(found) > _MOST_LEFT_OUT:
            return []
    return sorted(found)


def _names(files: Sequence[str]) -> Iterator[str]:
    """Patterns for files of one folder, the widest first: for all, for those with the last word of these."""
    yield "*.py"
    words = {posixpath.basename(file).removesuffix(".py").rpartition("_")[2] for file in files}
    if len(words) == 1 and all("_" in posixpath.basename(file) for file in files):
        yield f"*_{words.pop()}.py"


def _takes(pattern: str, paths: Iterable[str]) -> bool:
    return any(_taken(pattern, paths))


def _taken(pattern: str, paths: Iterable[str]) -> Iterator[str]:
    return filter(compile_patterns([pattern]).match_file, paths)


def _endings(name: str, places: Iterable[str]) -> dict[str, str]:
    """How the patterns of places end: files of one name, or that begin or end with the layer's, share one."""
    own = {place: _ending(place) for place in places}
    affixes = {ending: _affix(name, ending) for ending in own.values()}
    counts = Counter(affixes.values())
    return {
        place: affix if (affix := affixes[ending]) and counts[affix] > 1 else ending
        for place, ending in own.items()
    }


def _affix(name: str, place: str) -> str:
    """The end of a pattern for files called like this one: `crud_*.py` for `crud_orders.py`."""
    first, _, rest = stem(place).partition("_")
    if rest and name in names_of(first):
        return f"{first}_*.py"
    last = rest.rpartition("_")[2]
    return f"*_{last}.py" if name in names_of(last) else ""


def _ending(place: str) -> str:
    """The end of a pattern for a file, or for all in a directory."""
    return posixpath.basename(place.rstrip("/")) + ("/**" if place.endswith("/") else "")

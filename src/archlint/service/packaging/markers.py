"""Whether two PEP 508 markers mean the same on every Python and platform that a project supports.

uv writes markers in a canonical form of its own, simplified under `requires-python`, so text cannot be
compared. Both are evaluated instead on one environment per region that their literals cut out.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence

from packaging.markers import Marker, UndefinedEnvironmentName
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

MAX_ENVIRONMENTS = 20_000
_OTHER = "system "

_SYSTEMS = {
    "linux": "Linux",
    "darwin": "Darwin",
    "win32": "Windows",
    "aix": "AIX",
    "emscripten": "Emscripten",
}
"""The platforms of which uv takes `platform_system` for `sys_platform`."""
_SUBSTRING = re.compile(
    r"""(?:sys_platform|os_name|platform_\w+|implementation_name) (?:not )?in "[^"]*\""""
    r"""|"[^"]*" (?:not )?in \w+"""
)
_FREE = ("os_name", "platform_machine", "implementation_name", "platform_python_implementation")
"""What uv compares as text, each for itself: that Windows is `nt` is nothing that a lock knows."""


def equivalent(first: Marker | None, second: Marker | None, python: SpecifierSet) -> bool | None:
    """Whether both hold in the same environments; None when that cannot be decided here."""
    if str(first) == str(second):
        return True
    if _substrings(first) != _substrings(second):
        return None
    environments = _environments(f"{first} and {second}", python)
    if environments is None:
        return None
    try:
        return all(_holds(first, environment) == _holds(second, environment) for environment in environments)
    except (UndefinedEnvironmentName, InvalidVersion):
        return None


def _substrings(marker: Marker | None) -> frozenset[str]:
    """The tests by `in` but of versions, which uv compares as they are written."""
    return frozenset(re.findall(_SUBSTRING, str(marker)))


def _holds(marker: Marker | None, environment: dict[str, str]) -> bool:
    return marker is None or marker.evaluate(environment)


def _environments(text: str, python: SpecifierSet) -> Iterator[dict[str, str]] | None:
    """The environments to try, None when they are too many or a name cannot be enumerated."""
    if re.search(r"\b(platform_release|platform_version|implementation_version)\b", text):
        return None
    if re.search(r"""\bin\s*["'][^"']*[,|]""", text):  # uv takes the text apart at blanks alone
        return None
    choices: dict[str, Sequence[str]] = {
        "python_full_version": [
            *map(str, python_versions([*_literals(text), *(s.version for s in python)], python, between=True))
        ],
        "extra": sorted({*_values(text, "extras?"), ""}),
        "sys_platform": _platforms(text),
        **{name: sorted({*_values(text, name), "else"}) for name in _FREE if name in text},
    }
    if math.prod(map(len, choices.values())) > MAX_ENVIRONMENTS:
        return None
    return (
        _environment(dict(zip(choices, one, strict=True))) for one in itertools.product(*choices.values())
    )


def _platforms(text: str) -> list[str]:
    """The values of `sys_platform` that tell the markers apart, and one that they do not name."""
    if not re.search(r"\b(sys_platform|platform_system)\b", text):
        return ["else"]
    names = {name: platform for platform, name in _SYSTEMS.items()}
    systems = {names.get(value, f"{_OTHER}{value}") for value in _values(text, "platform_system")}
    return sorted({*_values(text, "sys_platform"), *systems, "else"})


def _environment(chosen: dict[str, str]) -> dict[str, str]:
    version, platform = Version(chosen["python_full_version"]), chosen["sys_platform"]
    system = _SYSTEMS.get(platform, platform.removeprefix(_OTHER))
    return {
        **dict.fromkeys(_FREE, "else"),
        "python_version": f"{version.major}.{version.minor}",
        "implementation_version": str(version),
        "platform_release": "",
        "platform_version": "",
        "platform_system": system,
        **chosen,
    }


def python_versions(
    literals: Iterable[str], python: SpecifierSet, *, between: bool = False
) -> Iterator[Version]:
    """Versions on, just below and just above each literal, that `python` admits, in order.

    With `between` there are some that no Python has: uv does not take `> 3.12.3` for `>= 3.12.4`.
    """
    found = {Version("3.0.0"), Version("4.0.0"), Version("99.0.0")}
    for literal in literals:
        numbers = re.match(r"\d+(?:\.\d+){0,2}", literal)
        if numbers:
            major, minor, micro = (*map(int, numbers.group().split(".")), 0, 0)[:3]
            for near in (
                (major, minor, micro),
                (major, minor, micro + 1),
                (major, minor, max(micro - 1, 0)),
                (major, minor, 99),
                (major, minor + 1, 0),
                (major, max(minor - 1, 0), 99),
                (major + 1, 0, 0),
                (max(major - 1, 0), 99, 99),
            ):
                found.add(Version(".".join(map(str, near))))
            if between and numbers.group().count(".") > 1:
                found.add(Version(f"{major}.{minor}.{micro}.1"))
    return (version for version in sorted(found) if python.contains(version))


def _literals(text: str) -> list[str]:
    """All version-like words in quotes; `python_version in "3.10 3.11"` holds several."""
    return [
        word for quoted in re.findall(r"""["']([^"']*)["']""", text) for word in re.split(r"[\s,|]+", quoted)
    ]


def _values(text: str, name: str) -> set[str]:
    after = re.findall(rf"""\b{name}\s*(?:==|!=|not in|in|<=|>=|<|>)\s*["']([^"']*)["']""", text)
    before = re.findall(rf"""["']([^"']*)["']\s*(?:==|!=|not in|in|<=|>=|<|>)\s*{name}\b""", text)
    return {word for value in (*after, *before) for word in (value, *re.split(r"[\s,|]+", value))}

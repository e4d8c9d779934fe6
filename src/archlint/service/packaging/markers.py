"""Whether two PEP 508 markers mean the same on every Python and platform that a project supports.

uv writes markers in a canonical form of its own, simplified under `requires-python`, so text cannot be
compared. Both are evaluated instead on one environment per region that their literals cut out.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from packaging.markers import Marker, UndefinedEnvironmentName
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

MAX_ENVIRONMENTS = 20_000

PLATFORMS = (
    ("posix", "linux", "Linux"),
    ("posix", "darwin", "Darwin"),
    ("nt", "win32", "Windows"),
    ("posix", "cygwin", "CYGWIN_NT-10.0"),
    ("posix", "freebsd14", "FreeBSD"),
    ("posix", "emscripten", "Emscripten"),
)
IMPLEMENTATIONS = (("cpython", "CPython"), ("pypy", "PyPy"), ("graalpy", "GraalVM"))


def equivalent(first: Marker | None, second: Marker | None, python: SpecifierSet) -> bool | None:
    """Whether both hold in the same environments; None when that cannot be decided here."""
    if str(first) == str(second):
        return True
    environments = _environments(f"{first} and {second}", python)
    if environments is None:
        return None
    try:
        return all(_holds(first, environment) == _holds(second, environment) for environment in environments)
    except (UndefinedEnvironmentName, InvalidVersion):
        return None


def _holds(marker: Marker | None, environment: dict[str, str]) -> bool:
    return marker is None or marker.evaluate(environment)


def _environments(text: str, python: SpecifierSet) -> Iterator[dict[str, str]] | None:
    """The environments to try, None when they are too many or a name cannot be enumerated."""
    if re.search(r"\b(platform_release|platform_version|implementation_version)\b", text):
        return None
    versions = tuple(python_versions([*_literals(text), *(s.version for s in python)], python))
    machines = sorted({*_values(text, "platform_machine"), "a-machine"})
    extras = sorted({*_values(text, "extras?"), ""})
    platforms = PLATFORMS if re.search(r"\b(os_name|sys_platform|platform_system)\b", text) else PLATFORMS[:1]
    implementations = IMPLEMENTATIONS if "implementation" in text else IMPLEMENTATIONS[:1]
    if len(versions) * len(machines) * len(extras) * len(platforms) * len(implementations) > MAX_ENVIRONMENTS:
        return None
    return (
        _environment(*choice)
        for choice in itertools.product(versions, machines, extras, platforms, implementations)
    )


def _environment(
    version: Version,
    machine: str,
    extra: str,
    platform: tuple[str, str, str],
    implementation: tuple[str, str],
) -> dict[str, str]:
    return {
        "python_full_version": str(version),
        "python_version": f"{version.major}.{version.minor}",
        "implementation_version": str(version),
        "platform_machine": machine,
        "extra": extra,
        "os_name": platform[0],
        "sys_platform": platform[1],
        "platform_system": platform[2],
        "implementation_name": implementation[0],
        "platform_python_implementation": implementation[1],
        "platform_release": "",
        "platform_version": "",
    }


def python_versions(literals: Iterable[str], python: SpecifierSet) -> Iterator[Version]:
    """Versions on, just below and just above each literal, that `python` admits, in order."""
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

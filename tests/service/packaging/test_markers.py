from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from archlint.service.packaging.markers import equivalent

PYTHON = SpecifierSet(">=3.11")


def same(first: str, second: str) -> bool | None:
    return equivalent(Marker(first) if first else None, Marker(second) if second else None, PYTHON)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", ""),
        ("python_version >= '3.12'", "python_full_version >= '3.12'"),
        ("python_version > '3.12'", "python_full_version >= '3.13'"),
        ("python_version >= '3.9'", ""),
        ("python_version < '3.10'", "python_full_version < '0'"),
        ("python_version in '3.11 3.12'", "python_full_version < '3.13'"),
        ("platform_system == 'Darwin'", "sys_platform == 'darwin'"),
        ("platform_system == 'FreeBSD'", "'FreeBSD' == platform_system"),
        ("sys_platform in 'linux win32'", "(sys_platform in 'linux win32')"),
        ("extra == 'A_b'", "extra == 'a-b'"),
        ("platform_machine == 'x' and os_name == 'nt'", "'nt' == os_name and 'x' == platform_machine"),
    ],
)
def test_what_means_the_same(first: str, second: str) -> None:
    assert same(first, second) is True


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("python_version >= '3.12'", ""),
        ("python_version >= '3.12'", "python_version >= '3.13'"),
        ("python_full_version >= '3.12.4'", "python_full_version >= '3.12.5'"),
        ("sys_platform == 'linux'", "sys_platform == 'darwin'"),
        ("extra == 'a'", "extra == 'b'"),
        ("extra == 'a'", ""),
        ("platform_python_implementation != 'PyPy'", "implementation_name != 'pypy'"),
        ("os_name == 'nt'", "sys_platform == 'win32'"),
        ("os_name == 'nt'", "os_name != 'posix'"),
        ("python_full_version > '3.12.3'", "python_full_version >= '3.12.4'"),
        ("python_version < '3.13'", "python_version < '3.13' or sys_platform == 'x'"),
        ("platform_system == 'FreeBSD'", "sys_platform == 'freebsd'"),
        ("platform_machine == 'x86_64'", "platform_machine == 'aarch64'"),
        ("platform_machine != 'x86_64'", ""),
        ("sys_platform == 'linux' or extra == 'a'", "sys_platform == 'linux' and extra == 'a'"),
    ],
)
def test_what_differs(first: str, second: str) -> None:
    assert same(first, second) is False


@pytest.mark.parametrize(
    "marker",
    ["platform_release >= '5'", "platform_version == 'x'", "'linux' in sys_platform", "os_name in 'nt ce'"],
)
def test_what_cannot_be_enumerated_is_undecided(marker: str) -> None:
    assert same(marker, "") is None
    assert same(marker, marker) is True


def test_too_many_environments_are_undecided() -> None:
    machines = " or ".join(f"platform_machine == 'm{i}'" for i in range(60))
    extras = " or ".join(f"extra == 'e{i}'" for i in range(60))
    assert same(f"({machines}) and ({extras}) and python_version > '3.12'", "os_name == 'nt'") is None


atoms = st.sampled_from(
    [
        "python_version >= '3.12'",
        "python_full_version < '3.13.2'",
        "sys_platform == 'linux'",
        "os_name == 'nt'",
        "extra == 'a'",
        "implementation_name == 'pypy'",
    ]
)
markers = st.recursive(
    atoms,
    lambda inner: st.builds(
        lambda a, word, b: f"({a}) {word} ({b})", inner, st.sampled_from(["and", "or"]), inner
    ),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(markers, markers)
def test_order_never_matters(first: str, second: str) -> None:
    assert same(f"({first}) and ({second})", f"({second}) and ({first})") is True
    assert same(first, second) == same(second, first)
    assert same(f"({first}) or (({first}) and ({second}))", first) is True

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

from archlint.discover import Repository
from archlint.findings import Link, Unknown
from archlint.service.packaging.lock_freshness import lock_differences
from archlint.service.packaging.pyproject import ServiceProject

BASE = """\
[project]
name = "My.Service"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = [
    "alpha>=1",
    "Beta_Lib[fast]>=1,<3; python_version >= '3.12'",
    "delta; sys_platform == 'linux' or platform_system == 'Windows'",
]

[project.optional-dependencies]
extra = ["gamma>=1"]
more = ["delta>=1; python_version < '3.13'"]

[dependency-groups]
dev = ["gamma>=1", "local"]
lint = [{ include-group = "dev" }, "alpha"]

[tool.uv]
no-index = true
find-links = ["wheels"]
constraint-dependencies = ["delta<9"]

[tool.uv.sources]
local = { path = "libs/local" }
"""

FRESH = {
    "as it is": ("", ""),
    "a comment": ("[project]", "# a comment\n[project]"),
    "white space in a specifier": ('"alpha>=1"', '"alpha >= 1"'),
    "specifiers in another order": (">=1,<3", "<3,>=1"),
    "a trailing zero": ('"alpha>=1"', '"alpha>=1.0"'),
    "another spelling of a name": ("Beta_Lib", "beta.lib"),
    "another spelling of the project": ("My.Service", "my-service"),
    "the same marker with full versions": ("python_version >= '3.12'", "python_full_version >= '3.12'"),
    "a marker that requires-python implies": ('"alpha>=1"', "\"alpha>=1; python_version >= '3.10'\""),
    "a marker the other way round": ("python_version >= '3.12'", "'3.12' <= python_version"),
    "the same platform by another name": ("platform_system == 'Windows'", "sys_platform == 'win32'"),
    "dependencies in another order": (
        '    "alpha>=1",\n    "Beta_Lib[fast]>=1,<3; python_version >= \'3.12\'",\n',
        '    "Beta_Lib[fast]>=1,<3; python_version >= \'3.12\'",\n    "alpha>=1",\n',
    ),
    "the same bound of Python": ('">=3.11"', '">=3.11.0"'),
    "an excluded Python": ('">=3.11"', '">=3.11,!=3.11.3"'),
    "an included group written out": (
        '[{ include-group = "dev" }, "alpha"]',
        '["gamma>=1", "local", "alpha"]',
    ),
    "a description": ('version = "0.1.0"', 'version = "0.1.0"\ndescription = "x"'),
    "a constraint on what is not there": ('["delta<9"]', '["delta<9", "zeta<9"]'),
    "an override of what is not there": (
        "no-index = true",
        'no-index = true\noverride-dependencies = ["zeta==1"]',
    ),
    "what is not there excluded": ("no-index = true", 'no-index = true\nexclude-dependencies = ["zeta"]'),
    "default groups as they are": ("no-index = true", 'no-index = true\ndefault-groups = ["dev", "dev"]'),
    "the same path": ('"libs/local"', '"./libs/local/"'),
    "the same version": ('"0.1.0"', '"0.1"'),
    "the default resolution": ("no-index = true", 'no-index = true\nresolution = "highest"'),
    "the default of pre-releases": (
        "no-index = true",
        'no-index = true\nprerelease = "if-necessary-or-explicit"',
    ),
    "the default of forks": ("no-index = true", 'no-index = true\nfork-strategy = "requires-python"'),
    "no builds": ("no-index = true", "no-index = true\nno-build = true"),
    "a bound that says nothing more": ('"alpha>=1"', '"alpha>=1,>0.5,!=0.7"'),
    "a requirement in two lines": (
        '"alpha>=1",',
        "\"alpha>=1; sys_platform == 'linux'\", \"alpha>=1; sys_platform != 'linux'\",",
    ),
    "a requirement twice, once for Linux": (
        '"alpha>=1",',
        '"alpha>=1; sys_platform == \'linux\'", "alpha>=1",',
    ),
    "a constraint with an extra": ('["delta<9"]', '["delta[x]<9"]'),
    "a cutoff taken off one package": (
        "no-index = true",
        "no-index = true\nexclude-newer-package = { alpha = false }",
    ),
    "a cutoff of what is not there": (
        "no-index = true",
        'no-index = true\nexclude-newer-package = { zeta = "2026-01-01T00:00:00Z" }',
    ),
    "metadata of what is not there": (
        "no-index = true",
        'no-index = true\ndependency-metadata = [{ name = "zeta", version = "1", requires-dist = [] }]',
    ),
    "another index strategy": ("no-index = true", 'no-index = true\nindex-strategy = "unsafe-best-match"'),
}

STALE = {
    "an added dependency": ('"alpha>=1",', '"alpha>=1",\n    "gamma",'),
    "a removed dependency": ('    "alpha>=1",\n', ""),
    "a raised bound": ('"alpha>=1"', '"alpha>=1.5"'),
    "a dropped bound": ('"alpha>=1"', '"alpha"'),
    "an added extra of a dependency": ('"alpha>=1"', '"alpha[big]>=1"'),
    "a removed extra of a dependency": ("[fast]", ""),
    "a narrower marker": ("python_version >= '3.12'", "python_version >= '3.13'"),
    "a removed marker": ("; python_version >= '3.12'", ""),
    "a marker that cuts requires-python": ('"alpha>=1"', "\"alpha>=1; python_version >= '3.12'\""),
    "another platform": ("sys_platform == 'linux'", "sys_platform == 'darwin'"),
    "an added extra": ("extra = [", 'new = ["alpha"]\nextra = ['),
    "an added empty extra": ("extra = [", "new = []\nextra = ["),
    "a removed extra": ('extra = ["gamma>=1"]\n', ""),
    "a changed extra": ('extra = ["gamma>=1"]', 'extra = ["gamma>=2"]'),
    "an added group": ("lint = ", 'docs = ["alpha"]\nlint = '),
    "an added empty group": ("lint = ", "empty = []\nlint = "),
    "a removed group": ('lint = [{ include-group = "dev" }, "alpha"]\n', ""),
    "a changed included group": ('dev = ["gamma>=1"', 'dev = ["gamma>=2"'),
    "a legacy dev dependency": ("no-index = true", 'no-index = true\ndev-dependencies = ["alpha"]'),
    "a higher Python": ('">=3.11"', '">=3.12"'),
    "an upper bound of Python": ('">=3.11"', '">=3.11,<3.14"'),
    "another version": ('"0.1.0"', '"0.2.0"'),
    "another name": ('"My.Service"', '"renamed"'),
    "a constraint changed": ('"delta<9"', '"delta<8"'),
    "a constraint removed": ('constraint-dependencies = ["delta<9"]\n', ""),
    "an override added": ("no-index = true", 'no-index = true\noverride-dependencies = ["gamma<9"]'),
    "a build system added": ("[project]", '[build-system]\nrequires = []\nbuild-backend = "x"\n\n[project]'),
    "the source removed": ('local = { path = "libs/local" }\n', ""),
    "an environment": ("no-index = true", "no-index = true\nenvironments = [\"sys_platform == 'linux'\"]"),
    "one environment as text": (
        "no-index = true",
        "no-index = true\nenvironments = \"sys_platform == 'linux'\"",
    ),
    "a required environment": (
        "no-index = true",
        "no-index = true\nrequired-environments = [\"sys_platform == 'linux'\"]",
    ),
    "a resolution": ("no-index = true", 'no-index = true\nresolution = "lowest"'),
    "pre-releases": ("no-index = true", 'no-index = true\nprerelease = "allow"'),
    "a fork strategy": ("no-index = true", 'no-index = true\nfork-strategy = "fewest"'),
    "a cutoff": ("no-index = true", 'no-index = true\nexclude-newer = "2026-01-01T00:00:00Z"'),
    "a day as cutoff": ("no-index = true", 'no-index = true\nexclude-newer = "2026-01-01"'),
    "a moving cutoff": ("no-index = true", 'no-index = true\nexclude-newer = "7 days"'),
    "a cutoff of one package": (
        "no-index = true",
        'no-index = true\nexclude-newer-package = { alpha = "2026-01-01T00:00:00Z" }',
    ),
    "a conflict": (
        "no-index = true",
        'no-index = true\nconflicts = [[{ extra = "extra" }, { extra = "more" }]]',
    ),
    "an excluded dependency": ("no-index = true", 'no-index = true\nexclude-dependencies = ["gamma"]'),
    "metadata of a dependency": (
        "no-index = true",
        'no-index = true\ndependency-metadata = [{ name = "alpha", version = "1.6", requires-dist = [] }]',
    ),
    "a build constraint": (
        "no-index = true",
        'no-index = true\nbuild-constraint-dependencies = ["setuptools<80"]',
    ),
    "no default groups": ("no-index = true", "no-index = true\ndefault-groups = []"),
    "Windows by another variable": ("platform_system == 'Windows'", "os_name == 'nt'"),
    "a bound between versions": ("python_version >= '3.12'", "python_full_version > '3.11.99'"),
    "a platform more": ("sys_platform == 'linux'", "sys_platform == 'linux' or sys_platform == 'cygwin'"),
    "no package": ('{ path = "libs/local" }', '{ path = "libs/local", package = false }'),
    "default groups": ("no-index = true", 'no-index = true\ndefault-groups = ["lint"]'),
    "no sources": ("no-index = true", "no-index = true\nno-sources = true"),
    "an editable path": ('{ path = "libs/local" }', '{ path = "libs/local", editable = true }'),
    "another source": ('"libs/local"', '"libs/other"'),
}


def wheel(folder: Path, name: str, version: str) -> None:
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        extras = "Provides-Extra: fast\nProvides-Extra: big\n"
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{extras}"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


def uv(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "UV_CACHE_DIR": str(folder.parent / "cache"), "UV_PYTHON_DOWNLOADS": "never"}
    command = [find_uv_bin(), *arguments, "--offline", "--no-progress", "--python", sys.executable]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lock") / "svc"
    (folder / "wheels").mkdir(parents=True)
    for name, version in [
        ("alpha", "1.6"),
        ("beta_lib", "2.0"),
        ("gamma", "2.1"),
        ("delta", "1.1"),
        ("local", "3.0"),
    ]:
        wheel(folder / "wheels", name, version)
    for name in ("local", "other"):
        (folder / "libs" / name).mkdir(parents=True)
        (folder / "libs" / name / "pyproject.toml").write_text('[project]\nname = "local"\nversion = "1.0"\n')
    (folder / "pyproject.toml").write_text(BASE)
    made = uv(folder, "lock")
    assert made.returncode == 0, made.stderr
    return folder


def differences(folder: Path) -> list[Link | Unknown]:
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return list(lock_differences(ServiceProject(".", Repository(folder, tuple(files), None))))


def edit(folder: Path, old: str, new: str) -> None:
    assert old in BASE
    (folder / "pyproject.toml").write_text(BASE.replace(old, new, 1))


@pytest.mark.parametrize("name", FRESH)
def test_what_uv_takes_for_fresh_is_fresh(project: Path, name: str) -> None:
    edit(project, *FRESH[name])
    checked = uv(project, "lock", "--check")
    assert checked.returncode == 0, checked.stderr
    assert differences(project) == []


@pytest.mark.parametrize("name", STALE)
def test_what_uv_takes_for_stale_is_stale(project: Path, name: str) -> None:
    edit(project, *STALE[name])
    checked = uv(project, "lock", "--check")
    assert checked.returncode != 0
    found = differences(project)
    assert found
    assert all(isinstance(difference, Link) for difference in found)


TWICE = {
    "pyproject.toml": """[project]
name = "svc"
version = "1"
requires-python = ">=3.11"
dependencies = ["near", "far"]

[tool.uv]
no-index = true

[tool.uv.sources]
near = { path = "near", editable = true }
far = { path = "far" }
""",
    "near/pyproject.toml": '[project]\nname = "near"\nversion = "1"\n',
    "far/pyproject.toml": """[project]
name = "far"
version = "1"
dependencies = ["near"]

[tool.uv.sources]
near = { path = "../near", editable = true }
""",
}


@pytest.mark.parametrize(
    ("edits", "fresh"),
    [
        ({}, True),
        ({"pyproject.toml": (", editable = true", "")}, False),
        ({"far/pyproject.toml": (", editable = true", "")}, False),
        # the package is editable for one project, and not asked to be by the other
        (
            {
                "pyproject.toml": (", editable = true", ""),
                "uv.lock": ('{ name = "near", editable', '{ name = "near", directory'),
            },
            True,
        ),
    ],
)
def test_each_project_says_for_itself_what_is_editable(
    tmp_path: Path, edits: dict[str, tuple[str, str]], fresh: bool
) -> None:
    folder = tmp_path / "svc"
    write(folder, TWICE)
    assert uv(folder, "lock").returncode == 0
    for name, (old, new) in edits.items():
        head, found, tail = (folder / name).read_text().rpartition(old)
        assert found
        (folder / name).write_text(head + new + tail)
    assert (uv(folder, "lock", "--check").returncode == 0) == fresh
    assert (differences(folder) == []) == fresh


INDEX = """[[tool.uv.index]]
name = "inner"
url = "wheels"
format = "flat"
explicit = true

[tool.uv.sources]
alpha = { index = "inner" }
"""
WORKSPACE = {
    "pyproject.toml": """[project]
name = "svc"
version = "1"
requires-python = ">=3.11"
dependencies = ["near"]

[tool.uv.workspace]
members = ["near", "far"]

[tool.uv.sources]
near = { workspace = true }
""",
    "near/pyproject.toml": '[project]\nname = "near"\nversion = "1"\nrequires-python = ">=3.11"\n',
    "far/pyproject.toml": '[project]\nname = "far"\nversion = "1"\nrequires-python = ">=3.11"\n',
}


def test_the_index_of_a_source_is_recorded(tmp_path: Path) -> None:
    folder = tmp_path / "svc"
    (folder / "wheels").mkdir(parents=True)
    wheel(folder / "wheels", "alpha", "1.6")
    head = '[project]\nname = "svc"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["alpha"]\n\n'
    (folder / "pyproject.toml").write_text(head + INDEX)
    assert uv(folder, "lock").returncode == 0
    assert differences(folder) == []
    dropped = INDEX.replace("explicit = true", "").replace('alpha = { index = "inner" }', "")
    (folder / "pyproject.toml").write_text(head + dropped)
    assert uv(folder, "lock", "--check").returncode != 0
    assert all(isinstance(difference, Link) for difference in differences(folder))
    assert differences(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "fresh"),
    [
        ("pyproject.toml", "workspace = true", "workspace = true, editable = true", True),
        ("pyproject.toml", "workspace = true", "workspace = true, editable = false", False),
        ("far/pyproject.toml", "[project]", "[tool.uv]\nmanaged = false\n[project]", False),
        ("far/pyproject.toml", "[project]", "[tool.uv]\ndefault-groups = []\n[project]", False),
        ("pyproject.toml", '"near", "far"', '"far", "near"', True),
    ],
)
def test_members_of_a_workspace(tmp_path: Path, name: str, old: str, new: str, fresh: bool) -> None:
    folder = tmp_path / "svc"
    write(folder, WORKSPACE)
    assert uv(folder, "lock").returncode == 0
    assert differences(folder) == []
    assert old in WORKSPACE[name]
    write(folder, {name: WORKSPACE[name].replace(old, new, 1)})
    assert (uv(folder, "lock", "--check").returncode == 0) == fresh
    assert (differences(folder) == []) == fresh


UNDECIDED = {
    "a source per platform": (
        '{ path = "libs/local" }',
        '[{ path = "libs/local", marker = "os_name == \'nt\'" }]',
    ),
    "a marker on the kernel": ('"alpha>=1"', "\"alpha>=1; platform_release >= '5'\""),
    "dynamic dependencies": ("requires-python", 'dynamic = ["optional-dependencies"]\nrequires-python'),
    "a text that is no requirement": ('"alpha>=1"', '"alpha>=>1"'),
    "a project that uv shall not manage": ("no-index = true", "no-index = true\nmanaged = false"),
    "a Python of a group": (
        "[tool.uv]",
        "[tool.uv.dependency-groups]\ndev = { requires-python = '>=3.12' }\n\n[tool.uv]",
    ),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_cannot_be_compared_is_unknown(project: Path, name: str) -> None:
    edit(project, *UNDECIDED[name])
    assert any(isinstance(difference, Unknown) for difference in differences(project))


SETTINGS = {
    "environments": ("environments = [\"sys_platform == 'linux'\", \"sys_platform == 'darwin'\"]", [
        ("environments = [\"sys_platform == 'darwin'\", \"sys_platform == 'linux'\"]", False),
        ("environments = [\"platform_system == 'Linux'\", \"sys_platform == 'darwin'\"]", True),
        ("environments = [\"sys_platform == 'linux'\"]", False),
        ("", False),
    ]),
    "cutoff": ('exclude-newer = "2026-01-01T00:00:00Z"', [
        ('exclude-newer = "2026-01-01T01:00:00+01:00"', True),
        ('exclude-newer = "2026-02-01T00:00:00Z"', True),
        ('exclude-newer = "2025-02-01T00:00:00Z"', False),
        ("", False),
    ]),
    "conflicts": ('conflicts = [[{ extra = "extra" }, { extra = "more" }]]', [
        ('conflicts = [[{ package = "my-service", extra = "more" }, { extra = "extra" }]]', True),
        ('conflicts = [[{ extra = "extra" }, { group = "dev" }]]', False),
    ]),
    "metadata": (
        'dependency-metadata = [{ name = "Alpha", version = "1.6", requires-dist = ["Gamma>=1"] }]', [
        ('dependency-metadata = [{ name = "alpha", version = "1.6", requires-dist = ["gamma>=1"] }]', True),
        ('dependency-metadata = [{ name = "alpha", version = "1.6", requires-dist = ["gamma>=2"] }]', False),
    ]),
    "span": ('exclude-newer = "7 days"', [
        ('exclude-newer = "P7D"', True),
        ('exclude-newer = "7d"', True),
        ('exclude-newer = "1 week"', False),
        ('exclude-newer = "14 days"', False),
        ('exclude-newer = "168 hours"', False),
    ]),
    "cutoff of one package": ('exclude-newer-package = { Alpha = "2026-01-01T00:00:00Z" }', [
        ('exclude-newer-package = { alpha = "2026-02-01T00:00:00Z" }', True),
        ('exclude-newer-package = { alpha = false }', True),
        ('exclude-newer-package = { alpha = "2025-02-01T00:00:00Z" }', False),
        ('exclude-newer-package = { alpha = "7 days" }', False),
        ("", False),
    ]),
    "span of one package": ('exclude-newer-package = { alpha = "7 days" }', [
        ('exclude-newer-package = { alpha = "P7D" }', True),
        ('exclude-newer-package = { alpha = "8 days" }', False),
    ]),
    "resolution": ('resolution = "lowest-direct"', [("", False), ('resolution = "highest"', False)]),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_is_compared_as_uv_does(project: Path, name: str) -> None:
    before, changes = SETTINGS[name]
    lock = (project / "uv.lock").read_text()
    try:
        edit(project, "no-index = true", f"no-index = true\n{before}")
        assert uv(project, "lock").returncode == 0
        assert differences(project) == []
        for after, fresh in changes:
            edit(project, "no-index = true", f"no-index = true\n{after}")
            assert (uv(project, "lock", "--check").returncode == 0) == fresh
            assert (differences(project) == []) == fresh, after
    finally:
        (project / "uv.lock").write_text(lock)


LIBRARY = '[project]\nname = "local"\nversion = "1.0"\n'


@pytest.mark.parametrize(
    ("text", "fresh"),
    [
        (LIBRARY, True),
        (LIBRARY + 'requires-python = ">=3.10"\n', True),
        (LIBRARY + 'description = "x"\n', True),
        (LIBRARY + 'dependencies = ["alpha"]\n', False),
        (LIBRARY.replace("1.0", "2.0"), False),
        (LIBRARY + '[project.optional-dependencies]\nx = ["alpha"]\n', False),
        (LIBRARY + '[dependency-groups]\nx = ["alpha"]\n', False),
    ],
)
def test_a_library_taken_by_path_is_compared_too(project: Path, text: str, fresh: bool) -> None:
    (project / "pyproject.toml").write_text(BASE)
    library = project / "libs" / "local" / "pyproject.toml"
    try:
        library.write_text(text)
        assert (uv(project, "lock", "--check").returncode == 0) == fresh
        assert (differences(project) == []) == fresh
    finally:
        library.write_text(LIBRARY)


def test_a_uv_toml_replaces_the_resolvers_settings_alone(project: Path) -> None:
    edit(project, "no-index = true", 'no-index = true\nresolution = "lowest"')
    config = project / "uv.toml"
    try:
        for text, fresh in (("", True), ('prerelease = "allow"\n', False)):
            config.write_text('no-index = true\nfind-links = ["wheels"]\n' + text)
            assert (uv(project, "lock", "--check").returncode == 0) == fresh
            assert (differences(project) == []) == fresh
    finally:
        config.unlink()


def test_an_index_that_is_no_longer_configured_is_a_difference(tmp_path: Path) -> None:
    """uv would ask the index for its packages before it says so: `MissingRemoteIndex` in the lock's check."""
    package = (
        '[[package]]\nname = "alpha"\nversion = "1"\nsource = { registry = "https://old.example/simple" }\n'
    )
    index = '[[tool.uv.index]]\nname = "x"\nurl = "https://%s.example/simple/"\ndefault = true\n'
    assert lock_of(tmp_path, PROJECT + index % "old", LOCK + package) == []
    assert len(lock_of(tmp_path, PROJECT + index % "new", LOCK + package)) == 1
    assert lock_of(tmp_path, PROJECT + (index % "new").replace("default = true\n", ""), LOCK + package) == []


@pytest.mark.parametrize(
    ("before", "after", "fresh"),
    [
        ("alpha~=1.0", "alpha>=1.0,<2", True),
        ("alpha~=1.0", "alpha>=1.0,==1.*", True),
        ("alpha~=1.0", "alpha>=1.0", False),
        ("alpha>=1,<3,<2", "alpha>=1,<2", True),
        ("alpha==1.6", "alpha==1.6.0", True),
        ("alpha==1.6", "alpha===1.6", False),
        ("alpha==1.*", "alpha>=1,<2", False),
        (
            "alpha; sys_platform == 'linux' or sys_platform == 'win32'",
            "alpha; sys_platform == 'linux'\", \"alpha; sys_platform == 'win32'",
            True,
        ),
        ("alpha; sys_platform == 'linux'\", \"alpha; sys_platform == 'win32'", "alpha", False),
    ],
)
def test_versions_and_environments_are_compared_not_their_spelling(
    project: Path, before: str, after: str, fresh: bool
) -> None:
    lock = (project / "uv.lock").read_text()
    try:
        edit(project, "alpha>=1", before)
        assert uv(project, "lock").returncode == 0
        edit(project, "alpha>=1", after)
        assert (uv(project, "lock", "--check").returncode == 0) == fresh
        assert (differences(project) == []) == fresh
    finally:
        (project / "uv.lock").write_text(lock)


def test_a_locked_version_outside_its_specifier_is_stale(project: Path) -> None:
    """uv itself does not look: such a lock comes from a bad merge, and the next `uv lock` keeps it."""
    (project / "pyproject.toml").write_text(BASE)
    lock = project / "uv.lock"
    text = lock.read_text()
    try:
        lock.write_text(
            text.replace('name = "beta-lib"\nversion = "2.0"', 'name = "beta-lib"\nversion = "3.1"')
        )
        assert ["the lock pins 3.1" in d.text for d in differences(project) if isinstance(d, Link)] == [True]
    finally:
        lock.write_text(text)


MEMBERS = {
    "pyproject.toml": '[tool.uv.workspace]\nmembers = ["services/*", "libs/*"]\nexclude = ["services/old"]\n'
    '[tool.uv]\nno-index = true\n[dependency-groups]\nlint = ["core"]\n'
    "[tool.uv.sources]\ncore.workspace = true\n",
    "services/api/pyproject.toml": '[project]\nname = "api"\nversion = "1"\nrequires-python = ">=3.11,<4"\n'
    'dependencies = ["Core"]\n',
    "libs/core/pyproject.toml": '[project]\nname = "core"\nversion = "1"\nrequires-python = ">=3.10"\n',
    "services/old/pyproject.toml": '[project]\nname = "old"\nversion = "1"\n',
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("members") / "repository"
    write(folder, MEMBERS)
    made = uv(folder, "lock")
    assert made.returncode == 0, made.stderr
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("file", "old", "new", "fresh"),
    [
        ("pyproject.toml", "libs/*", "libs/core", True),
        ("services/old/pyproject.toml", '"1"', '"2"', True),
        ("libs/core/pyproject.toml", ">=3.10", ">=3.9", True),
        ("libs/core/pyproject.toml", ">=3.10", ">=3.12", False),
        ("libs/core/pyproject.toml", '"1"', '"2"', False),
        ("services/api/pyproject.toml", '["Core"]', "[]", False),
        ("services/api/pyproject.toml", '["Core"]', '["Core>=1", "core"]', True),
        ("services/api/pyproject.toml", '"api"', '"renamed"', False),
        ("pyproject.toml", 'exclude = ["services/old"]', "", False),
        ("pyproject.toml", ', "libs/*"', "", False),
    ],
)
def test_a_workspace_is_fresh_when_uv_says_so(
    workspace: Path, file: str, old: str, new: str, fresh: bool
) -> None:
    assert old in MEMBERS[file]
    write(workspace, {**MEMBERS, file: MEMBERS[file].replace(old, new, 1)})
    assert (uv(workspace, "lock", "--check").returncode == 0) == fresh
    assert (differences(workspace) == []) == fresh


def lock_of(tmp_path: Path, pyproject: str, lock: str) -> list[Link | Unknown]:
    (tmp_path / "pyproject.toml").write_text(pyproject)
    (tmp_path / "uv.lock").write_text(lock)
    return differences(tmp_path)


PROJECT = '[project]\nname = "svc"\nversion = "1"\nrequires-python = ">=3.12"\n'
LOCK = """\
version = 1
revision = 3
requires-python = ">=3.12"

[[package]]
name = "svc"
version = "1"
source = { virtual = "." }
"""


def test_a_lock_without_any_requirement_is_fresh(tmp_path: Path) -> None:
    assert lock_of(tmp_path, PROJECT, LOCK) == []


def test_a_lock_that_records_no_requirements_is_unknown(tmp_path: Path) -> None:
    pyproject = PROJECT + 'dependencies = ["alpha"]\n'
    bare = LOCK + 'dependencies = [{ name = "alpha" }]\n'
    for lock in (bare, LOCK.replace("revision = 3", "revision = 4")):
        assert [type(found) for found in lock_of(tmp_path, pyproject, lock)] == [Unknown]


def test_an_override_that_the_lock_records_of_what_is_not_there(project: Path) -> None:
    settings = 'no-index = true\noverride-dependencies = ["zeta==1"]'
    edit(project, "no-index = true", settings)
    lock = project / "uv.lock"
    recorded = 'overrides = [{ name = "zeta", specifier = "==1" }]'
    lock.write_text(lock.read_text().replace("[manifest]", f"[manifest]\n{recorded}", 1))
    assert recorded in lock.read_text()
    checked = uv(project, "lock", "--check")
    assert checked.returncode == 0, checked.stderr
    assert differences(project) == []


def test_a_lock_before_revision_1_records_no_extras(tmp_path: Path) -> None:
    pyproject = PROJECT + "[project.optional-dependencies]\nnone = []\n[dependency-groups]\nempty = []\n"
    assert lock_of(tmp_path, pyproject, LOCK.replace("revision = 3\n", "")) == []
    assert len(lock_of(tmp_path, pyproject, LOCK)) == 2


@pytest.mark.parametrize(
    "lock",
    [
        "version = 2\n",
        "version = 1\npackage = 3\n",
        'version = 1\npackage = ["x", {}]\n',
        'version = 1\n[[package]]\nname = "svc"\nsource = "odd"\nmetadata = []\n',
        LOCK + "metadata = { requires-dist = [1, {}], requires-dev = 3, provides-extras = 4 }\n",
    ],
)
def test_a_strange_lock_raises_nothing(tmp_path: Path, lock: str) -> None:
    assert lock_of(tmp_path, PROJECT, lock) is not None

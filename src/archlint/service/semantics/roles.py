"""What each Python file of a service is for, by where it lies, who imports it and who runs it."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from archlint.facts.source import PythonSource
from archlint.paths import below
from archlint.service.semantics.alembic_files import imports_alembic, is_revision
from archlint.service.semantics.layout import Role
from archlint.service.semantics.programs import find_programs

_TEST_FILE = re.compile(r"(test_.*|.*_test|conftest)\.py")
_TEST_FOLDER = re.compile(r"(.+[-_])?tests?([-_]?v?\d+)?|tests[-_].+|e2e|__tests__")
_PLAIN_TEST_FOLDER = re.compile(
    r"(unit|integration|functional|e2e|load|smoke|acceptance|system|.*-)[-_]?tests?|e2e|__tests__"
)
_BEGINS_WITH_TESTS = re.compile(r"tests?\w+")
_SCRIPT_FOLDERS = frozenset(
    {
        "benchmark", "benchmarks", "bin", "ci", "deploy", "dev", "doc", "docs", "docs_src", "example",
        "examples", "fixtures", "hack", "notebooks", "sample", "samples", "script", "scripts", "testdata",
        "tool", "tools",
    }
)  # fmt: skip
_MIGRATIONS = re.compile(r"(?i)(.*[-_])?(alembic|migrations?)")
_SCRIPT_FILES = frozenset({"dodo.py", "fabfile.py", "hatch_build.py", "noxfile.py", "setup.py"})


def assign_roles(
    root: str,
    facts: Mapping[str, PythonSource],
    imports: Callable[[str], Iterable[str]],
    commands: Collection[str] = (),
) -> dict[str, Role]:
    """The role of each file of `facts` in the service at `root`.

    `imports` gives the files that a file imports, `commands` are those that installed commands start. What
    the service imports at run time is part of it, so such a file of a `scripts` folder, or `test_results.py`
    of a laboratory's service, is RUNTIME; what only a program imports that somebody runs beside the service
    is as much a SCRIPT as that.
    """
    tests = frozenset(folder for folder in _test_folders(facts) if _is_below(folder, root))
    migrations = _migration_folders(facts)
    roles = {file: _role_by_place(file, root, facts[file], tests, migrations, facts) for file in facts}
    pending = [file for file, role in roles.items() if role is Role.RUNTIME]
    movable = {f for f, r in roles.items() if r is Role.SCRIPT or (r is Role.TEST and not _below(f, tests))}
    while pending:
        for imported in imports(pending.pop()):
            if imported in movable:
                movable.remove(imported)
                roles[imported] = Role.RUNTIME
                pending.append(imported)
    running = {file: facts[file] for file, role in roles.items() if role is Role.RUNTIME}
    return roles | dict.fromkeys(find_programs(root, running, imports, commands), Role.SCRIPT)


def _role_by_place(
    file: str,
    root: str,
    source: PythonSource,
    tests: Iterable[str],
    migrations: Iterable[str],
    packages: Mapping[str, PythonSource],
) -> Role:
    if f"{file.removesuffix('.py')}/__init__.py" in packages:
        return Role.SHADOWED
    folder, name = posixpath.split(below(file, root))
    parts = folder.split("/") if folder else []
    if _below(file, tests) or _TEST_FILE.fullmatch(name):
        return Role.TEST
    if _below(file, migrations) or is_revision(source):
        return Role.MIGRATION
    in_scripts = not _SCRIPT_FOLDERS.isdisjoint(parts) or any(part.startswith(".") for part in parts)
    return Role.SCRIPT if in_scripts or (not parts and name in _SCRIPT_FILES) else Role.RUNTIME


def _test_folders(files: Iterable[str]) -> frozenset[str]:
    """Folders of tests: by a name that means nothing else, or by a name that may, with tests in it."""
    files = list(files)
    tests = [file for file in files if _TEST_FILE.fullmatch(posixpath.basename(file))]
    holding = {folder for file in tests for folder in _above(file)}
    set_up = {posixpath.dirname(file) for file in tests if posixpath.basename(file) == "conftest.py"}
    folders = {folder for file in files for folder in _above(file)}
    return frozenset(
        folder
        for folder in folders
        if _PLAIN_TEST_FOLDER.fullmatch(name := posixpath.basename(folder))
        or (_TEST_FOLDER.fullmatch(name) and folder in holding)
        or (_BEGINS_WITH_TESTS.fullmatch(name) and folder in set_up)
    )


def _migration_folders(facts: Mapping[str, PythonSource]) -> frozenset[str]:
    """Alembic's script locations: the folders of an `env.py` that imports alembic, and what holds several."""
    environments = (file for file in facts if posixpath.basename(file) == "env.py")
    folders = {posixpath.dirname(file) for file in environments if imports_alembic(facts[file])}
    around = Counter(map(posixpath.dirname, folders))
    shared = {f for f, n in around.items() if n > 1 and _MIGRATIONS.fullmatch(posixpath.basename(f))}
    return frozenset(folders | shared)


def _is_below(folder: str, root: str) -> bool:
    return root == "." or folder.startswith(f"{root}/")


def _below(file: str, folders: Iterable[str]) -> bool:
    return any(folder in folders for folder in _above(file))


def _above(file: str) -> list[str]:
    parts = file.split("/")[:-1]
    return ["/".join(parts[: length + 1]) for length in range(len(parts))]

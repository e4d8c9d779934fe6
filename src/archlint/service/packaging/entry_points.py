"""What a project's manifest declares for others to load by a group and a name.

https://packaging.python.org/en/latest/specifications/entry-points/,
https://python-poetry.org/docs/pyproject/#plugins, "Entry Points" in setuptools' documentation of setup.cfg.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint import documents
from archlint.paths import join
from archlint.service.packaging.pyproject import ServiceProject

_TABLES = (("project", "entry-points"), ("tool", "poetry", "plugins"))
_LINE = re.compile(r"^\s*([^=\s#][^=]*?)\s*=\s*([\w.]+(?::[\w.]+)?)", re.MULTILINE)


def entry_points(project: ServiceProject) -> Iterator[tuple[str, str, str]]:
    """Each entry point: its group, its name, and its value, `module` or `module:object`."""
    for keys in _TABLES:
        groups = project.pyproject.file.table(*keys) if project.pyproject else {}
        for group, table in groups.items():
            for name, value in table.items() if isinstance(table, dict) else ():
                if isinstance(value, str):
                    yield group, name, value
    path = join(project.root, "setup.cfg")
    options = documents.ini(project.repository, path).sections.get("options.entry_points", {})
    for group, lines in options.items():
        yield from ((group, name, value) for name, value in _LINE.findall(lines))

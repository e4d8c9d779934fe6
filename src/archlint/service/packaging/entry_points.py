"""What a project's manifest declares for others to load by a group and a name.

https://packaging.python.org/en/latest/specifications/entry-points/,
https://python-poetry.org/docs/pyproject/#plugins, "Entry Points" in setuptools' documentation of setup.cfg.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.facts.ini import IniFile
from archlint.facts.toml import TomlFile

_TABLES = (("project", "entry-points"), ("tool", "poetry", "plugins"))
_VALUE = re.compile(r"[\w.]+\s*(:\s*[\w.]+\s*)?(\[.*\]\s*)?")
_LINE = re.compile(r"^\s*([^=\s#][^=]*?)\s*=\s*([\w.]+(?::[\w.]+)?)", re.MULTILINE)


def entry_points(pyproject: TomlFile | None, config: IniFile) -> Iterator[tuple[str, str, str]]:
    """Each entry point: its group, its name, and its value, `module` or `module:object`.

    Others cannot be loaded; `importlib.metadata` refuses them only then.
    """
    for keys in _TABLES:
        groups = pyproject.table(*keys) if pyproject else {}
        for group, table in groups.items():
            for name, value in table.items() if isinstance(table, dict) else ():
                if isinstance(value, str) and _VALUE.fullmatch(value):
                    yield group, name, value
    for group, lines in config.sections.get("options.entry_points", {}).items():
        yield from ((group, name, value) for name, value in _LINE.findall(lines))

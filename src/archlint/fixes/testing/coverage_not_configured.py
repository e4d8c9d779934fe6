"""BA0906: declare pytest-cov beside pytest, and let each run of the tests measure the service."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Finding
from archlint.fixes.dependencies import declared
from archlint.fixes.edits import Edit, Plan, TableLine
from archlint.service.model import Service
from archlint.service.testing.coverage import sources

WHY = "each run of the tests measures from then on, which takes longer"
_PYTEST = "tool.pytest.ini_options"


def plan(service: Service, finding: Finding) -> Plan | None:
    """In pyproject.toml, where pytest has no options of its own; nothing for a source that is not there."""
    plugin: tuple[tuple[str, Edit], ...] = ()
    why = [WHY]
    if not service.suite.tooling.has("pytest-cov"):
        added = declared(service, "pytest-cov", beside="pytest")
        if added is None or "no manifest asks" not in finding.message:
            return None
        plugin, why = added.edits, [*filter(None, [added.why]), WHY]
    options = tuple(_options(service)) if finding.location == service.anchor else ()
    return Plan((*plugin, *options), "; ".join(why)) if options else None


def _options(service: Service) -> Iterator[tuple[str, Edit]]:
    """`--cov`, and what it measures unless that is said."""
    pyproject, pytest = service.project.pyproject, service.suite.configuration
    packages = sorted({one.name.partition(".")[0] for one in service.modules.runtime})
    if pyproject is None or pytest.addopts or not pytest.reads(pyproject.file.path) or not packages:
        return
    yield pyproject.file.path, TableLine(_PYTEST, 'addopts = "--cov"')
    if not list(sources(service.root, service.repository, pytest)):
        named = ", ".join(f'"{one}"' for one in packages)
        yield pyproject.file.path, TableLine("tool.coverage.run", f"source = [{named}]")

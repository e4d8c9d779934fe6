"""Tests that stand in for what only the author of a service can write: they expect nothing."""

from __future__ import annotations

import posixpath

from archlint.facts.syntax import ClassDef, FunctionDef
from archlint.findings import Finding
from archlint.fixes.edits import Append, Plan
from archlint.paths import join
from archlint.service.model import Service

WHY = "a test that calls each of them"
_FILES = ("test_archlint_plan.py", "archlint_plan_test.py")


def test_file(service: Service) -> str | None:
    """A new file beside the first test, under a name that pytest collects; None where there is neither."""
    if not service.suite.tests:
        return None
    folder = posixpath.dirname(service.suite.tests[0].module.path)
    paths = (join(folder, name) for name in _FILES)
    return next((path for path in paths if service.suite.configuration.collects_file(path)), None)


def calling(service: Service, finding: Finding) -> Plan | None:
    """A test that calls the function or the methods of the class at the finding's place."""
    module, file = service.modules.by_path.get(finding.location.file), test_file(service)
    offset = module.source.offset(finding.location) if module is not None else None
    if module is None or offset is None or file is None:
        return None
    around = module.source.definitions.at(offset)
    if not around:
        return None
    outer, inner = around[0], around[-1]
    if isinstance(outer, ClassDef):
        named = [one for one in outer.body if isinstance(one, FunctionDef) and inner in {one, outer}]
        calls = [f"{outer.name}().{one.name}()" for one in named if not one.name.startswith("_")]
    else:
        calls = [f"{outer.name}()"]
    lines = "".join(f"    {call}\n" for call in calls)
    imported = f"from {module.name} import {outer.name}\n"
    test = f"def test_{finding.fingerprint}():\n{lines}"
    return Plan(((file, Append(imported)), (file, Append(test))), WHY) if calls else None

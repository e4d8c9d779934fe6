"""Which findings can be fixed, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from archlint.engine import Loaded, Report
from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.pages import Page, load_pages
from archlint.service.model import Service


@dataclass(frozen=True, slots=True)
class Planned:
    """A finding and the plan of its rule's fix."""

    finding: Finding
    plan: Plan


def plans(loaded: Loaded, report: Report) -> Iterator[Planned]:
    """The plan of each finding that has one, in the order of the report."""
    services = {service.root: service for service in loaded.services}
    fixable = {page.code: page for page in load_pages() if page.fixable}
    for finding in report.findings:
        if finding.code in fixable:
            plan = _planner(fixable[finding.code])(services[finding.service], finding)
            if plan is not None and _may_be_written(loaded, plan.edits):
                yield Planned(finding, plan)


def _may_be_written(loaded: Loaded, edits: Iterable[tuple[str, object]]) -> bool:
    return all(file in loaded.repository.files for file, _ in edits)


@cache
def _planner(page: Page) -> Callable[[Service, Finding], Plan | None]:
    module = import_module(f"archlint.fixes.{page.family}.{page.name.replace('-', '_')}")
    planner: Callable[[Service, Finding], Plan | None] = module.plan
    return planner

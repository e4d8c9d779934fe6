"""The table of the conformance report's forms. A new one is one module with `render`, and one line here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Protocol

from msgspec import Struct

from archlint.report.styled import Line
from archlint.results import Report
from archlint.service.model import Service
from archlint.verdicts import Conformance


class ConformanceView(Struct, frozen=True):
    """The verdicts, what they were judged by, and the services. `width` is in columns.

    `before` are the verdicts at the commit `against`, where there is one to compare with.
    """

    judged: tuple[Conformance, ...]
    report: Report
    services: tuple[Service, ...]
    width: int
    against: str = ""
    before: tuple[Conformance, ...] = ()


class RenderConformance(Protocol):
    """What a form's module offers under the name `render`."""

    def __call__(self, view: ConformanceView) -> Iterable[Line]:
        """Render the view as styled lines."""


FORMATS: Mapping[str, str] = {"text": "text", "markdown": "markdown", "json": "as_json", "html": "html"}
"""The module of each form, imported when it is asked for."""


def lines(name: str, view: ConformanceView) -> Iterable[Line]:
    """The report in the form of this name."""
    render: RenderConformance = import_module(f"archlint.report.conformance.{FORMATS[name]}").render
    return render(view)

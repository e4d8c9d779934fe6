"""BA0405: the service imports a distribution that its pyproject.toml does not ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archlint.findings import Hit, Link, Location, Met, Said, Severity, Unknown
from archlint.service.model import Service
from archlint.service.packaging.managers import to_add
from archlint.service.packaging.undeclared_imports import Distributions, Undeclared


def check(service: Service) -> Iterator[Said]:
    """Yield each such distribution at its first import, with the others in the chain."""
    pyproject = service.project.pyproject
    if pyproject is None or not isinstance(pyproject.file.get("project", "dependencies"), list):
        return
    distributions = Distributions(service.modules, service.project)
    found = list(distributions.undeclared())
    for undeclared in found:
        first, *others = undeclared.places
        chain = tuple(Link(place, "it is imported here too") for place in others[:5])
        fields = {
            "distribution": undeclared.distribution,
            "brought": _brought(undeclared),
            "manifest": pyproject.file.path,
            "remedy": to_add(service.project, undeclared.distribution),
        }
        yield Hit(first, fields, chain, severity=Severity.WARNING if undeclared.way else None)
    yield from _doubtful(dict(reversed(list(distributions.unattributed()))))
    importing = {place.file for undeclared in found for place in undeclared.places}
    importing.update(place.file for _, place in distributions.unattributed())
    for module in service.modules.runtime:
        if module.path not in importing and not module.source.problems:
            yield Met(Location(module.path))


def _brought(undeclared: Undeclared) -> str:
    if undeclared.way:
        declared, *others = undeclared.way
        through = f" through `{others[-1]}`" if others else ""
        return f", which `{declared}` brings{through},"
    groups = " and ".join(f"`{group}`" for group in undeclared.groups)
    return f", which only the group {groups} brings," if groups else ""


def _doubtful(places: Mapping[str, Location]) -> Iterator[Unknown]:
    """One unknown for all imported names that nothing declared is known to give."""
    first, *others = sorted(places, key=places.__getitem__) or [""]
    if first:
        more = f" (nor {', '.join(f'`{name}`' for name in sorted(others))})" if others else ""
        why = f"no distribution that the project declares is known to give it{more}"
        yield Unknown(f"the distribution of `{first}`", places[first], why)

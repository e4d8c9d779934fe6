"""BA0906: nothing measures how much of the service the tests run."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, Said
from archlint.service.model import Service
from archlint.service.packaging.managers import to_add
from archlint.service.testing.coverage import exists, is_of_tests, is_run, sources

_OPTION = '`addopts = "--cov"`, with a `source` in `[tool.coverage.run]`'


def check(service: Service) -> Iterator[Said]:
    """Yield one hit for a service with tests: no tool, nothing that runs it, or nothing that it measures."""
    suite = service.suite
    if not suite.tests:
        return
    if not suite.tooling.has("pytest-cov", "coverage", "pytest-coverage", "slipcover"):
        added = to_add(service.project, "pytest-cov", dev=True)
        yield _hit(
            service.anchor,
            "no manifest asks for pytest-cov or coverage",
            f"{added}, and give pytest {_OPTION}",
        )
    elif suite.configuration.problems:
        yield from suite.configuration.problems[:1]
    elif not is_run(suite.tooling, suite.configuration):
        yield _hit(service.anchor, "no configuration, pipeline, task or script runs it")
    else:
        named = list(sources(service.root, service.repository, suite.configuration))
        if named and not any(exists(one, service.repository, service.modules) for one in named):
            first = named[0]
            remedy = "Name what is to be measured in its `source`"
            yield _hit(first.location, f"there is no `{first.name}` to measure", remedy)
        elif named and all(map(is_of_tests, named)):
            remedy = "Name the service's own code in its `source`"
            yield _hit(named[0].location, f"only `{named[0].name}` is measured", remedy)
        else:
            yield from (Met(one.location) for one in named or ())
            if not named:
                yield Met(service.anchor)


def _hit(place: Location, reason: str, remedy: str = "") -> Hit:
    return Hit(place, {"reason": reason, "remedy": remedy or f"Give pytest {_OPTION}"})

"""BA0901: there are no tests, or what there is does not run on pytest."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence

from archlint.findings import Hit, Location, Met, Said, Unknown
from archlint.service.model import Service
from archlint.service.packaging.managers import to_add
from archlint.service.testing.tests import Test

_BRINGS_PYTEST = ("pytest", "pytest-asyncio", r"pytest-cov", "pytest-django", "pytest-mock", "pytest-xdist")


def check(service: Service) -> Iterator[Said]:
    """Yield one hit for the service, or say that tests outside of it may be its own."""
    suite = service.suite
    if not suite.tests and service.modules.tests_around:
        path = service.modules.tests_around[0]
        yield Unknown("the tests of the service", Location(path), "nothing ties these tests to a service")
    elif not suite.tests and (unread := suite.unread):
        yield Unknown("the tests of the service", Location(unread[0]), "the file cannot be read")
    elif not suite.tests and suite.configuration.problems:
        yield from suite.configuration.problems[:1]
    elif not suite.tests:
        collects = suite.modules and any("test" in module.path for module in suite.modules)
        reason = "pytest collects nothing from its test files" if collects else "it has no tests"
        yield _hit(service, service.anchor, reason)
    elif not suite.tooling.has(*_BRINGS_PYTEST):
        yield _hit(service, service.anchor, "no manifest asks for pytest")
    elif all(test.case for test in suite.tests):
        yield _hit(service, _most(suite.tests), "every test is a method of a `unittest.TestCase`")
    else:
        yield from (Met(test.location) for test in suite.tests if not test.case)


def _most(tests: Sequence[Test]) -> Location:
    """Where the first test of the folder stands that has most of them."""
    folders = Counter(posixpath.dirname(test.module.path) for test in tests)
    ((folder, _),) = folders.most_common(1)
    return next(test.location for test in tests if posixpath.dirname(test.module.path) == folder)


def _hit(service: Service, place: Location, reason: str) -> Hit:
    """Without any test, the clauses that ask for them are broken, too."""
    clauses = () if not service.suite.tests else ("BA09.1.1",)
    fields = {"service": service.project.label, "reason": reason, "remedy": _remedy(service)}
    return Hit(place, fields, clauses=clauses)


def _remedy(service: Service) -> str:
    suite = service.suite
    if not suite.tooling.has(*_BRINGS_PYTEST):
        return f"{to_add(service.project, 'pytest', dev=True)}, and keep tests in `tests/test_*.py`"
    return "Write the tests as functions `test_…` in `tests/test_*.py`, where pytest finds them"

"""BA0903: an async test that nothing awaits: pytest makes its coroutine and drops it."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.service.model import Service
from archlint.service.testing.tests import Test

_RUNNERS = ("alt-pytest-asyncio", "asynctest", "pytest-aiohttp", "pytest-curio", "pytest-tornasync")
_MARKS = "pytest.mark."
_RUNNING = frozenset(
    {
        "alt_asyncio",
        "anyio",
        "asyncio",
        "asyncio_cooperative",
        "asynctest",
        "curio",
        "gen_test",
        "tornado",
        "trio",
    }
)
"""The markers for which a plugin awaits a test; a marker of the project's own runs nothing."""

_NOT_AWAITING = (
    *("allure.", "freezegun.", "hypothesis.", "mock.", "moto.", "parameterized.", "pytest.fixture", "respx."),
    *("responses.", "time_machine.", "typing.", "unittest.", "vcr."),
)
"""Decorators of libraries that leave an async test an async test."""


def check(service: Service) -> Iterator[Said]:
    """Yield each async test without a marker, unless a mode or a hook may take care of it."""
    suite = service.suite
    asynchronous = [test for test in suite.tests if test.node.is_async]
    if suite.tests and not asynchronous:
        yield NotApplicable("no test is async")
    yield from (Met(test.location) for test in asynchronous if suite.async_auto or _is_run(test))
    left = [test for test in suite.tests if test.node.is_async and not _may_run(test)]
    if not left or suite.async_auto or suite.tooling.has(*_RUNNERS):
        return
    said = set()
    for test in left:
        hook = next(suite.hooks(test), None)
        if hook is None:
            place = test.location
            if place not in said:
                yield Hit(place, {"test": test.name})
        else:
            module, function = hook
            place = module.span(function.start, function.header_end)
            if place not in said:
                yield Unknown("which async tests run", place, f"`{function.name}` may change them")
        said.add(place)


def _is_run(test: Test) -> bool:
    """Whether unittest or a plugin is certain to await it."""
    running = {f"{_MARKS}{name}" for name in _RUNNING}
    return test.case == "async" or not running.isdisjoint(test.markers)


def _may_run(test: Test) -> bool:
    """Whether unittest awaits it, or a decorator does or may: a plugin's marker or one of the service's.

    Plugins leave test cases to unittest.
    """
    return test.case == "async" or any(
        not test.case and name.removeprefix(_MARKS) in _RUNNING
        if name.startswith(_MARKS)
        else not name.startswith(_NOT_AWAITING)
        for name in test.markers
    )

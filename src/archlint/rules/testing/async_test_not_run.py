"""BA0903: an async test that nothing awaits: pytest makes its coroutine and drops it."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.service.model import Service
from archlint.service.testing.tests import Suite, Test

_RUNNERS = ("alt-pytest-asyncio", "asynctest", "pytest-aiohttp", "pytest-curio", "pytest-tornasync")
_MARKS = "pytest.mark."
_RUNNING = frozenset({"anyio", "asyncio", "asynctest"})
"""The markers for which a plugin awaits a test; a marker of the project's own runs nothing."""

_ANYIOS = "anyio_backend"  # whatever asks for it, anyio's plugin runs, which FastAPI brings along
_PLUGINS = {
    "alt_asyncio": "alt-pytest-asyncio",
    "asyncio_cooperative": "pytest-asyncio-cooperative",
    "curio": "pytest-curio",
    "gen_test": "pytest-tornado",
    "tornado": "pytest-tornado",
    "trio": "pytest-trio",
}
"""The markers that run nothing unless the service asks for the plugin."""

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
    takes_all = suite.async_auto or suite.tooling.has(*_RUNNERS)
    running = _RUNNING | {marker for marker, plugin in _PLUGINS.items() if suite.tooling.has(plugin)}
    left_out = {home for home in dict.fromkeys(one.home for one in asynchronous) if suite.ignores(home)}
    said = set()
    for test in (one for one in asynchronous if one.home not in left_out):
        if _is_run(test, running) or (suite.async_auto and test.case is None):
            yield Met(test.location)
        elif not _may_run(test, running) and not (takes_all and test.case is None):
            found = _lost(suite, test)
            if found.location not in said:
                yield found
            said.add(found.location)


def _lost(suite: Suite, test: Test) -> Hit | Unknown:
    """What is said of a test that nothing is seen to await; a hook may change that."""
    if problems := suite.configuration.problems:
        return Unknown("which async tests run", problems[0].location, problems[0].why)
    if (hook := next(suite.hooks(test), None)) is None:
        return Hit(test.location, {"test": test.name})
    module, function = hook
    place = module.span(function.start, function.header_end)
    return Unknown("which async tests run", place, f"`{function.name}` may change them")


def _is_run(test: Test, running: frozenset[str]) -> bool:
    """Whether unittest or a plugin is certain to await it: no plugin does for a `unittest.TestCase`."""
    if test.case:
        return test.case == "async"
    return _ANYIOS in test.asked or not {_MARKS + name for name in running}.isdisjoint(test.markers)


def _may_run(test: Test, running: frozenset[str]) -> bool:
    """Whether unittest awaits it, or a decorator may of what is no test case: a plugin's or the service's."""
    return test.case == "async" or any(
        not test.case and name.removeprefix(_MARKS) in running
        if name.startswith(_MARKS)
        else not name.startswith(_NOT_AWAITING)
        for name in test.markers
    )

"""BA0903: an async test that nothing awaits: pytest makes its coroutine and drops it."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Unknown
from archlint.service.model import Service
from archlint.service.testing.tests import Test

_RUNNERS = ("alt-pytest-asyncio", "asynctest", "pytest-aiohttp", "pytest-curio", "pytest-tornasync")
_MARKS = "pytest.mark."
_NO_RUNNERS = frozenset(
    {"filterwarnings", "flaky", "integration", "parametrize", "skip", "skipif", "slow", "smoke", "timeout"}
    | {"unit", "usefixtures", "xfail", "order", "dependency", "e2e", "django_db", "db", "xdist_group"}
)


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield each async test without a marker, unless a mode or a hook may take care of it."""
    suite = service.suite
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


def _may_run(test: Test) -> bool:
    """Whether unittest awaits it, or a decorator does or may: a plugin's marker or one of the service's."""
    if test.case:
        return test.case == "async"
    return any(
        not name.startswith(_MARKS) or name.removeprefix(_MARKS) not in _NO_RUNNERS for name in test.markers
    )

"""What a rule says does not hang on which rules were asked before it, so some can be left out or kept."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from pathlib import Path

import pytest

from archlint.findings import Said
from archlint.loading import Loaded, load
from archlint.pages import Page

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.mark.parametrize("name", ["monorepo", "reference-service", "src-service"])
def test_rules_say_the_same_in_any_order(name: str) -> None:
    loaded = load([FIXTURES / name])
    pages = [page for page in loaded.standard.pages if "service" in _wanted(loaded, page)]
    assert _said(load([FIXTURES / name]), reversed(pages)) == _said(loaded, pages)


@pytest.mark.parametrize("code", ["BA0601", "BA0908"])
def test_rules_say_the_same_alone(code: str) -> None:
    loaded = load([FIXTURES / "reference-service"])
    (page,) = (page for page in loaded.standard.pages if page.code == code)
    among = _said(loaded, loaded.standard.pages[::-1])
    alone = _said(load([FIXTURES / "reference-service"]), [page])
    assert alone.items() <= among.items()


def _said(loaded: Loaded, pages: Iterable[Page]) -> dict[tuple[str, str], list[Said]]:
    found = {}
    for page in pages:
        wanted = _wanted(loaded, page)
        for service in loaded.services if "service" in wanted else ():
            inputs = {"service": service, "options": service.config.options_of(page)}
            said = loaded.standard.rules(page)(**{name: inputs[name] for name in wanted})
            found[service.root, page.code] = list(said)
    return found


def _wanted(loaded: Loaded, page: Page) -> frozenset[str]:
    return frozenset(inspect.signature(loaded.standard.rules(page)).parameters)

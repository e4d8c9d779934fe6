"""The conformance page in a real browser: opened from disk, filtered by hand, and read by axe-core.

Skipped where neither the machine nor playwright has a Chromium.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, sync_playwright
from typer.testing import CliRunner

from archlint.cli import app
from tests.cli.command_line import write

HOSTILE = "<img src=x onerror=console.log(1)>"
FILES = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi", "httpx"]\n',
    "app/__init__.py": "",
    "app/rates.py": """\
        import time


        def rates():
            return time.sleep(1)
        """,
    "app/main.py": f"""\
        from fastapi import FastAPI

        from app.rates import rates

        app = FastAPI()


        @app.get("/{HOSTILE}")
        def hostile():
            return 1
        """
    + "".join(
        f"""

        @app.get("/{name}")
        async def {name}():
            return rates()
        """
        for name in ("euro", "pound", "yen", "krone", "franc")
    ),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        installed = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
        path = next(filter(None, installed), None)
        try:
            opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except Error as error:
            if "Executable doesn't exist" not in error.message:
                raise
            pytest.skip("no Chromium here; `playwright install chromium` brings one")
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write(folder, FILES)
    page = folder / "page.html"
    page.write_text(CliRunner().invoke(app, ["report", str(folder), "--format", "html"]).stdout, "utf-8")
    return page


class Opened:
    """A page that is open, with what it said on the console and asked of a network."""

    def __init__(self, page: Page, report: Path) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(report.as_uri())

    @property
    def shown(self) -> int:
        """How many clauses and findings the page says that it shows."""
        return int(self.page.locator("output").inner_text().split(" of ")[0])


WIDTHS: list[tuple[int, Literal["light", "dark"]]] = [(1280, "light"), (390, "dark")]


@pytest.fixture(params=WIDTHS, ids=["desktop", "phone"])
def opened(browser: Browser, report: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    width, scheme = request.param
    page = browser.new_page(viewport={"width": width, "height": 850}, color_scheme=scheme)
    yield Opened(page, report)
    page.close()


def test_it_says_and_asks_nothing_and_fits_its_window(opened: Opened, report: Path) -> None:
    assert opened.said == []
    assert [url for url in opened.asked if not url.startswith("data:")] == [report.as_uri()]
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert HOSTILE in opened.page.locator("article").inner_text()
    assert opened.page.locator("img").count() == 0


def test_axe_finds_nothing(opened: Opened) -> None:
    opened.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = Axe().run(opened.page)
    assert found.violations_count == 0, found.generate_report()


def test_each_filter_leaves_what_it_names(opened: Opened) -> None:
    page, everything = opened.page, opened.shown
    page.get_by_label("Severity").select_option("error")
    errors = page.locator(".item[data-severity]:visible")
    assert {one.get_attribute("data-severity") for one in errors.all()} == {"error"}
    page.get_by_label("Severity").select_option("")
    page.get_by_label("Requirement").select_option("BA01")
    assert {one.get_attribute("data-requirement") for one in page.locator(".item:visible").all()} == {"BA01"}
    page.get_by_label("Requirement").select_option("")
    page.get_by_label("broken", exact=True).uncheck()
    assert 0 < opened.shown < everything
    assert page.locator(".item[data-verdict=broken]:visible").count() == 0
    page.get_by_label("broken", exact=True).check()
    page.get_by_label("Search").fill("krone")
    assert page.locator(".item:visible").count() == opened.shown > 0
    page.get_by_label("Search").fill("")
    assert opened.shown == everything


def test_a_cause_shows_three_findings_and_the_filter_all_of_them(opened: Opened) -> None:
    blocked = "time.sleep"
    cause = (
        opened.page.locator(".cause").filter(has_text="5 findings have one cause").filter(has_text=blocked)
    )
    assert cause.locator(".item:visible").count() == 3
    causes = opened.page.get_by_role("combobox", name="Cause")
    causes.select_option(causes.locator("option").filter(has_text=blocked).get_attribute("value"))
    assert opened.page.locator(".item[data-cause]:visible").count() == 5
    assert cause.locator(".item:visible").count() == 5


def test_the_keyboard_opens_a_clause(opened: Opened) -> None:
    first = opened.page.locator("details.item").first
    first.locator("summary").focus()
    opened.page.keyboard.press("Enter")
    assert first.get_attribute("open") is not None


def test_a_broken_clause_leads_to_its_findings_wherever_they_are_folded_in(opened: Opened) -> None:
    clause = opened.page.locator("details.item[data-verdict=broken]", has_text="No I/O blocks the event loop")
    clause.locator("summary").click()
    last = clause.locator("a").last
    name = (last.get_attribute("href") or "")[1:]
    last.click()
    meant = opened.page.locator(f'[id="{name}"]')
    assert meant.is_visible()
    assert meant.locator("pre mark").is_visible()


def test_endpoints_stand_by_version_with_what_they_lack(opened: Opened) -> None:
    unversioned = opened.page.locator("details", has_text="Unversioned").last
    assert "6 endpoints: 6 untested" in unversioned.locator("summary").inner_text()
    assert unversioned.locator("tbody tr").count() == 6

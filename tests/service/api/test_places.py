"""Where archlint says that an app is made and a router included, if the service has a class of its own."""

from __future__ import annotations

from pathlib import Path

from tests.service.small import service_of

DESK = """
from fastapi import FastAPI

class Desk(FastAPI):
    def include_router(self, router, *args, **words):
        super().include_router(router, *args, **words)
"""
MAIN = """
from fastapi import APIRouter
from desk import Desk

router = APIRouter()

@router.get("/tools")
async def tools() -> None: ...

app = Desk()
app.include_router(router, prefix="/desk")
"""


def test_an_app_is_where_it_is_made_and_not_where_its_class_is(tmp_path: Path) -> None:
    service = service_of(tmp_path, {"desk.py": DESK, "main.py": MAIN})
    assert (service.anchor.file, service.anchor.line) == ("main.py", 10)


def test_a_class_that_nothing_makes_an_app_of_is_where_it_stands(tmp_path: Path) -> None:
    service = service_of(tmp_path, {"desk.py": DESK})
    assert (service.anchor.file, service.anchor.line) == ("desk.py", 4)


def test_a_router_is_included_where_the_apps_own_method_is_called(tmp_path: Path) -> None:
    service = service_of(tmp_path, {"desk.py": DESK, "main.py": MAIN})
    (endpoint,) = service.routes.endpoints
    places = [place.module.location(place.node) for place in endpoint.includes]
    assert (endpoint.path, [(one.file, one.line) for one in places]) == ("/desk/tools", [("main.py", 11)])


def test_a_method_that_adds_tags_is_where_the_router_is_included(tmp_path: Path) -> None:
    adding = DESK.replace("(router, *args, **words)\n", "(router, *args, tags=made(), **words)\n")
    adding = adding.replace("self, router, *args, tags=made(), **words", "self, router, *args, **words")
    service = service_of(tmp_path, {"desk.py": adding, "main.py": MAIN})
    (endpoint,) = service.routes.endpoints
    places = [place.module.location(place.node) for place in endpoint.includes]
    assert [(one.file, one.line) for one in places] == [("desk.py", 6)]

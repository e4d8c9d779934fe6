from __future__ import annotations

from archlint.service.semantics.imports import ImportEdge, Imports
from archlint.service.semantics.symbols import Symbols
from tests.service.small import modules_of

FILES = {
    "app/__init__.py": "",
    "app/crud/__init__.py": "from .users import get as get_user\nfrom .items import items",
    "app/crud/users.py": "def get(): ...",
    "app/crud/items.py": "def items(): ...",
    "app/bare/deep.py": "x = 1",
    "app/models.py": "class User: ...",
}


def edges(text: str, path: str = "app/m.py") -> list[ImportEdge]:
    modules = modules_of({**FILES, path: text})
    return list(Imports(modules, Symbols(modules)).of(modules.by_path[path]))


def named(text: str, path: str = "app/m.py") -> list[tuple[str, str | None]]:
    return [(edge.imported.name, edge.name) for edge in edges(text, path)]


def test_imports_of_others_are_no_edges() -> None:
    assert named("import os\nimport fastapi.routing\nfrom app.missing import x\nfrom . import missing") == [
        ("app", "missing")
    ]


def test_what_each_form_imports() -> None:
    assert named("import app.crud.users, app.models as m") == [("app.crud.users", None), ("app.models", None)]
    assert named("from app import crud, models") == [("app.crud", None), ("app.models", None)]
    assert named("from app.crud import users, get_user") == [
        ("app.crud.users", None),
        ("app.crud", "get_user"),
    ]
    assert named("from .models import *") == [("app.models", "*")]
    assert named("from app.bare import deep") == [("app.bare.deep", None)]
    assert named("from ..models import User", "app/bare/m.py") == [("app.models", "User")]


def test_a_name_of_the_package_hides_a_submodule() -> None:
    assert named("from app.crud import items") == [("app.crud", "items")]


def test_a_module_does_not_import_itself() -> None:
    assert named("from . import m\nfrom .m import x") == []


def test_circumstances() -> None:
    text = """
    from app.models import User

    if TYPE_CHECKING:
        from app.models import A
    else:
        from app.models import B

    try:
        from app.models import C
    except (ImportError, ValueError):
        pass

    try:
        from app.models import D
    except ValueError:
        pass

    class K:
        from app.models import E

        async def f(self):
            with x:
                from app.models import F
    """
    found = {e.name: (e.lazy, e.type_checking, e.guarded) for e in edges(text)}
    assert found == {
        "User": (False, False, False),
        "A": (False, True, False),
        "B": (False, False, False),
        "C": (False, False, True),
        "D": (False, False, False),
        "E": (False, False, False),
        "F": (True, False, False),
    }


def test_each_name_has_its_place() -> None:
    found = edges("from app.models import (\n    User,\n    Role as R,\n)")
    assert [(e.location.line, e.location.column, e.location.end_column) for e in found] == [
        (2, 5, 9),
        (3, 5, 14),
    ]
    assert len({edge.statement for edge in found}) == 1

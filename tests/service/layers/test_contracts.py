"""Contracts between layers; direct imports must agree with import-linter on a graph of modules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.config import Config
from archlint.discover import Repository
from archlint.service.layers.names import LAYERS
from archlint.service.model import Service
from tests.service.small import modules_of

MAPPED = "from sqlmodel import SQLModel\nclass User(SQLModel, table=True): ...\n"


def service(files: Mapping[str, str], **config: bool) -> Service:
    modules = modules_of(files)
    return Service(".", Repository(Path(), tuple(files), None), Config(**config), modules)  # type: ignore[arg-type]


def found(files: Mapping[str, str], source: str = "routers", *forbidden: str, **config: bool) -> list[str]:
    broken = service(files, **config).contracts.breaches(source, forbidden or ("crud", "models"))
    return [f"{breach.location.file}:{breach.location.line} {breach.text}" for breach in broken]


CRUD = {"app/crud/users.py": "def get(): ...\nLIMIT = 3"}


@pytest.mark.parametrize(
    "helper",
    [
        "from app.crud.users import get\ndef other(): get()\ndef help(): ...",
        "def other():\n    from app.crud.users import get\ndef help(): ...",
        "def help(): ...\nif TYPE_CHECKING:\n    from app.crud.users import get",
        "from app.services.users import find\ndef help(): find()",
        "from app.models.kinds import Kind\ndef help(): Kind",
        "app = FastAPI()\nfrom fastapi import FastAPI\nfrom app.crud.users import get\ndef help(): get()",
    ],
)
def test_helpers_that_lead_nowhere(helper: str) -> None:
    files = {
        **CRUD,
        "app/routers/r.py": "from app.common import help",
        "app/common.py": helper,
        "app/services/users.py": "from app.crud.users import get\ndef find(): get()",
        "app/models/kinds.py": "class Kind: ...",
        "app/models/user.py": MAPPED,
    }
    assert found(files) == []


@pytest.mark.parametrize(
    "helper",
    [
        "from app.crud.users import get\ndef help(): get()",
        "def help():\n    from app.crud.users import get",
        "import app.crud.users as u\nclass help:\n    def f(self): return u.get()",
        "from app.crud import users\ndef inner(): users.get()\nhelp = partial(inner)",
    ],
)
def test_helpers_that_lead_to_crud(helper: str) -> None:
    files = {**CRUD, "app/routers/r.py": "from app.common import help", "app/common.py": helper}
    (text,) = found(files)
    assert text.startswith("app/routers/r.py:1 reaches `")
    assert text.endswith("of the crud layer through `app.common`")


def test_imports_of_one_file_have_that_in_common_whatever_their_layers_and_nothing_else_has() -> None:
    both = "from app.crud.users import get\nfrom app.crud.roles import role\nfrom app.models.user import User"
    files = {
        **CRUD,
        "app/crud/roles.py": "def role(): ...",
        "app/models/user.py": MAPPED,
        "app/routers/a.py": both,
        "app/routers/b.py": both,
    }
    broken = list(service(files).contracts.breaches("routers", ("crud", "models")))
    within = Counter((breach.within.location.file, breach.within.text) for breach in broken)
    assert sorted(within.values()) == [3, 3]
    assert {breach.location.file for breach in broken} == {file for file, _ in within}


def test_the_shortest_chain_is_shown_with_each_link() -> None:
    files = {
        **CRUD,
        "app/routers/r.py": "import app.a",
        "app/a.py": "from app import b\nfrom app import c",
        "app/b.py": "from app import c",
        "app/c.py": "\nfrom app.crud.users import get",
    }
    (breach,) = service(files).contracts.breaches("routers", ("crud",))
    assert [str(link.location) for link in breach.chain] == [
        "app/routers/r.py:1:8",
        "app/a.py:2:17",
        "app/c.py:2:28",
    ]
    assert breach.chain[-1].text == "app.c imports app.crud.users"


def test_of_a_whole_module_counts_what_is_used() -> None:
    files = {
        **CRUD,
        "app/routers/r.py": "from app import common\ncommon.text()\nimport app.common as c\nc.look()",
        "app/common.py": "from app.crud.users import get\ndef text(): ...\ndef look(): get()",
    }
    assert [text.split()[0] for text in found(files)] == ["app/routers/r.py:3"]


def test_a_provider_behind_its_module_is_none_of_the_routers() -> None:
    files = {
        **CRUD,
        "app/routers/r.py": "from app import auth\ndef f(user: auth.User): ...\n",
        "app/auth.py": "from typing import Annotated\nfrom fastapi import Depends\n"
        "from app.crud.users import get\ndef user(): get()\nUser = Annotated[str, Depends(user)]",
    }
    assert found(files) == []


def test_every_statement_has_its_own_chain() -> None:
    files = {
        **CRUD,
        "app/routers/r.py": "from app.a import f\nfrom app.b import g",
        "app/routers/s.py": "from app.a import f",
        "app/a.py": "from app.b import h\ndef f(): h()",
        "app/b.py": "from app.crud.users import get, put\ndef g(): put()\ndef h(): get()",
    }
    assert [text.split()[0] for text in found(files)] == [
        "app/routers/r.py:1",
        "app/routers/r.py:2",
        "app/routers/s.py:1",
    ]


def test_cycles_of_helpers_end() -> None:
    files = {"app/routers/r.py": "import app.a", "app/a.py": "import app.b", "app/b.py": "import app.a"}
    assert found({**files, **CRUD}) == []


def test_type_checking_imports_count_when_asked() -> None:
    files = {**CRUD, "app/routers/r.py": "if TYPE_CHECKING:\n    from app.crud.users import get"}
    assert found(files) == []
    assert len(found(files, type_checking_imports=True)) == 1


def test_words_of_a_direct_breach() -> None:
    files = {
        **CRUD,
        "app/routers/r.py": "from app.crud.users import get, LIMIT as L\nfrom app.crud import users",
    }
    assert found(files) == [
        "app/routers/r.py:1 imports `get` and `LIMIT` from `app.crud.users` of the crud layer",
        "app/routers/r.py:2 imports `app.crud.users` of the crud layer",
    ]


def test_words_of_a_reexport() -> None:
    files = {
        **CRUD,
        "app/routers/r.py": "from app import get",
        "app/__init__.py": "from app.crud.users import get",
    }
    assert found(files) == [
        "app/routers/r.py:1 reaches `get` from `app.crud.users` of the crud layer, re-exported by `app`"
    ]


modules = st.sampled_from([f"app.{layer}.{name}" for layer in (*LAYERS, "common") for name in ("a", "b")])


@given(st.lists(st.tuples(modules, modules), max_size=20, unique=True))
@settings(max_examples=60, deadline=None)
def test_import_linter_agrees(pairs: list[tuple[str, str]]) -> None:
    """Whole modules imported: the contract is kept here exactly when import-linter keeps it."""
    import importlinter.api  # noqa: F401
    from grimp import ImportGraph
    from importlinter.contracts.forbidden import ForbiddenContract

    sources = {module: "" for pair in pairs for module in pair} | {"app.models.user": MAPPED}
    for importer, imported in pairs:
        sources[importer] += f"import {imported}\n"
    files = {f"{name.replace('.', '/')}.py": text for name, text in sources.items()}
    built = service(files | {"tests/test_user.py": "import app.models.user"})  # else nothing would use it

    graph = ImportGraph()
    for name in ("app", *(f"app.{layer}" for layer in (*LAYERS, "common")), *sources):
        graph.add_module(name)
    for importer, imported in pairs:
        # Through another layer no chain counts: that is the other layer's affair.
        if importer != imported and importer.startswith(("app.routers", "app.common")):
            graph.add_import(importer=importer, imported=imported)
    contract = ForbiddenContract(
        name="routers",
        session_options={"root_packages": ["app"]},
        contract_options={"source_modules": ["app.routers"], "forbidden_modules": ["app.crud"]},
    )
    assert contract.check(graph=graph, verbose=False).kept == (
        not list(built.contracts.breaches("routers", ("crud",)))
    )


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("from app.crud.users import get", True),
        ("from app.crud.users import get as fetch", True),
        ("def f():\n    from app.crud.users import get", True),
        ("from app.common import help", True),
        ("from app.crud.users import LIMIT, get\nprint(LIMIT)", False),
        ("from app.crud.users import get\n__all__ = ['get']", False),
        ("from app.crud.users import get\ndef f(x: 'list[get]'): ...\nprint(get)", False),
        ("from app.crud.users import get as get", False),
        ("from app.crud.users import *", False),
        ("import app.crud.users", False),
    ],
)
def test_what_nothing_uses_is_only_to_be_taken_away(text: str, unused: bool) -> None:
    files = {
        **CRUD,
        "app/routers/r.py": text,
        "app/common.py": "from app.crud.users import get\ndef help(): get()",
    }
    (breach,) = service(files).contracts.breaches("routers", ("crud",))
    assert breach.unused is unused
    assert breach.remedy("Call a service").startswith("Remove" if unused else "Call")


@pytest.mark.parametrize(
    ("taken", "made", "leads"),
    [
        ("service", "service = Service(Store())", False),
        ("service", "service: Service = Service(store=Store())", False),
        ("store", "store = Store()", True),
        ("make", "def make(): return Service(Store())", True),
        ("service", "service = make(Store())\ndef make(store): ...", True),
        ("Service", "", False),
    ],
)
def test_an_object_is_of_the_layer_of_its_class(taken: str, made: str, leads: bool) -> None:
    files = {
        "app/routers/r.py": f"from app.singletons import {taken}\nprint({taken})",
        "app/singletons.py": f"from app.services.s import Service\nfrom app.crud.store import Store\n{made}",
        "app/services/s.py": "class Service: ...",
        "app/crud/store.py": "class Store: ...",
    }
    assert bool(found(files)) is leads


@pytest.mark.parametrize(
    ("model", "home"),
    [
        ("from app.schemas.torrent import Quality", "app.schemas.torrent"),
        ("from enum import Enum\nclass Quality(Enum):\n    HD = 1", ""),
        ("from app.helpers import Quality", ""),
    ],
)
def test_the_module_that_defines_what_a_model_only_hands_on(model: str, home: str) -> None:
    quality = "from enum import Enum\nclass Quality(Enum):\n    HD = 1"
    files = {
        "app/schemas/movie.py": "from app.models.user import Quality\nprint(Quality.HD)",
        "app/schemas/torrent.py": quality,
        "app/helpers.py": quality,
        "app/models/user.py": f"{MAPPED}{model}",
    }
    assert [one.home for one in service(files).contracts.breaches("schemas", ("models",))] == [home]

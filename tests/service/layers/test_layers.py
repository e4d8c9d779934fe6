from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from archlint.config import Config
from archlint.discover import Repository
from archlint.facts.python import read_expression
from archlint.service.layers.contents import is_router
from archlint.service.layers.layers import Layers
from archlint.service.layers.mapping import Candidate, candidate
from archlint.service.model import Service
from archlint.service.semantics.symbols import Symbols
from tests.service.small import modules_of

MAPPED = "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\nclass A(Base): ...\n"
SCHEMA = "from pydantic import BaseModel\nclass B(BaseModel): ...\n"
ROUTES = "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/')\ndef f(): ...\n"
QUERY = "from sqlalchemy import select\ndef find(session): return session.scalars(select(1))\n"
SETTINGS = "from pydantic_settings import BaseSettings\nclass S(BaseSettings): ...\n"
APP = "from fastapi import FastAPI\napp = FastAPI()\n"
PLAIN = "def f(): ...\n"


def layers_of(files: Mapping[str, str], layers: Mapping[str, tuple[str, ...]] | None = None) -> Layers:
    modules = modules_of(files)
    repository = Repository(Path(), tuple(files), None)
    return Service(".", repository, Config(layers=layers or {}), modules).layers


def layer(path: str, files: Mapping[str, str], layers: Mapping[str, tuple[str, ...]] | None = None) -> str:
    found = layers_of(files, layers)
    module = next(module for module in found._modules if module.path == path)
    return str(found.of(module))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/main.py", APP + "from app.routers import users"),
        ("app/core/setup.py", "def f(app):\n    app.include_router(x)"),
        ("app/core/container.py", PLAIN),
        ("app/utils/text.py", PLAIN),
        ("app/models/classifier.py", "class Classifier: ..."),
        ("app/api/helpers.py", PLAIN),
        ("app/repository/git.py", PLAIN),
        ("app/views.py", PLAIN),
        ("app/logic.py", PLAIN),
        ("app/everything.py", MAPPED + ROUTES),
        ("app/client.py", SCHEMA + PLAIN),
        ("tests/services/test_users.py", "def test_x(): ..."),
        ("app/services/tests/test_users.py", "def test_x(): ..."),
    ],
)
def test_modules_of_no_layer(path: str, text: str) -> None:
    assert layer(path, {path: text}) == "None"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("app/routers/users.py", PLAIN, "routers"),
        ("app/users/routers/v1/get.py", PLAIN, "routers"),
        ("services/models/user.py", MAPPED, "models"),
        ("app/core/models.py", MAPPED, "core"),
        ("app/services/users/schemas.py", SCHEMA, "services"),
        ("app/routers/__init__.py", "api.include_router(x)", "routers"),
        ("app/models/shapes.py", "from sqlmodel import SQLModel\nclass X(SQLModel): ...", "None"),
        ("app/models/user.py", SCHEMA, "schemas (inferred)"),
        ("app/models.py", MAPPED + SCHEMA, "models (inferred)"),
        ("app/api/v1/users.py", ROUTES, "routers (inferred)"),
        ("app/api/deps.py", PLAIN, "dependencies (inferred)"),
        ("app/repositories/users.py", QUERY, "crud (inferred)"),
        ("app/user_repository.py", QUERY, "crud (inferred)"),
        ("app/user_service.py", PLAIN, "services (inferred)"),
        ("app/config.py", SETTINGS, "core (inferred)"),
        ("app/dtos/user.py", SCHEMA + PLAIN, "schemas (inferred)"),
        ("app/answers.py", SCHEMA, "None"),
        ("app/utils/services.py", PLAIN, "None"),
        ("app/models/views.py", ROUTES + SCHEMA, "routers (inferred)"),
        ("app/users.py", ROUTES + SCHEMA, "routers (inferred)"),
        ("app/business/prices.py", PLAIN, "services (inferred)"),
    ],
)
def test_layer_of_one_module(path: str, text: str, expected: str) -> None:
    assert layer(path, {path: text}) == expected


def test_what_stands_beside_stored_classes_is_of_models() -> None:
    files = {
        "app/models/user.py": MAPPED,
        "app/models/kinds.py": "class Kind: ...",
        "app/models/__init__.py": "",
    }
    assert {layer(path, files) for path in files} == {"models"}


def test_configuration_wins() -> None:
    files = {"app/api/users.py": PLAIN, "app/routers/x.py": PLAIN, "app/main.py": APP}
    mapped = {"crud": ("app/routers/**",), "routers": ("**/api/*.py", "app/main.py")}
    assert layer("app/api/users.py", files, mapped) == "routers"
    assert layer("app/routers/x.py", files, mapped) == "crud"
    assert layer("app/main.py", files, mapped) == "routers"


def test_a_directory_of_layers_is_none_itself() -> None:
    files = {
        "core/services/a.py": PLAIN,
        "core/crud/b.py": PLAIN,
        "core/views/c.py": ROUTES,
        "core/d.py": PLAIN,
    }
    assert [layer(path, files) for path in files] == ["services", "crud", "routers (inferred)", "None"]


def test_a_feature_called_like_a_layer_is_none() -> None:
    files = {"service/models.py": MAPPED, "service/views.py": ROUTES, "service/flows.py": PLAIN}
    assert [layer(path, files) for path in files] == ["models (inferred)", "routers (inferred)", "None"]


def test_pydantic_classes_are_schemas_when_the_api_shows_them() -> None:
    files = {
        "app/main.py": APP + "from app.answers import B\n@app.get('/')\ndef f() -> list[B]: ...\n",
        "app/answers.py": SCHEMA,
        "app/messages.py": SCHEMA,
    }
    assert [layer(path, files) for path in files] == ["None", "schemas (inferred)", "None"]


def test_a_router_made_by_a_function_of_ones_own_counts() -> None:
    files = {
        "app/main.py": APP + "from app.users.endpoints import router\napp.include_router(router)\n",
        "app/routing.py": "from fastapi import APIRouter as R\ndef made():\n    return R\nRouter = made()\n",
        "app/users/endpoints.py": "from app.routing import Router\nrouter = Router()\n"
        "@router.get('/users')\ndef f(): ...\n",
    }
    assert [layer(path, files) for path in files] == ["None", "None", "routers (inferred)"]


FACTORIES = """
from fastapi import APIRouter

def made():
    return APIRouter

def make(prefix):
    if not prefix:
        return None
    router = APIRouter(prefix=prefix)
    return router

def wrapping():
    def inner():
        return APIRouter()
    return inner

Router = made()
"""


@pytest.mark.parametrize(
    ("call", "expected"),
    [("wrapping()", False), ("dict()", False), ("Router()", True), ("make('/users')", True)],
)
def test_a_router_is_what_a_function_of_ones_own_returns(call: str, expected: bool) -> None:
    users = f"from app.routing import *\nrouter = {call}\n"
    modules = modules_of({"app/routing.py": FACTORIES, "app/users.py": users})
    router = read_expression("router")
    assert is_router(modules.by_path["app/users.py"], router, Symbols(modules)) is expected


def test_a_router_with_endpoints_may_include_others() -> None:
    more = "from app.api.more import router as more\nrouter.include_router(more)\n"
    main = "from app.api.users import router\napp.include_router(router)\n"
    files = {"app/main.py": APP + main, "app/api/users.py": ROUTES + more, "app/api/more.py": ROUTES}
    assert [layer(path, files) for path in files] == ["None", "routers (inferred)", "routers (inferred)"]


def test_what_lies_with_endpoints_is_of_routers() -> None:
    files = {
        "app/routes/users.py": ROUTES,
        "app/routes/base.py": PLAIN,
        "app/api/x.py": ROUTES,
        "app/api/y.py": PLAIN,
    }
    found = [layer(path, files) for path in files]
    assert found == ["routers (inferred)", "routers (inferred)", "routers (inferred)", "None"]


def test_candidates_for_a_missing_layer() -> None:
    files = {
        "app/a/api/x.py": ROUTES,
        "app/b/api/y.py": ROUTES,
        "app/repositories/z.py": QUERY,
        "app/models.py": MAPPED,
        "app/answers.py": SCHEMA,
    }
    found = layers_of(files)
    assert found.candidate("routers") == Candidate("app/a/api/", 'routers = ["**/api/**"]')
    assert found.candidate("crud") == Candidate("app/repositories/", 'crud = ["app/repositories/**"]')
    assert found.candidate("models") == Candidate("app/models.py", 'models = ["app/models.py"]')
    assert found.candidate("schemas") is None
    assert found.candidate("services") is None


def test_a_candidate_counts_places_of_one_name_together() -> None:
    files = {
        "app/a/api.py": ROUTES,
        "app/b/api.py": ROUTES,
        "app/c/api.py": ROUTES,
        "app/d/routes/x.py": ROUTES,
        "app/d/routes/y.py": ROUTES,
    }
    assert layers_of(files).candidate("routers") == Candidate(
        "app/a/api.py", 'routers = ["**/api.py", "app/d/routes/**"]'
    )


def test_a_candidate_takes_no_module_of_another_layer_along() -> None:
    files = {
        "app/a/api/v1/x.py": ROUTES,
        "app/a/api/v1/y.py": ROUTES,
        "app/a/api/z.py": ROUTES,
        "app/a/api/v1/dto/__init__.py": SCHEMA,
        "app/a/api/models.py": MAPPED,
    }
    line = 'routers = ["app/a/api/z.py", "app/a/api/v1/*.py"]'
    assert layers_of(files).candidate("routers") == Candidate("app/a/api/", line)


def test_a_candidate_leaves_out_the_few_of_another_layer_that_a_folder_holds() -> None:
    files = {f"app/api/{name}/{kind}.py": ROUTES for name in "abc" for kind in ("get", "put", name * 2)}
    files |= {f"app/api/{name}/schemas.py": SCHEMA for name in "ab"}
    files |= {"app/api/c/dto/x.py": SCHEMA, "app/api/c/dto/y.py": SCHEMA}
    line = 'routers = ["app/api/**", "!app/api/**/schemas.py", "!app/api/c/dto/**"]'
    found = layers_of(files)
    assert found.candidate("routers") == Candidate("app/api/", line)
    mapped = layers_of(files, {"routers": ("app/api/**", "!app/api/**/schemas.py", "!app/api/c/dto/**")})
    assert {one.path for one in mapped.modules("routers")} == {
        path for path, text in files.items() if text == ROUTES
    }


def test_a_candidate_lists_folders_where_much_would_be_left_out() -> None:
    files = {f"app/api/{name}/{kind}.py": ROUTES for name in "abc" for kind in ("get", "put")}
    files |= {f"app/api/{name}/{name}_dto.py": SCHEMA for name in "abcd"}
    line = (
        'routers = ["app/api/a/get.py", "app/api/a/put.py", "app/api/b/get.py", "app/api/b/put.py", '
        '"app/api/c/get.py", "app/api/c/put.py"]'
    )
    assert layers_of(files).candidate("routers") == Candidate("app/api/", line)


def test_files_that_are_all_of_a_folder_are_that_folder() -> None:
    files = {"app/things/__init__.py": "", "app/things/a.py": MAPPED, "app/things/b.py": MAPPED}
    assert layers_of(files).candidate("models") == Candidate("app/things/", 'models = ["app/things/**"]')
    line = 'models = ["app/things/a.py", "app/things/b.py"]'
    files["app/things/other.py"] = PLAIN
    assert layers_of(files).candidate("models") == Candidate("app/things/a.py", line)


def test_of_two_patterns_the_more_literal_one_counts() -> None:
    config = Config(layers={"routers": ("app/api/**",), "dependencies": ("app/api/deps.py",)})
    paths = ("app/api/deps.py", "app/api/users.py", "app/main.py")
    assert [config.layer_of(path) for path in paths] == ["dependencies", "routers", ""]
    assert Config(layers={"routers": ("app/**", "!app/old/**")}).layer_of("app/old/a.py") == ""


def test_a_candidate_is_called_like_the_layer_in_another_ones_directory() -> None:
    files = {"app/routers/users.py": ROUTES, "app/routers/dependencies.py": PLAIN, "app/services/a.py": PLAIN}
    line = 'dependencies = ["app/routers/dependencies.py"]'
    assert layers_of(files).candidate("dependencies") == Candidate("app/routers/dependencies.py", line)
    assert layers_of(files).candidate("crud") is None


def test_a_candidate_for_queries_is_where_several_modules_query() -> None:
    query = "from sqlalchemy import select\ndef find(session): return session.scalars(select(1))\n"
    files = {"app/storage/users.py": query, "app/storage/files.py": PLAIN, "app/storage/mail.py": PLAIN}
    assert layers_of(files).candidate("crud") is None
    files |= {"app/storage/tokens.py": query + "def hashed(): ...\n", "app/storage/keys.py": PLAIN}
    assert layers_of(files).candidate("crud") == Candidate("app/storage/", 'crud = ["app/storage/**"]')


def test_a_candidate_ends_in_the_layers_name() -> None:
    files = {"app/users/user_crud.py": PLAIN, "app/users/user_routes.py": ROUTES}
    line = 'crud = ["app/users/user_crud.py"]'
    assert layers_of(files).candidate("crud") == Candidate("app/users/user_crud.py", line)


def test_models_of_pydantic_alone_are_a_candidate_for_schemas() -> None:
    files = {"app/models/user.py": SCHEMA, "app/models/kinds.py": PLAIN}
    assert layers_of(files).candidate("schemas") == Candidate("app/models/", 'schemas = ["app/models/**"]')
    files |= {"app/models/stored.py": MAPPED}
    assert layers_of(files).candidate("schemas") is None


@pytest.mark.parametrize(
    ("path", "text", "other", "expected"),
    [
        ("app/core/security/service/token.py", PLAIN, "", "core"),
        ("app/core/dependency/session.py", PLAIN, "", "core"),
        ("app/core/repository/users.py", QUERY, "", "crud (inferred)"),
        ("app/routers/responses/users.py", SCHEMA, "", "schemas (inferred)"),
        ("app/presentation/api/user_requests.py", SCHEMA + ROUTES, "", "routers (inferred)"),
        ("app/presentation/api/user_requests.py", SCHEMA, "", "schemas (inferred)"),
        ("app/cache/cache_service.py", PLAIN, "app/services/users.py", "None"),
        ("app/cache/cache_service.py", PLAIN, "", "services (inferred)"),
        ("app/users/service.py", PLAIN, "app/services/users.py", "services (inferred)"),
        ("app/users/user_repository.py", "import psycopg\ndef find(): ...\n", "", "crud (inferred)"),
    ],
)
def test_a_name_alone_says_less_than_a_directory(path: str, text: str, other: str, expected: str) -> None:
    assert layer(path, {path: text} | ({other: PLAIN} if other else {})) == expected


def test_a_candidate_names_files_by_the_last_word_that_they_share() -> None:
    query = "from sqlalchemy import select\ndef find(session): return session.scalars(select(1))\n"
    files = {f"app/database/{name}_db.py": query for name in ("users", "orders", "keys")}
    files |= {"app/database/models.py": MAPPED}
    line = 'crud = ["app/database/*_db.py"]'
    assert layers_of(files).candidate("crud") == Candidate("app/database/", line)


def test_a_file_with_a_models_name_alone_makes_no_feature() -> None:
    query = "from sqlalchemy import select\ndef find(session): return session.scalars(select(1))\n"
    files = {"app/queries/crud.py": query, "app/queries/entity.py": query}
    files |= {
        f"app/queries/{name}.py": f"import sqlalchemy\n{PLAIN}" for name in ("types", "names", "common")
    }
    assert layer("app/queries/common.py", files) == "crud (inferred)"


def test_settings_with_much_beside_them_are_core_by_their_name() -> None:
    settings = "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings): ...\n"
    settings += "".join(f"def f{number}(): ...\n" for number in range(6))
    files = {"app/settings_class.py": settings, "app/scheduler.py": settings}
    assert layer("app/settings_class.py", files) == "core (inferred)"
    assert layer("app/scheduler.py", files) == "None"


FEATURE = {
    "app/modules/orders/cruds_orders.py": QUERY,
    "app/modules/orders/models_orders.py": MAPPED,
    "app/modules/orders/schemas_orders.py": SCHEMA,
    "app/modules/orders/endpoints_orders.py": ROUTES,
    "app/modules/orders/service_orders.py": PLAIN,
    "app/modules/orders/utils_orders.py": PLAIN,
    "app/modules/orders/service_locator.py": PLAIN,
}


@pytest.mark.parametrize("home", ["app/modules/", "app/core/", "app/common/"])
def test_files_of_a_feature_may_begin_with_their_layers(home: str) -> None:
    files = {path.replace("app/modules/", home): text for path, text in FEATURE.items()}
    found = {path.rpartition("/")[2]: layer(path, files) for path in files}
    elsewhere = "core" if home == "app/core/" else "None"
    assert found == {
        "cruds_orders.py": "crud (inferred)",
        "models_orders.py": "models (inferred)",
        "schemas_orders.py": "schemas (inferred)",
        "endpoints_orders.py": "routers (inferred)",
        "service_orders.py": "services (inferred)",
        "utils_orders.py": "None",
        "service_locator.py": elsewhere,
    }


@pytest.mark.parametrize(
    ("path", "text", "other", "expected"),
    [
        ("app/orders/service_client.py", PLAIN, "app/orders/api_client.py", "None"),
        ("app/orders/schema_checks.py", SCHEMA + PLAIN, "app/orders/model_checks.py", "None"),
        ("app/core/schemas_orders.py", SCHEMA, "app/core/models_orders.py", "core"),
        ("app/core/orders/schemas_orders.py", SCHEMA, "app/core/orders/models_bills.py", "core"),
    ],
)
def test_a_first_word_alone_makes_no_layer(path: str, text: str, other: str, expected: str) -> None:
    assert layer(path, {path: text, other: MAPPED if "models" in other else PLAIN}) == expected


def test_a_candidate_names_files_by_the_layers_name_at_either_end() -> None:
    files = dict(FEATURE)
    for path, text in FEATURE.items():
        files[path.replace("orders", "bills")] = text
    first = "app/modules/bills/cruds_bills.py"
    assert layers_of(files).candidate("crud") == Candidate(first, 'crud = ["**/cruds_*.py"]')
    files = {f"app/{name}/{name}_repository.py": QUERY for name in ("orders", "bills")}
    first = "app/bills/bills_repository.py"
    assert layers_of(files).candidate("crud") == Candidate(first, 'crud = ["**/*_repository.py"]')
    files |= {"app/models/stored_repository.py": MAPPED}
    line = 'crud = ["app/bills/bills_repository.py", "app/orders/orders_repository.py"]'
    assert layers_of(files).candidate("crud") == Candidate(first, line)


def test_a_candidate_is_relative_to_the_folder_of_the_configuration() -> None:
    places = {path: path for path in ("svc/user_crud.py", "svc/order_crud.py")}
    found = candidate("crud", places, ["svc/x/a_crud.py"], [], "svc")
    assert found == Candidate("svc/order_crud.py", 'crud = ["order_crud.py", "user_crud.py"]')


def test_a_candidate_names_the_outermost_of_folders_and_files_of_one_name() -> None:
    files = {"dto/users.py": SCHEMA, "dto/dto/csv.py": SCHEMA}
    assert layers_of(files).candidate("schemas") == Candidate("dto/", 'schemas = ["dto/**"]')
    files = {f"app/{name}/db_models.py": MAPPED for name in ("a", "b")} | {
        "app/rest_models.py": SCHEMA + PLAIN
    }
    found = layers_of(files).candidate("models")
    assert found == Candidate("app/a/db_models.py", 'models = ["**/db_models.py"]')


STORE = "class UserRepository:\n    def __init__(self, session): self.session = session\n"
STORE += "    def find(self, key): return self.session.query(key).first()\n"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("app/access/user_repo.py", STORE, "crud (inferred)"),
        ("app/access/users.py", STORE, "crud (inferred)"),
        (
            "app/access/users.py",
            STORE.replace("self.session.query", "self._db_session.execute"),
            "crud (inferred)",
        ),
        ("app/access/users.py", STORE.replace("session", "git"), "None"),
        ("app/access/users.py", STORE.replace("UserRepository", "UserFinder"), "None"),
        ("app/access/users.py", STORE + PLAIN, "None"),
        ("app/registry/repository.py", "from sqlalchemy.orm import Session\n" + PLAIN, "None"),
        ("app/registry/git_repo.py", "import sqlalchemy\ndef clone(session): git(session)\n", "None"),
        ("app/registry/repository.py", "import sqlalchemy\ndef f(s): s.flush()\n", "crud (inferred)"),
        ("app/registry/repository.py", "import psycopg\ndef f(c): c.copy(1)\n", "crud (inferred)"),
    ],
)
def test_a_class_that_is_called_a_store_and_asks_a_session_is_one(
    path: str, text: str, expected: str
) -> None:
    assert layer(path, {path: text}) == expected


@pytest.mark.parametrize(
    ("path", "text", "other", "expected"),
    [
        ("app/graphql/schemas/order.py", "import strawberry\nclass Order: ...\n", PLAIN, "None"),
        ("app/schemas/graphql/order.py", "import graphene\nclass Order: ...\n", SCHEMA, "None"),
        ("app/schemas/graph.py", "from ariadne import QueryType\n" + PLAIN, SCHEMA, "None"),
        ("app/schemas/order.py", "import strawberry\n" + SCHEMA, SCHEMA, "schemas"),
        ("app/business/model/order.py", SCHEMA + PLAIN, PLAIN, "None"),
        ("app/business/orders/dto/order.py", PLAIN, PLAIN, "None"),
        ("app/business/orders/dto/order.py", SCHEMA, PLAIN, "schemas (inferred)"),
        ("app/business/entities/order.py", MAPPED, PLAIN, "models (inferred)"),
        ("app/business/orders/order.py", PLAIN, SCHEMA, "services (inferred)"),
        ("app/business/kinds.py", "from enum import Enum\nclass Kind(Enum): ...\n", PLAIN, "None"),
        ("app/seed.py", MAPPED + 12 * PLAIN, PLAIN, "None"),
        ("app/tables_of_ours.py", MAPPED + 3 * PLAIN, PLAIN, "models (inferred)"),
    ],
)
def test_what_a_module_does_tells_more_than_its_folder(
    path: str, text: str, other: str, expected: str
) -> None:
    assert layer(path, {path: text, f"{path.rpartition('/')[0]}/other.py": other}) == expected


def test_what_gives_an_app_its_routers_is_wiring() -> None:
    including = "from app.api import users\nfrom app.core import app\napp.include_router(users.router)\n"
    files = {
        "app/core/__init__.py": APP,
        "app/api/users.py": ROUTES,
        "app/main.py": including + "@app.get('/')\ndef hello(): ...\n",
    }
    assert layer("app/main.py", files) == "None"


def test_one_pattern_may_take_one_of_many_modules_along() -> None:
    files = {f"app/f{number}/schemas.py": SCHEMA for number in range(60)} | {"app/core/schemas.py": SCHEMA}
    found = layers_of(files).candidate("schemas")
    assert found == Candidate("app/f0/schemas.py", 'schemas = ["**/schemas.py"]')


def test_a_service_beside_one_other_layer_is_no_feature_of_core() -> None:
    files = {"app/core/orders/service.py": PLAIN, "app/core/orders/dtos.py": SCHEMA}
    files |= {
        "app/core/orders/types.py": PLAIN,
        "app/core/mail/service.py": PLAIN,
        "app/core/mail/x.py": PLAIN,
    }
    files |= {"app/services/users/service.py": PLAIN, "app/services/users/schemas.py": SCHEMA}
    found = layers_of(files)
    assert {module.path.removeprefix("app/"): str(found.of(module)) for module in found._modules} == {
        "core/orders/service.py": "core",
        "core/orders/dtos.py": "core",
        "core/orders/types.py": "core",
        "core/mail/service.py": "core",
        "core/mail/x.py": "core",
        "services/users/service.py": "services",
        "services/users/schemas.py": "services",
    }


def test_a_core_of_features_is_no_layer() -> None:
    features = {f"app/core/{name}/{name}.py": PLAIN for name in "abcde"}
    files = features | {f"app/core/{name}/service.py": PLAIN for name in "abc"}
    found = layers_of(files)
    assert {str(found.of(module)) for module in found._modules} == {"None", "services (inferred)"}
    fewer = layers_of({path: text for path, text in files.items() if path != "app/core/c/service.py"})
    assert {str(fewer.of(module)) for module in fewer._modules} == {"core"}
    more = layers_of(files | {"app/core/f/x.py": PLAIN})
    assert {str(more.of(module)) for module in more._modules} == {"core"}


def test_a_core_beside_services_is_what_these_have_in_common() -> None:
    names = ("auth", "mail", "storage")
    files = {f"app/core/{name}/service.py": PLAIN for name in names} | {"app/services/orders.py": PLAIN}
    assert layer("app/core/mail/service.py", files) == "core"
    features = files | {f"app/core/{name}/dtos.py": SCHEMA for name in names}
    assert layer("app/core/mail/service.py", features) == "services (inferred)"


@pytest.mark.parametrize("called", ["queries", "services", "schemas", "repositories", "models"])
def test_a_feature_that_is_called_like_a_layer_is_known_by_its_siblings(called: str) -> None:
    names = {"dao": QUERY, "dbes": MAPPED, "mappings": PLAIN}
    files = {
        f"app/db/{f}/{name}.py": text for f in ("users", "roles", called) for name, text in names.items()
    }
    found = layers_of(files)
    layers = {module.path.removeprefix("app/db/"): str(found.of(module)) for module in found._modules}
    assert {layers[f"users/{name}.py"] for name in names} == {"crud (inferred)", "models (inferred)", "None"}
    assert all(layers[f"{called}/{name}.py"] == layers[f"users/{name}.py"] for name in names)
    candidate = found.candidate("crud")
    assert candidate is not None
    assert candidate.line == 'crud = ["**/dao.py"]'


def test_what_sets_up_below_core_is_core() -> None:
    engine = "from sqlalchemy import create_engine\nengine = create_engine('postgresql://')\n"
    files = {"app/core/models/database.py": engine, "app/core/models/user.py": MAPPED}
    assert layer("app/core/models/database.py", files) == "core"
    assert layer("app/core/models/user.py", files) == "models"
    assert layer("app/models/database.py", {"app/models/database.py": engine, "app/models/a.py": MAPPED}) == (
        "models"
    )


def test_a_store_with_a_table_of_its_own_is_no_model() -> None:
    store = MAPPED + "class Live:\n    def a(self): ...\nclass Store:\n    def b(self): ...\n"
    assert layer("app/chat/sessions.py", {"app/chat/sessions.py": store}) == "None"
    assert layer("app/chat/tables.py", {"app/chat/tables.py": store}) == "models (inferred)"


def test_a_core_beside_features_is_core() -> None:
    inside = {"models": MAPPED, "errors": PLAIN}
    files = {f"app/{one}/{n}.py": text for one in ("users", "notes", "core") for n, text in inside.items()}
    assert layer("app/core/errors.py", files) == "core"


def test_layers_with_files_of_one_name_are_no_features() -> None:
    folders = ("services", "crud", "repositories", "routers")
    files = {f"app/{one}/{n}.py": text for one in folders for n, text in (("a", PLAIN), ("dao", QUERY))}
    assert layer("app/services/a.py", files) == "services"
    assert layer("app/repositories/a.py", files) == "crud (inferred)"


def test_layers_of_files_about_services_and_tables_are_no_features() -> None:
    kinds = {"models": MAPPED, "schemas": SCHEMA, "crud": QUERY, "services": PLAIN, "routers": ROUTES}
    files = {
        f"app/{folder}/{topic}.py": text
        for folder, text in (*kinds.items(), ("mappers", PLAIN), ("validators", PLAIN))
        for topic in ("order", "service", "table", "schema", "route")
    }
    found = layers_of(files)
    assert {name for name in kinds if found.directories(name) == (f"app/{name}",)} == {*kinds}
    assert {str(found.of(module)) for module in found.modules("crud")} == {"crud"}


@pytest.mark.parametrize("called", ["dependencies", "deps"])
def test_what_dependencies_are_sorted_by_is_no_layer(called: str) -> None:
    provider = (
        "from fastapi import Depends\nfrom sqlalchemy.ext.asyncio import AsyncSession\n"
        "def get_it(session: AsyncSession = Depends()): ...\n"
    )
    files = {f"app/{called}/{one}/{one}_x.py": provider for one in ("services", "repositories", "models")}
    found = layers_of(files | {"app/services/a.py": PLAIN, "app/repositories/b_repository.py": QUERY})
    inside = {str(found.of(one)) for one in found._modules if called in one.path}
    assert inside == {"dependencies" if called == "dependencies" else "dependencies (inferred)"}
    assert found.candidate("crud") == Candidate("app/repositories/", 'crud = ["app/repositories/**"]')


def test_a_core_of_features_with_an_engine_is_core_still() -> None:
    engine = "from sqlalchemy import create_engine\nengine = create_engine('postgresql://')\n"
    files = {f"app/core/{name}/service.py": PLAIN for name in "abc"} | {"app/core/database/engine.py": engine}
    found = layers_of(files)
    assert {str(found.of(module)) for module in found._modules} == {"core"}


def test_a_core_that_holds_all_services_and_routers_is_the_application() -> None:
    files = {
        "app/core/main/services/a.py": PLAIN,
        "app/core/main/api/b.py": PLAIN,
        "app/core/agents/c.py": PLAIN,
    }
    assert layer("app/core/agents/c.py", files) == "None"
    assert layer("app/core/agents/c.py", files | {"app/api/d.py": ROUTES}) == "core"
    assert layer("app/core/agents/c.py", files | {"lib/services/d.py": PLAIN}) == "core"
    assert layer("app/core/agents/c.py", {p: t for p, t in files.items() if "api" not in p}) == "core"


@pytest.mark.parametrize("home", ["app/services", "app/core"])
def test_a_layers_directory_may_hold_features(home: str) -> None:
    files = {
        f"{home}/user/{name}.py": text
        for name, text in {"routes": ROUTES, "models": MAPPED, "schemas": SCHEMA, "functions": PLAIN}.items()
    }
    files |= {f"{home}/models.py": MAPPED, f"{home}/mail/schemas.py": SCHEMA, f"{home}/mail/routes.py": PLAIN}
    name = home.removeprefix("app/")
    found = layers_of(files)
    assert {module.path.removeprefix(home): str(found.of(module)) for module in found._modules} == {
        "/user/routes.py": "routers (inferred)",
        "/user/models.py": "models (inferred)",
        "/user/schemas.py": "schemas (inferred)",
        "/user/functions.py": "None" if name == "core" else name,
        "/models.py": name,
        "/mail/schemas.py": name,
        "/mail/routes.py": name,
    }

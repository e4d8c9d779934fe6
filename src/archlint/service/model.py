"""`Service`: what every rule gets. Each part is computed when first asked for, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.findings import Location
from archlint.readings import unnoticed
from archlint.service.surroundings import Installed, Surroundings

if TYPE_CHECKING:
    from archlint.service.api.api_surface import Surface
    from archlint.service.api.injection import Providers
    from archlint.service.api.openapi_pages import OpenAPIPages
    from archlint.service.api.operations import Operations
    from archlint.service.api.routes import RouteTable, Runtime
    from archlint.service.asynchronous.event_loop import EventLoop
    from archlint.service.calls.call_graph import Calls
    from archlint.service.configuration.container_environment import Connections
    from archlint.service.configuration.environment_reads import EnvironmentRead
    from archlint.service.configuration.settings import Settings
    from archlint.service.database.data_access import DataAccess
    from archlint.service.database.engine_connections import Databases
    from archlint.service.evolution.api_changes import ApiChange, ApiState
    from archlint.service.interpreter.types import Types
    from archlint.service.layers.contracts import Contracts
    from archlint.service.layers.data_paths import DataPaths
    from archlint.service.layers.handlers import Handlers
    from archlint.service.layers.layers import Layers
    from archlint.service.layers.queries import Queries
    from archlint.service.layers.setups import Setups
    from archlint.service.migrations.environments import Migrations
    from archlint.service.migrations.upgrades import Upgrades
    from archlint.service.openapi.committed_documents import CommittedDocument
    from archlint.service.openapi.document import Documents
    from archlint.service.schema.schemas import DatabaseSchemas
    from archlint.service.semantics.classes import Classes
    from archlint.service.semantics.constants import Literals
    from archlint.service.semantics.import_uses import Uses
    from archlint.service.semantics.imports import Imports
    from archlint.service.semantics.symbols import Symbols
    from archlint.service.semantics.workers import Workers
    from archlint.service.testing.client_requests import Requests
    from archlint.service.testing.database_fixtures import DatabaseFixtures
    from archlint.service.testing.reachability import Reached
    from archlint.service.testing.tests import Suite
    from archlint.service.transactions.transactions import Transactions


class Service(Surroundings, frozen=True, dict=True):
    """One service of a repository.

    `root` is its folder, a POSIX path relative to the repository's root, `"."` for the root itself. `before`
    gives what it was at the commit that it is compared with, if there is one. One that
    `is_aside` is another's for those who read documents.
    """

    before: Callable[[], Service | None] | None = None
    is_aside: bool = False

    @property
    def as_it_was(self) -> Service | None:
        """What it was at the commit that it is compared with."""
        return None if self.before is None else self.before()

    @cached_property
    def aside(self) -> Service:
        """The same service for those who read its documents, of which those who read code know nothing."""
        return replace(self, modules=self.modules.anew(), before=None, is_aside=True)

    @cached_property
    def anchor(self) -> Location:
        """Where to report what the service lacks as a whole."""
        from archlint.service.service_location import find_anchor

        return find_anchor(self.root, self.repository, self.modules, self.symbols)

    @cached_property
    def symbols(self) -> Symbols:
        """What names mean."""
        from archlint.service.semantics.symbols import Symbols

        return Symbols(self.modules)

    @cached_property
    def classes(self) -> Classes:
        """What classes are by what they derive from."""
        from archlint.service.semantics.classes import Classes

        return Classes(self.symbols)

    @cached_property
    def annotations(self) -> Types:
        """What annotations mean, read by names alone."""
        from archlint.service.interpreter.types import Types

        return Types(None, self.symbols)

    @cached_property
    def imports(self) -> Imports:
        """The imports between modules."""
        from archlint.service.semantics.imports import Imports

        return Imports(self.modules, self.symbols)

    @cached_property
    def uses(self) -> Uses:
        """The imports that definitions use."""
        from archlint.service.semantics.import_uses import Uses

        return Uses(self.symbols, self.imports)

    @cached_property
    def workers(self) -> Workers:
        """Which modules only workers and programs beside the server run."""
        from archlint.service.semantics.workers import Workers

        return Workers(self.modules, self.imports)

    @cached_property
    def providers(self) -> Providers:
        """What FastAPI injects."""
        from archlint.service.api.injection import Providers

        return Providers(self.modules, self.symbols)

    @cached_property
    def layers(self) -> Layers:
        """The layer of each module."""
        from archlint.service.layers.layers import Layers

        return Layers(self.root, self.config, self.modules, self.symbols, self.classes, lambda: self.surface)

    @cached_property
    def contracts(self) -> Contracts:
        """Which imports break a contract between layers."""
        from archlint.service.layers.contracts import Contracts

        counted = self.config.type_checking_imports
        return Contracts(self.layers, self.imports, self.uses, self.classes, self.providers, counted)

    @cached_property
    def setups(self) -> Setups:
        """Where configuration, security and database are set up."""
        from archlint.service.layers.setups import Setups

        return Setups(self.modules, self.symbols, self.classes, self.layers)

    @cached_property
    def handlers(self) -> Handlers:
        """How much work handlers do themselves."""
        from archlint.service.layers.handlers import Handlers

        return Handlers(self.symbols, self.annotations, self.layers, self.queries)

    @cached_property
    def data_paths(self) -> DataPaths:
        """How handlers come to queries past the services."""
        from archlint.service.layers.data_paths import DataPaths

        return DataPaths(self.calls, self.layers, self.data_access)

    @cached_property
    def surface(self) -> Surface:
        """What shows at the API."""
        from archlint.service.api.api_surface import Surface

        return Surface(self.routes, self.operations, self.classes)

    @cached_property
    def queries(self) -> Queries:
        """Where modules query the database."""
        from archlint.service.layers.queries import Queries

        return Queries(self.symbols, self.annotations, self.layers)

    @cached_property
    def installed(self) -> Installed:
        """What documents say of the libraries and the servers that code runs on.

        Whoever reads code depends on what this says, and not on what it was read from.
        """
        from archlint.service.deployment.image_starts import may_serve

        if not self.is_aside:
            with unnoticed():
                return self.aside.installed
        return Installed(
            alembic=self.versions.highest("alembic"),
            fastapi=self.versions.highest("fastapi"),
            pydantic=self.versions.highest("pydantic"),
            pytest=self.versions.highest("pytest"),
            sqlmodel=self.versions.highest("sqlmodel"),
            python=self.versions.python,
            servers=tuple(command.words for command in self.commands if may_serve(command)),
            plugins=self.project.entry_points,
        )

    @cached_property
    def literals(self) -> Literals:
        """What the source itself fixes."""
        from archlint.service.semantics.constants import Literals

        return Literals(self.symbols)

    @cached_property
    def environment_reads(self) -> tuple[EnvironmentRead, ...]:
        """Where runtime code reads configuration by other means than the settings classes."""
        from archlint.service.configuration.environment_reads import environment_reads
        from archlint.service.configuration.settings_sources import source_definitions

        sources = source_definitions(self.settings.classes, self.symbols)
        found = (
            environment_reads(module, self.symbols, self.classes, self.literals, sources)
            for module in self.modules.runtime
        )
        return tuple(read for reads in found for read in reads)

    @cached_property
    def settings(self) -> Settings:
        """The classes that read the environment."""
        from archlint.service.configuration.settings import Settings

        return Settings(self.modules, self.symbols, self.classes, self.annotations)

    @cached_property
    def databases(self) -> Databases:
        """The engines of the running service."""
        from archlint.service.database.engine_connections import Databases

        return Databases(self.modules, self.symbols, self.settings)

    @cached_property
    def data_access(self) -> DataAccess:
        """What functions do with databases, past SQLAlchemy too."""
        from archlint.service.database.data_access import DataAccess

        return DataAccess(self.modules, self.symbols, lambda: self.calls)

    @cached_property
    def migrations(self) -> Migrations:
        """The Alembic environments."""
        from archlint.service.migrations.environments import Migrations

        return Migrations(self.root, self.repository, self.modules)

    @cached_property
    def schemas(self) -> DatabaseSchemas:
        """The tables of models and of migrations."""
        from archlint.service.schema.core.library_versions import Libraries
        from archlint.service.schema.schemas import DatabaseSchemas

        on = self.installed
        libraries = Libraries(on.alembic, on.pydantic, on.sqlmodel)
        return DatabaseSchemas(self.migrations, self.modules, self.symbols, self.classes, libraries)

    @cached_property
    def connections(self) -> Connections:
        """The variables that the service takes its connections from."""
        from archlint.service.configuration.container_environment import Connections

        return Connections(self.settings, self.deployment)

    @cached_property
    def upgrades(self) -> Upgrades:
        """What applies the migrations."""
        from archlint.service.migrations.upgrades import Upgrades

        return Upgrades(self.commands, self.deployment, self.modules, self.symbols)

    @cached_property
    def routes(self) -> RouteTable:
        """The apps and endpoints."""
        from archlint.service.api.routes import resolve_routes

        return resolve_routes(self.modules, self.symbols, self._runtime)

    @cached_property
    def _runtime(self) -> Runtime:
        from archlint.service.api.routes import Runtime

        on = self.installed
        return Runtime(on.fastapi, on.python, on.servers, on.plugins)

    @cached_property
    def operations(self) -> Operations:
        """What the endpoints take and answer."""
        from archlint.service.api.operations import Operations
        from archlint.service.semantics.library_models import LibraryModels

        libraries = LibraryModels(self.versions.highest)
        return Operations(self.routes, self.symbols, self.classes, libraries)

    @cached_property
    def openapi_pages(self) -> OpenAPIPages:
        """Where the apps serve their OpenAPI documents and pages, and what these show."""
        from archlint.service.api.openapi_pages import OpenAPIPages

        return OpenAPIPages(self.routes, self.operations, self.symbols)

    @cached_property
    def documents(self) -> Documents:
        """The API as OpenAPI documents."""
        return self._documents_of(self)

    @cached_property
    def committed_documents(self) -> tuple[CommittedDocument, ...]:
        """The OpenAPI documents that the repository commits for the service."""
        from archlint.service.openapi.committed_documents import committed_documents

        main, routes = lambda: self.documents.main, lambda: self.routes
        return tuple(committed_documents(self.root, self.repository, main, routes))

    @cached_property
    def api(self) -> ApiState:
        """The API as clients see it, with what is mounted in its app."""
        return self._state(self.documents)

    def api_before(self, later: Service) -> ApiState:
        """The API as the libraries of a later state write it: that they were upgraded is no change of it."""
        mine, others = self.installed, later.installed
        is_same = (mine.fastapi, mine.pydantic) == (others.fastapi, others.pydantic)
        return self.api if is_same else self._state(self._documents_of(later))

    def _documents_of(self, writer: Service) -> Documents:
        from archlint.service.openapi.document import Documents
        from archlint.service.openapi.library_versions import DocumentVersions

        libraries = DocumentVersions(writer.installed.fastapi, writer.installed.pydantic)
        return Documents(self.routes, self.operations, libraries)

    def _state(self, documents: Documents) -> ApiState:
        from archlint.service.evolution.api_changes import state_of

        document = documents.whole
        return state_of(document, self.operations.schemas if document is not None else None)

    @cached_property
    def api_changes(self) -> tuple[ApiChange, ...]:
        """What changed in the API since the base, as of today; nothing without a base."""
        from archlint.service.evolution.api_changes import api_changes

        earlier = self.as_it_was
        return () if earlier is None else api_changes(earlier.api_before(self), self.api, date.today())

    @cached_property
    def calls(self) -> Calls:
        """Which function reaches which, and where it runs."""
        from archlint.service.calls.call_graph import Calls

        return Calls(self.modules, self.symbols, self.annotations, lambda: self.routes.endpoints)

    @cached_property
    def transactions(self) -> Transactions:
        """What the requests do with sessions."""
        from archlint.service.transactions.transactions import Transactions

        return Transactions(self.calls, self.routes, self.providers, self.modules)

    @cached_property
    def event_loop(self) -> EventLoop:
        """What blocks the event loop, and what nobody awaits."""
        from archlint.service.asynchronous.event_loop import EventLoop

        return EventLoop(self.calls, self.workers)

    @cached_property
    def suite(self) -> Suite:
        """The tests, and how pytest is set up to run them."""
        from archlint.service.testing.tests import Suite

        return Suite(self.root, self.repository, self.modules, self.symbols, self.installed.pytest)

    @cached_property
    def database_fixtures(self) -> DatabaseFixtures:
        """Which fixtures set the database up."""
        from archlint.service.testing.database_fixtures import DatabaseFixtures

        return DatabaseFixtures(self.suite, self.symbols)

    @cached_property
    def requests(self) -> Requests:
        """Which endpoints the tests request."""
        from archlint.service.testing.client_requests import Requests

        return Requests(self.suite, self.modules, self.symbols, self.routes)

    @cached_property
    def reached(self) -> Reached:
        """Which functions the tests reach."""
        from archlint.service.semantics.named_functions import functions_named
        from archlint.service.testing.reachability import Reached

        documented = partial(functions_named, self.repository, self.root)
        return Reached(self.suite, self.requests, self.calls, self.symbols, documented)

"""Models that no env.py loads, and the env.py that each would have to be imported by.

One database's env.py is not blind to the models of another: of several it is the one whose revisions make the
table, or that loads the models which lie nearest. A program that makes revisions itself may load them before
it starts Alembic.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Call
from archlint.facts.traversal import dotted
from archlint.findings import Unknown
from archlint.readings import summary
from archlint.service.schema.schemas import DatabaseSchema, DatabaseSchemas
from archlint.service.schema.sqlalchemy.declarative import MappedModel
from archlint.service.semantics.alembic_files import imported_packages
from archlint.service.semantics.imports import Imports
from archlint.service.semantics.modules import Module, Role

_COMPARING = ("command.check", "command.revision", "compare_metadata", "produce_migrations")


class BlindModule(Struct, eq=False, frozen=True):
    """A module with models that none of `schemas` loads, of those which might; `doubt` says why one may."""

    models: tuple[MappedModel, ...]
    schemas: tuple[DatabaseSchema, ...]
    doubt: Unknown | None

    @property
    def module(self) -> Module:
        """Where the models are."""
        return self.models[0].module

    @property
    def environments(self) -> str:
        """The env.py, in words."""
        return _named(self.schemas)


class BlindModels(Struct, eq=False, frozen=True, dict=True):
    """What the env.py of a service do not see."""

    schemas: DatabaseSchemas
    imports: Imports

    def __iter__(self) -> Iterator[BlindModule]:
        """The modules of models that no env.py loads, in the order of their files."""
        seen = {model.place for schema in self.schemas.all for model in schema.models}
        models: dict[str, dict[int, MappedModel]] = {}
        blind: dict[str, list[DatabaseSchema]] = {}
        for schema in self.schemas.all:
            for model in schema.blind:
                if model.place not in seen:
                    models.setdefault(model.module.path, {}).setdefault(model.place.line, model)
                    if schema not in blind.setdefault(model.module.path, []):
                        blind[model.module.path].append(schema)
        for path in sorted(models):
            found = tuple(models[path][line] for line in sorted(models[path]))
            yield self._told(found, blind[path])

    def _told(self, models: tuple[MappedModel, ...], schemas: list[DatabaseSchema]) -> BlindModule:
        likeliest = _likeliest(models, schemas)
        return BlindModule(models, likeliest, self._doubt(models, likeliest))

    def _doubt(self, models: Sequence[MappedModel], schemas: Sequence[DatabaseSchema]) -> Unknown | None:
        """Why an env.py may load a module all the same."""
        first, module = models[0], models[0].module
        what = f"whether {_named(schemas)} imports `{module.name}`"
        for schema in schemas:
            for place in schema.setup.undecided[:1] if schema.setup is not None else ():
                why = "what it loads imports a module whose name the source does not tell"
                return Unknown(what, place.module.location(place.node), why)
        if any(module.path in s.setup.machine.loaded for s in self.schemas.all if s.untold and s.setup):
            return Unknown(what, first.place, "another one does, of which it is not known what it hands over")
        program = self._programs.get(module)
        why = f"`{program.path}` makes revisions and may import it" if program is not None else ""
        return Unknown(what, first.place, why) if why else None

    @cached_property
    def _programs(self) -> dict[Module, Module]:
        """All that a program imports which has Alembic compare models, in functions too, with the program."""
        found: dict[Module, Module] = {}
        own = (module for module in self.schemas.modules if module.role is not Role.TEST)
        for program in own:
            pending = [program] if _compares(program.source) else []
            while pending:
                module = pending.pop()
                if module not in found:
                    found[module] = program
                    pending += [edge.imported for edge in self.imports.of(module) if not edge.type_checking]
        return found


def _named(schemas: Sequence[DatabaseSchema]) -> str:
    return " nor ".join(f"`{one.environment.env}`" for one in schemas)


def _likeliest(
    models: Sequence[MappedModel], schemas: Sequence[DatabaseSchema]
) -> tuple[DatabaseSchema, ...]:
    """Those whose revisions make the tables, or else which load the most models of the nearest folders."""
    if len(schemas) == 1:
        return tuple(schemas)
    scores = [(_makes(schema, models), *_nearness(models[0].module.path, schema)) for schema in schemas]
    return tuple(s for s, score in zip(schemas, scores, strict=True) if score == max(scores))


def _makes(schema: DatabaseSchema, models: Sequence[MappedModel]) -> bool:
    tables = schema.history.upgraded.database.tables
    return any(model.table.key in tables for model in models)


def _nearness(path: str, schema: DatabaseSchema) -> tuple[int, int]:
    """How many folders a file has in common with the models that an env.py loads, and with how many."""
    common = Counter(_common(path, model.module.path) for model in schema.models)
    return max(common.items(), default=(-1, 0))


def _common(path: str, other: str) -> int:
    return len(posixpath.commonpath([posixpath.dirname(path), posixpath.dirname(other)]).split("/"))


@summary
def _compares(source: PythonSource) -> bool:
    if "alembic" not in imported_packages(source):
        return False
    return any((dotted(call.func) or "").endswith(_COMPARING) for call in source.nodes.of(Call))

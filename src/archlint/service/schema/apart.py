"""Tables apart from the migrations: of a `MetaData` that no env.py hands over and no revision makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.facts.syntax import Assign, Attribute, Call, ClassDef, Expression, Sequence

if TYPE_CHECKING:
    from archlint.service.schema.schemas import DatabaseSchema, DatabaseSchemas
    from archlint.service.semantics.modules import Module
    from archlint.service.semantics.symbols import Scope, Symbol


def is_apart(schemas: DatabaseSchemas, module: Module, scope: Scope, call: Attribute) -> bool:
    """Whether `….create_all` is of such a `MetaData`, or makes only tables that exist at run time.

    A store of its own has those: a cache, or a collection of vectors.
    """
    if _makes_local_tables(schemas, module, scope, call):
        return True
    owner = schemas.symbols.resolve(module, call.value, scope)
    if owner.node is None and isinstance(call.value, Attribute) and call.value.attr == "metadata":
        owner = schemas.symbols.resolve(module, call.value.value, scope)
    known = bool(schemas.all) and all(_is_known(one) and not schemas.elsewhere(one) for one in schemas.all)
    return known and not any(_hands_over(one, owner) for one in schemas.all)


def _is_known(schema: DatabaseSchema) -> bool:
    setup = schema.setup
    is_read = schema.untold is None and not schema.unread and bool(schema.models)
    return is_read and setup is not None and not setup.undecided


def _hands_over(schema: DatabaseSchema, owner: Symbol) -> bool:
    """Whether env.py's tables may be those of this `MetaData(…)`, or of models with this base."""
    from archlint.service.interpreter.values import settled
    from archlint.service.schema.sqlalchemy.values import Element

    match owner.node:
        case Assign(value=Call() as made) if owner.module is not None:
            assert schema.setup is not None
            target = schema.setup.target
            targets = map(settled, target if isinstance(target, list | tuple) else (target,))
            places = [
                (one.place.module.path, one.place.node.start) for one in targets if isinstance(one, Element)
            ]
            return (owner.module.path, made.start) in places
        case ClassDef():
            return any(
                owner in _lineage(schema, model.module, model.name)
                for model in (*schema.models, *schema.blind)
            )
    return True


def _lineage(schema: DatabaseSchema, module: Module, name: str) -> Iterator[Symbol]:
    model = schema.symbols.resolve(module, name)
    yield model
    yield from schema.symbols.bases(model)


def _makes_local_tables(schemas: DatabaseSchemas, module: Module, scope: Scope, made: Attribute) -> bool:
    """Whether it is told to make some tables, `tables=[…]`, all of classes that a function defines."""
    calls = (one for one in module.source.nodes.of(Call) if made is one.func or made in one.args)
    given = [k.value for call in calls for k in call.keywords if k.name == "tables"]
    if not given or not isinstance(given[0], Sequence):
        return False
    items = given[0].items
    return bool(items) and all(_is_local(schemas, module, scope, one) for one in items)


def _is_local(schemas: DatabaseSchemas, module: Module, scope: Scope, table: Expression) -> bool:
    if not isinstance(table, Attribute) or table.attr != "__table__":
        return False
    found = schemas.symbols.resolve(module, table.value, scope)
    return isinstance(found.node, ClassDef) and bool(schemas.symbols.scope_of(found))

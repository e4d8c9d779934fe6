"""Whose tables a `metadata` has: the models', or those of an object that exists at run time only."""

from __future__ import annotations

from archlint.facts.syntax import Assign, Attribute, Await, Call, Expression, FunctionDef, Name
from archlint.service.semantics.modules import Module
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Scope, Symbols


def is_an_objects(symbols: Symbols, module: Module, scope: Scope, owner: Expression) -> bool:
    """Whether it is the `metadata` of an object that a function is given or gets by a call.

    That may be of a library's table, or of one that is made at run time, which no migration can know.
    """
    if not isinstance(owner, Attribute) or owner.attr != "metadata":
        return False
    root: Expression = owner.value
    while isinstance(root, Attribute):
        root = root.value
    around = [one for one in scope if isinstance(one, FunctionDef)]
    if not isinstance(root, Name) or any(root.id == one.name for f in around for one in f.parameters):
        return bool(around)
    found = symbols.resolve(module, root, scope)
    is_local = found.module is not None and bool(symbols.scope_of(found))
    return is_local and isinstance(found.node, Assign) and isinstance(found.node.value, Await | Call)


def is_the_schema(symbols: Symbols, module: Module, scope: Scope, owner: Expression) -> bool:
    """Whether the owner is the `metadata` of a class, or a module's `MetaData(…)`.

    One that a function makes for itself has tables that only exist at run time.
    """
    found = symbols.resolve(module, owner, scope)
    match found.node:
        case Assign(value=Call(func=func)) if found.module is not None:
            inner = symbols.scope_of(found)
            made = symbols.resolve(found.module, func, inner).qualified
            return made == "sqlalchemy.MetaData" and not any(isinstance(one, FunctionDef) for one in inner)
        case Assign(value=Attribute(attr="metadata")):
            return True
    is_parameter = isinstance(owner, Name) and found.node is not None
    return last_name(owner) == "metadata" and not is_parameter

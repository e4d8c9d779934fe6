"""What tables are made of, which belongs to no layer: types of columns, defaults, columns that many have."""

from __future__ import annotations

from archlint.facts.syntax import Assign, Attribute, Call, ClassDef, Expression, FunctionDef, Subscript
from archlint.service.semantics.bindings import returned_values
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.symbols import Symbol, Symbols

_MOST = 5
"""Nobody hands the type of a column on through more functions and classes."""


def is_part_of_tables(symbol: Symbol, symbols: Symbols, depth: int = 0) -> bool:
    """Whether it is a type, a default or other part of tables, makes one, or is a mixin of columns."""
    if symbol.module is None:
        return _is_part(symbol.qualified)
    if depth > _MOST:
        return False
    match symbol.node:
        case ClassDef() as node:
            names = (base.qualified for base in (symbol, *symbols.bases(symbol)))
            return any(map(_is_part, names)) or _has_columns(symbol, node, symbols, depth)
        case Assign(value=Call() | Subscript() as made):
            return _makes(symbol, made, symbols, depth)
        case FunctionDef() as function:
            returned = returned_values(function)
            return bool(returned) and all(_makes(symbol, one, symbols, depth) for one in returned)
    return False


def _is_part(qualified: str) -> bool:
    """Whether a library has it for tables: by its own name, or in a module that is all for them."""
    parts, known = qualified.split("."), names_of("part of tables")
    return any(".".join(parts[:length]) in known for length in range(2, len(parts) + 1))


def _has_columns(symbol: Symbol, node: ClassDef, symbols: Symbols, depth: int) -> bool:
    """Whether the class has columns, or functions that make them, for the tables that derive from it."""
    for item in node.body:
        match item:
            case Assign(annotation=Subscript(value=annotated)) if _is_part(
                _resolved(symbol, annotated, symbols).qualified
            ):
                return True
            case Assign(value=Call() as made) if _makes(symbol, made, symbols, depth):
                return True
            case FunctionDef(decorators=decorators) if any(
                _is_part(_resolved(symbol, one, symbols).qualified) for one in decorators
            ):
                return True
    return False


def _makes(symbol: Symbol, made: Expression, symbols: Symbols, depth: int) -> bool:
    """Whether it is a call that makes a part, a method of one, or `Annotated[UUID, mapped_column(…)]`."""
    match made:
        case Call(func=Attribute(value=Call() as made_before)):
            return _makes(symbol, made_before, symbols, depth)
        case Call(func=maker):
            return is_part_of_tables(_resolved(symbol, maker, symbols), symbols, depth + 1)
        case Subscript(value=generic):
            name = _resolved(symbol, generic, symbols).qualified
            return name in {"typing.Annotated", "typing_extensions.Annotated"}
    return False


def _resolved(symbol: Symbol, expression: Expression, symbols: Symbols) -> Symbol:
    assert symbol.module is not None
    scope = (symbol.node,) if isinstance(symbol.node, FunctionDef) else symbols.scope_of(symbol)
    return symbols.resolve(symbol.module, expression, scope)

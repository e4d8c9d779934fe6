"""Settings classes whose variables the source does not tell, and the fields that a class takes back."""

from __future__ import annotations

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Evaluate,
    Expression,
    FunctionDef,
    If,
    Name,
    Node,
    Return,
    Sequence,
    Statement,
    Subscript,
    Try,
)
from archlint.facts.traversal import all_nodes
from archlint.service.interpreter.fields import is_class_variable
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Symbol

_SOURCES = frozenset({"init_settings", "env_settings", "dotenv_settings", "file_secret_settings"})


def is_undecided(symbol: Symbol) -> bool:
    """Whether other sources, a test in the class's body or a later change decide what sets its fields."""
    if not isinstance(symbol.node, ClassDef) or symbol.module is None:
        return False
    body, around = symbol.node.body, symbol.module.source.body
    return (
        _adds_sources(symbol.node)
        or any(isinstance(one, If | Try) and _declares(one) for one in body)
        or any(map(_changes_options, (*body, *around)))
    )


def taken_back(node: Node | None) -> frozenset[str]:
    """The names that a class makes class variables, which are no fields then, whatever its bases say."""
    return frozenset(
        target.id
        for one in (node.body if isinstance(node, ClassDef) else ())
        if isinstance(one, Assign) and one.annotation is not None and is_class_variable(one.annotation)
        for target in one.targets
        if isinstance(target, Name)
    )


def _adds_sources(node: ClassDef) -> bool:
    """Whether a class puts other sources beside the environment, env files and secrets, or drops some."""
    for statement in node.body:
        if isinstance(statement, FunctionDef) and statement.name == "settings_customise_sources":
            returned = [one for one in all_nodes(statement) if isinstance(one, Return)]
            return not returned or not all(_gives_known_sources(one) for one in returned)
        if isinstance(statement, ClassDef) and statement.name == "Config":
            return any(getattr(inner, "name", "") == "customise_sources" for inner in statement.body)
    return False


def _gives_known_sources(returned: Return) -> bool:
    items = returned.value.items if isinstance(returned.value, Sequence) else ()
    names = {last_name(item) for item in items}
    return "env_settings" in names and names <= _SOURCES


def _declares(block: If | Try) -> bool:
    """Whether fields are declared where a test decides."""
    return any(isinstance(one, Assign) and one.annotation is not None for one in all_nodes(block))


def _changes_options(statement: Statement) -> bool:
    """Whether options change once they are given: `model_config["env_prefix"] = …`, `.update(…)`."""
    match statement:
        case Assign(targets=(Subscript(value=owner), *_)):
            return _is_options(owner)
        case Assign(targets=(Attribute(attr="model_config"), *_)):
            return True
        case Evaluate(value=Call(func=Attribute(attr="update", value=owner))):
            return _is_options(owner)
    return False


def _is_options(owner: Expression) -> bool:
    match owner:
        case Name(id="model_config") | Attribute(attr="model_config"):
            return True
    return False

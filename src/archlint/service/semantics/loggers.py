"""What a file logs: whoever looks for what runs, or for what is done to data, need not look at that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Alias,
    Assign,
    Attribute,
    Call,
    ClassDef,
    ComprehensionClause,
    ExceptHandler,
    Expression,
    For,
    FunctionDef,
    Name,
    Parameter,
    Walrus,
    WithItem,
)
from archlint.facts.traversal import all_nodes, dotted
from archlint.readings import summary
from archlint.service.semantics.bindings import Assigned, Imported, Namespace, module_namespace

_MAKERS = frozenset({"logging.getLogger", "structlog.get_logger", "structlog.getLogger"})
_LOGGERS = frozenset({"logging", "loguru.logger"})
_METHODS = frozenset({"critical", "debug", "error", "exception", "fatal", "info", "warn", "warning"})


@summary
def loggers(source: PythonSource) -> frozenset[str]:
    """The names that stand for loggers wherever they stand in a file: nothing else in it has such a name."""
    namespace = module_namespace(source)
    named = [name for name in namespace.names if _is_logger(namespace, name)]
    if not named:
        return frozenset()
    bound = bound_names(source)
    return frozenset(name for name in named if bound[name] == 1)


@summary
def bound_names(source: PythonSource) -> Counter[str]:
    """Every name that the file binds, and how often it does."""
    return Counter(_bound_names(source))


def _bound_names(source: PythonSource) -> Iterator[str]:
    nodes = source.nodes
    targets = [target for one in nodes.of(Assign) for target in one.targets]
    targets += [one.target for one in nodes.of(For)]
    targets += [one.target for one in nodes.of(ComprehensionClause)]
    targets += [one.target for one in nodes.of(WithItem) if one.target is not None]
    yield from (node.id for target in targets for node in all_nodes(target) if isinstance(node, Name))
    yield from (one.name for one in nodes.of(Parameter))
    yield from (one.name for one in nodes.of(Walrus))
    yield from (one.name for one in nodes.of(FunctionDef))
    yield from (one.name for one in nodes.of(ClassDef))
    yield from (one.name for one in nodes.of(ExceptHandler) if one.name is not None)
    yield from (one.asname or one.name.partition(".")[0] for one in nodes.of(Alias))


def _is_logger(namespace: Namespace, name: str) -> bool:
    match namespace.names[name]:
        case Assigned(value=Call(func=func)):
            return meant(namespace, dotted(func) or "") in _MAKERS
    return meant(namespace, name) in _LOGGERS


def meant(namespace: Namespace, written: str) -> str:
    """What an imported name means, as far as the file tells."""
    first, dot, rest = written.partition(".")
    match namespace.names.get(first):
        case Imported(level=0, module=module, name=name):
            return f"{module}{f'.{name}' if name else ''}{dot}{rest}"
    return ""


def logs(node: Expression, names: frozenset[str]) -> bool:
    """Whether an expression hands something to one of these loggers."""
    if type(node) is not Call or type(node.func) is not Attribute or type(node.func.value) is not Name:
        return False
    return node.func.value.id in names and node.func.attr in _METHODS

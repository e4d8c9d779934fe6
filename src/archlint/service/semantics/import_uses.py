"""Which of its module's imports a definition uses: by its own names, and by the definitions that it names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from archlint.facts.source import PythonSource, function_summary
from archlint.facts.syntax import (
    Alias,
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    FunctionDef,
    Keyword,
    Name,
    Node,
    Parameter,
    Sequence,
    Subscript,
)
from archlint.facts.traversal import all_nodes, dotted
from archlint.findings import Location
from archlint.readings import summary, unnoticed
from archlint.service.semantics.bindings import Assigned, Defined, Imported, module_namespace, statements
from archlint.service.semantics.imports import ImportEdge, Imports
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbol, Symbols

_REGISTERING = frozenset(
    {"api_route", "delete", "get", "head", "options", "patch", "post", "put", "route", "trace", "websocket"}
)
"""The last names of decorators by which endpoints are registered."""

_DEFAULTS = frozenset({"default", "default_factory", "insert_default", "onupdate", "server_default"})
"""By which arguments a field or a column is told what it has by default."""


class Uses:
    """Reads names without regard to local scopes; only what a star import brings in escapes it."""

    def __init__(self, symbols: Symbols, imports: Imports) -> None:
        self._symbols = symbols
        self._imports = imports
        self._known: dict[tuple[Module, str], tuple[ImportEdge, ...]] = {}
        self._members: dict[ImportEdge, tuple[Symbol, ...]] = {}
        self._aliases: dict[Module, dict[Location, Alias]] = {}
        self._named: dict[Node, frozenset[str]] = {}

    def of(self, module: Module, name: str | None) -> tuple[ImportEdge, ...]:
        """The imports that the definition of `name` in `module` uses; all of the module's for no name."""
        edges = self._imports.of(module)
        if name is None or name not in self._symbols.namespace(module).names:
            return edges
        key = (module, name)
        if key not in self._known:
            self._known[key] = tuple(_used(edges, module, list(self._definitions(module, name))))
        return self._known[key]

    def members(self, edge: ImportEdge) -> tuple[Symbol, ...]:
        """What the importer takes off a module that it imports whole: of `db`, `db.Base`.

        None where it takes nothing, or uses the module in another way, too.
        """
        if edge not in self._members:
            self._members[edge] = self._read_members(edge)
        return self._members[edge]

    def is_only_annotated(self, edge: ImportEdge) -> bool:
        """Whether the importer names what it imports in signatures and local annotations, and nowhere else.

        FastAPI reads the signatures of endpoints, so that what stands there is used.
        """
        name = self._bound(edge)
        return bool(name) and not edge.lazy and name in _only_annotated(edge.importer.source)

    def is_unused(self, edge: ImportEdge) -> bool:
        """Whether nothing in the importer has the name that it imports; a package may pass it on."""
        name = self._bound(edge)
        return bool(name) and not edge.importer.is_package and name in _unused(edge.importer.source)

    def is_only_default(self, edge: ImportEdge) -> bool:
        """Whether the importer only gives it to fields and columns, as what they have by default."""
        name = self._bound(edge)
        return bool(name) and name in _only_defaults(edge.importer.source)

    def _bound(self, edge: ImportEdge) -> str:
        """The name that an import binds; empty where that is not one name, or is exported as itself."""
        alias = self._alias(edge)
        if alias is None or alias.name in {"*", alias.asname}:
            return ""
        return alias.asname or alias.name.partition(".")[0]

    def _alias(self, edge: ImportEdge) -> Alias | None:
        module = edge.importer
        if module not in self._aliases:
            self._aliases[module] = {module.location(one): one for one in module.source.nodes.of(Alias)}
        return self._aliases[module].get(edge.location)

    def _read_members(self, edge: ImportEdge) -> tuple[Symbol, ...]:
        module = edge.importer
        alias = self._alias(edge)
        if alias is None:
            return ()
        taken = _taken_off(module.source, alias.asname or alias.name)
        return tuple(self._symbols.resolve(module, name) for name in taken)

    def _definitions(self, module: Module, name: str) -> Iterator[Node]:
        """What binds `name`, and all that binds the names in it, as far as the module itself does."""
        names = self._symbols.namespace(module).names
        seen = {name}
        pending = [name]
        while pending:
            match names.get(pending.pop()):
                case Imported(node=alias):
                    yield alias
                case Defined(node=node) | Assigned(node=node):
                    yield node
                    if node not in self._named:
                        self._named[node] = self._run_names(module, node) & names.keys()
                    used = self._named[node] - seen
                    seen |= used
                    pending.extend(sorted(used))

    def _run_names(self, module: Module, node: Node) -> frozenset[str]:
        """The names of the module that running a definition may read."""
        source = module.source
        match node:
            case FunctionDef():
                return _named_in_function(source, node)
            case ClassDef():
                with unnoticed():
                    number = source.nodes.of(ClassDef).index(node)
                return _named_in_class(source, str(number))[1]
        return frozenset(inner.id for inner in all_nodes(node) if isinstance(inner, Name))


@function_summary
def _named_in_function(source: PythonSource, function: FunctionDef) -> frozenset[str]:
    return _of_module(source, _run_nodes(function))


@summary
def _named_in_class(source: PythonSource, number: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The names in a class, beside what all classes are called."""
    classes = source.nodes.of(ClassDef)
    names = _of_module(source, _run_nodes(classes[int(number)]))
    return tuple(one.name for one in classes), names


def _of_module(source: PythonSource, nodes: Iterable[Node]) -> frozenset[str]:
    """Of the names among nodes, those that the module itself binds."""
    names = module_namespace(source).names
    return frozenset(node.id for node in nodes if type(node) is Name and node.id in names)


@summary
def _only_annotated(source: PythonSource) -> frozenset[str]:
    """The imported names of a file that some annotation uses, and nothing that runs."""
    aliases = (alias for one in source.imports for alias in one.statement.names)
    imported = {alias.asname or alias.name.partition(".")[0] for alias in aliases}
    every = Counter(node.id for node in source.nodes.of(Name))
    quiet = list(_quiet_annotations(source))
    annotated = Counter(n.id for one in quiet for n in all_nodes(one) if isinstance(n, Name))
    texts = (n.value for one in quiet for n in all_nodes(one) if isinstance(n, Constant))
    words = {word for text in texts if isinstance(text, str) for word in re.findall(r"\w+", text)}
    listed = (n.value for n in source.nodes.of(Constant) if isinstance(n.value, str))
    exported = frozenset(text for text in listed if text.isidentifier()) - words
    run = frozenset(name for name, count in every.items() if count > annotated[name])
    return frozenset(imported & (annotated.keys() | words) - run - exported)


@summary
def _only_defaults(source: PythonSource) -> frozenset[str]:
    """The names of a file that stand in defaults of fields and columns, and nowhere else."""
    given = [one.value for one in source.nodes.of(Keyword) if one.name in _DEFAULTS]
    for mapping in source.nodes.of(Dict):
        keys = ((key.value if isinstance(key, Constant) else None, value) for key, value in mapping.items)
        given += [value for key, value in keys if key in _DEFAULTS]
    every = Counter(node.id for node in source.nodes.of(Name))
    in_defaults = Counter(n.id for one in given for n in all_nodes(one) if isinstance(n, Name))
    return frozenset(name for name, count in in_defaults.items() if count == every[name])


@summary
def _unused(source: PythonSource) -> frozenset[str]:
    """The names that a file imports and has nowhere else; `import a.b` is for what running `a.b` does."""
    aliases = [alias for one in source.imports for alias in one.statement.names]
    imported = {alias.asname or alias.name for alias in aliases}
    used = {node.id for node in source.nodes.of(Name)}
    texts = (node.value for node in source.nodes.of(Constant) if isinstance(node.value, str))
    return frozenset(imported - used - {word for text in texts for word in re.findall(r"\w+", text)})


def _quiet_annotations(source: PythonSource) -> Iterator[Expression]:
    """The annotations of functions that are no endpoints, of injected parameters, and of local variables."""
    for function in source.nodes.of(FunctionDef):
        is_endpoint = any(_registers(decorator) for decorator in function.decorators)
        for parameter in function.parameters:
            if parameter.annotation is not None and (not is_endpoint or _is_injected(parameter)):
                yield parameter.annotation
        if function.returns is not None and not is_endpoint:
            yield function.returns
        for statement in statements(function.body):
            if isinstance(statement, Assign) and statement.annotation is not None:
                yield statement.annotation


def _registers(decorator: Expression) -> bool:
    name = dotted(decorator.func if isinstance(decorator, Call) else decorator) or ""
    return name.rpartition(".")[2] in _REGISTERING


def _is_injected(parameter: Parameter) -> bool:
    """Whether a function gives it, named in the default or beside the type in `Annotated`."""
    match parameter.annotation:
        case Subscript(index=Sequence(items=(_, *beside))):
            given = [parameter.default, *beside]
        case _:
            given = [parameter.default]
    return any(_injects(one) for one in given if isinstance(one, Call))


def _injects(call: Call) -> bool:
    """Whether it names the function; without one, the parameter's own type is called."""
    return bool(call.args) and (dotted(call.func) or "").rpartition(".")[2] in {"Depends", "Security"}


def _run_nodes(node: Node) -> Iterator[Node]:
    """The nodes of a definition without the annotations of signatures and local variables."""
    nodes = list(all_nodes(node))
    functions = [inner for inner in nodes if type(inner) is FunctionDef]
    quiet = {
        id(inner)
        for function in functions
        for annotation in (*(p.annotation for p in function.parameters), function.returns)
        if annotation is not None
        for inner in all_nodes(annotation)
    }
    yield from (inner for inner in nodes if id(inner) not in quiet)


@summary
def _taken_off(source: PythonSource, bound: str) -> tuple[str, ...]:
    """The dotted names that a file takes off what it imports as `bound`; none if it uses that otherwise."""
    by_owner, counts = _names_by_owner(source)
    taken = tuple(by_owner.get(bound, ()))
    return taken if counts[bound] == len(taken) else ()


@summary
def _names_by_owner(source: PythonSource) -> tuple[dict[str, list[str]], Counter[str]]:
    """The dotted names of a file by what stands before their last dot, and how often each name is there."""
    nodes = source.nodes
    names = [name for node in nodes.of(Attribute) if (name := dotted(node))]
    by_owner: dict[str, list[str]] = {}
    for name in names:
        by_owner.setdefault(name.rpartition(".")[0], []).append(name)
    return by_owner, Counter([*(node.id for node in nodes.of(Name)), *names])


def _used(edges: Iterable[ImportEdge], module: Module, nodes: Iterable[Node]) -> Iterator[ImportEdge]:
    """The imports that stand within definitions, or are one of the other nodes."""
    spans: list[tuple[int, int]] = []
    places: set[Location] = set()
    for node in nodes:
        if isinstance(node, FunctionDef | ClassDef):
            spans.append((node.start, node.end))
        else:
            places.add(module.location(node))
    for edge in edges:
        if edge.location in places or any(start <= edge.statement < end for start, end in spans):
            yield edge

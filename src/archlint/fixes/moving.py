"""Moves code into a layer, in memory alone: a stand-in for what a person would move, name and tidy up."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias, TypeVar

from archlint.facts.syntax import Assign, ClassDef, FunctionDef, Import, ImportFrom, Name, Node
from archlint.facts.traversal import all_nodes, docstring
from archlint.findings import Finding, Location
from archlint.fixes.edits import Append, Edit, Replace, Span
from archlint.fixes.texts import TextFile
from archlint.paths import is_inside, join
from archlint.service.api.routes import RouteTable
from archlint.service.interpreter.calls import is_generator
from archlint.service.layers.names import LAYERS
from archlint.service.model import Service
from archlint.service.semantics.modules import Module

MovedDefinition: TypeAlias = FunctionDef | ClassDef | Assign
Edits: TypeAlias = tuple[tuple[str, Edit], ...]
_D = TypeVar("_D", FunctionDef, ClassDef)


def with_body_in(service: Service, finding: Finding, layer: str) -> Edits:
    """The body of the finding's function in a function of the layer.

    A handler calls `crud` through a service. Nothing for a generator, and for a body whose lines cannot be
    told from others.
    """
    found = _definition_at(service, finding, FunctionDef)
    return _with_body_in(service, *found, layer) if found is not None else ()


def with_class_in(service: Service, finding: Finding, layer: str) -> Edits:
    """The finding's class in a module of the layer, imported to where it was."""
    found = _definition_at(service, finding, ClassDef)
    if found is None:
        return ()
    module, cls = found
    text = TextFile.of(service.repository, module.path)
    return _moved(service, text, module, cls, _home(service, module, layer)) if text is not None else ()


def with_import_in(service: Service, finding: Finding, layer: str) -> Edits:
    """The import that the finding is about, gone to a module of the layer with the bodies that use it."""
    module = service.modules.by_path.get(finding.location.file)
    text = TextFile.of(service.repository, finding.location.file)
    if module is None or text is None:
        return ()
    statements = [one.statement for one in module.source.imports]
    found = next((one for one in statements if _holds(module.location(one), finding.location)), None)
    if found is None:
        return ()
    names = frozenset(alias.asname or alias.name for alias in found.names)
    first, last = module.location(found).line, module.location(found).end_line
    edits = [_replaced(text, first, last, "", "")]
    for one in module.source.body:
        if isinstance(one, FunctionDef) and names & _names(one):
            edits += _with_body_in(service, module, one, layer)
    return tuple(edits) if len(edits) > 1 else ()


def _definition_at(service: Service, finding: Finding, kind: type[_D]) -> tuple[Module, _D] | None:
    """The outermost definition of the kind that the finding's place is in, and its module."""
    module = service.modules.by_path.get(finding.location.file)
    offset = module.source.offset(finding.location) if module is not None else None
    if module is None or offset is None:
        return None
    around = (one for one in module.source.definitions.at(offset) if isinstance(one, kind))
    return next(((module, one) for one in around), None)


def _with_body_in(service: Service, module: Module, function: FunctionDef, layer: str) -> Edits:
    text = TextFile.of(service.repository, module.path)
    body = [*function.body[1:]] if docstring(function.body) is not None else [*function.body]
    if text is None or not body or is_generator(function):
        return ()
    start, end = module.location(body[0]), module.location(body[-1])
    indent, rest = text.line(start.line)[: start.column - 1], text.line(end.end_line)[end.end_column - 1 :]
    if indent.strip() or (rest.strip() and not rest.lstrip().startswith("#")):
        return ()
    lines = [text.line(number) for number in range(start.line, end.end_line + 1)]
    if any(line.strip() and not line.startswith(indent) for line in lines):
        return ()
    through = ("services",) if layer == "crud" and _is_handler(service, function) else ()
    homes = [_home(service, module, each) for each in (*through, layer)]
    moved = "".join(f"    {line.removeprefix(indent)}\n" if line.strip() else "\n" for line in lines)
    bodies = [*(_call(function, name) for _, name in homes[1:]), moved]
    edits: list[tuple[str, Edit]] = [
        _replaced(text, start.line, end.end_line, indent, _call(function, homes[0][1]))
    ]
    for one in _along(service, module, *body):
        if isinstance(one, Assign):
            first, last = _span(module, one)
            lines = [text.line(number) for number in range(first, last + 1)]
            edits.append((homes[-1][0], Append(_imports(module, _names(one)) + "\n".join(lines) + "\n")))
        else:
            edits += _moved(service, text, module, one, homes[-1])
    for (path, _), inner in zip(homes, bodies, strict=True):
        used = _names_of_signature(function).union(*(map(_names, body) if inner is moved else ()))
        edits.append((path, Append(_imports(module, used))))
        edits.append((path, Append(f"\n\n{_header(text, module, function)}\n{inner}")))
    return tuple(edits)


def _is_handler(service: Service, function: FunctionDef) -> bool:
    """Whether it serves an endpoint."""
    return function in _handlers(service.routes)


@lru_cache(maxsize=1)
def _handlers(routes: RouteTable) -> frozenset[FunctionDef]:
    return frozenset(one.handler.definition for one in routes.endpoints)


def _holds(outer: Location, inner: Location) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return outer.file == inner.file and start <= (inner.line, inner.column) <= end


def _moved(
    service: Service,
    text: TextFile,
    module: Module,
    definition: FunctionDef | ClassDef,
    home: tuple[str, str],
) -> Edits:
    """A definition of the module in its new home, with what it uses there, imported to where it was."""
    path, name = home
    edits: list[tuple[str, Edit]] = []
    for one in [*_along(service, module, definition), definition]:
        first, last = _span(module, one)
        edits.append((path, Append(_imports(module, _names(one)))))
        edits.append((path, Append("\n\n" + "".join(f"{text.line(n)}\n" for n in range(first, last + 1)))))
        if isinstance(one, FunctionDef | ClassDef):
            edits.append(_replaced(text, first, last, "", f"from {name} import {one.name}\n"))
    return tuple(edits)


def _along(service: Service, module: Module, *nodes: Node) -> list[MovedDefinition]:
    """What the module defines that the nodes use, and what that uses, as the module has it; no handlers."""
    defined: dict[str, MovedDefinition] = {}
    for one in module.source.body:
        if isinstance(one, FunctionDef | ClassDef):
            defined[one.name] = one
        elif isinstance(one, Assign):
            defined.update({target.id: one for target in one.targets if isinstance(target, Name)})
    found: dict[str, MovedDefinition] = {}
    pending = [name for node in nodes for name in _names(node)]
    while pending:
        name = pending.pop()
        used = defined.get(name)
        if used is not None and used not in nodes and name not in found and not _is_kept(service, used):
            found[name] = used
            pending += _names(used)
    return sorted(dict.fromkeys(found.values()), key=lambda one: one.start)


def _is_kept(service: Service, one: MovedDefinition) -> bool:
    return isinstance(one, FunctionDef) and _is_handler(service, one)


def _span(module: Module, one: MovedDefinition) -> tuple[int, int]:
    """Its first and its last line, decorators included."""
    decorators = one.decorators if isinstance(one, FunctionDef | ClassDef) else ()
    first = min((module.location(each).line for each in decorators), default=module.location(one).line)
    return first, module.location(one).end_line


def _replaced(text: TextFile, first: int, last: int, indent: str, by: str) -> tuple[str, Edit]:
    """Whole lines, from the first to the last, replaced by others."""
    before = "".join(text.lines[first - 1 : last])
    after = "".join(f"{indent}{line.strip()}{text.end}" for line in by.splitlines())
    return text.path, Replace(Span(first, 0, last + 1, 0), before, after)


def _home(service: Service, module: Module, layer: str) -> tuple[str, str]:
    """The path and the name of the module that what is moved goes to, in the layer's directory."""
    own = module.name.replace(".", "_")
    for folder in service.layers.directories(layer):
        return f"{folder}/{own}.py", f"{_package(service, folder)}.{own}"
    beside = [folder for name in LAYERS for folder in service.layers.directories(name)]
    above = min(map(posixpath.dirname, beside), key=len) if beside else _top(module)
    package = _package(service, above)
    return join(above, f"{layer}/{own}.py"), ".".join(filter(None, (package, layer, own)))


def _package(service: Service, folder: str) -> str:
    """The dotted name of a folder, as the names of the modules in it have it."""
    for module in service.modules.runtime:
        if is_inside(module.path, folder or "."):
            deeper = posixpath.relpath(module.path, folder or ".").count("/") + (not module.is_package)
            parts = module.name.split(".")
            return ".".join(parts[: len(parts) - deeper])
    return posixpath.basename(folder)


def _top(module: Module) -> str:
    """The folder of the outermost package that the module is in, or its own."""
    folder = posixpath.dirname(module.path)
    for _ in range(module.package.count(".")):
        folder = posixpath.dirname(folder)
    return folder


def _call(function: FunctionDef, name: str) -> str:
    """The body of a function that leaves its work to its namesake in another module."""
    passed = ", ".join(_passed(function))
    waits = "await " if function.is_async else ""
    return f"    from {name} import {function.name}\n    return {waits}{function.name}({passed})\n"


def _passed(function: FunctionDef) -> Iterator[str]:
    for one in function.parameters:
        match one.kind:
            case "*" | "**":
                yield f"{one.kind}{one.name}"
            case "keyword":
                yield f"{one.name}={one.name}"
            case _:
                yield one.name


def _header(text: TextFile, module: Module, function: FunctionDef) -> str:
    """The `def` with parameters that have their annotations, but no defaults."""
    parameters = []
    for one in function.parameters:
        name = f"{one.kind}{one.name}" if one.kind in {"*", "**"} else one.name
        place = module.location(one.annotation) if one.annotation is not None else None
        on_line = place is not None and place.line == place.end_line
        words = text.after(place)[: place.end_column - place.column] if place and on_line else ""
        parameters.append(f"{name}: {words}" if words else name)
    waits = "async " if function.is_async else ""
    return f"{waits}def {function.name}({', '.join(parameters)}):"


def _names(node: Node) -> frozenset[str]:
    return frozenset(one.id for one in all_nodes(node) if isinstance(one, Name))


def _names_of_signature(function: FunctionDef) -> frozenset[str]:
    annotations = (one.annotation for one in function.parameters if one.annotation is not None)
    return frozenset(name for one in annotations for name in _names(one))


def _imports(module: Module, used: Iterable[str]) -> str:
    """What the module imports or defines of these names, as another module imports it."""
    names = frozenset(used)
    lines: dict[str, None] = {}
    for statement in module.source.imports:
        for line in _lines(module, statement.statement, names):
            lines[line] = None
    return "".join(f"{line}\n" for line in lines)


def _lines(module: Module, statement: Import | ImportFrom, names: frozenset[str]) -> Iterator[str]:
    for alias in statement.names:
        bound = alias.asname or (
            alias.name if isinstance(statement, ImportFrom) else alias.name.partition(".")[0]
        )
        if bound in names:
            renamed = f" as {alias.asname}" if alias.asname else ""
            if isinstance(statement, Import):
                yield f"import {alias.name}{renamed}"
            else:
                yield f"from {_absolute(module, statement)} import {alias.name}{renamed}"


def _absolute(module: Module, statement: ImportFrom) -> str:
    if not statement.level:
        return statement.module
    parts = module.package.split(".")
    base = parts[: len(parts) - statement.level + 1]
    return ".".join(filter(None, (*base, statement.module)))

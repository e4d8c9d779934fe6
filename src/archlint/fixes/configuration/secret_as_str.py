"""BA0709: `SecretStr` for a setting, and `.get_secret_value()` where the code uses it."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Assign, Attribute, Call, Constant, Expression, Name
from archlint.facts.traversal import all_nodes, dotted
from archlint.findings import Finding
from archlint.fixes.edits import Edit, Instead, Plan, span_of
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.values import InstanceType
from archlint.service.configuration.settings import Setting, SettingsClass
from archlint.service.model import Service
from archlint.service.semantics.modules import Module

WHY = "what reads the setting in a way that archlint does not see, as a template does, gets stars"

TRIED = "`SecretStr` for each, and `.get_secret_value()` where it is read"


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where each attribute of that name is known to be this setting, and nothing reads it by its name."""
    found = _setting(service, finding)
    if found is None or _is_named(service, found[1]):
        return None
    declared = list(_declaration(service, found[1]))
    uses = list(_uses(service, *found))
    if not declared or None in declared or None in uses:
        return None
    return Plan(tuple(one for one in (*declared, *uses) if one is not None), WHY)


def trial(service: Service, finding: Finding) -> Plan | None:
    """Its declaration and the uses that are seen; what else reads it has to be found by its author."""
    found = _setting(service, finding)
    declared = list(_declaration(service, found[1])) if found is not None else []
    if found is None or not declared or declared[0] is None:
        return None
    edits = [one for one in (*declared, *_uses(service, *found)) if one is not None]
    return Plan(tuple(edits), TRIED)


def _setting(service: Service, finding: Finding) -> tuple[SettingsClass, Setting] | None:
    owned = ((one, field) for one in service.settings.classes for field in one.top_fields)
    return next(((one, field) for one, field in owned if field.location == finding.location), None)


def _declaration(service: Service, field: Setting) -> Iterator[tuple[str, Edit] | None]:
    """`str` in the annotation, and a default that is a text."""
    module = field.module
    node = next(one for one in module.source.nodes.of(Assign) if module.location(one) == field.location)
    names = [one for one in all_nodes(node.annotation) if isinstance(one, Name)] if node.annotation else []
    texts = [one for one in names if service.symbols.resolve(module, one).qualified == "builtins.str"]
    if len(texts) != 1:
        yield None
        return
    yield _instead(service, module, texts[0], "SecretStr", imported=True)
    match node.value:
        case None | Constant(value=None):
            return
        case Constant(value=str()):
            yield _instead(service, module, node.value, f"SecretStr({_text(service, module, node.value)})")
        case _:
            yield None


def _uses(service: Service, owner: SettingsClass, field: Setting) -> Iterator[tuple[str, Edit] | None]:
    """Each read of the attribute; None for one that may be another's, or that is set."""
    for module in service.modules:
        nodes = [one for one in module.source.nodes.of(Attribute) if one.attr == field.name]
        targets = {t for one in module.source.nodes.of(Assign) for t in one.targets} if nodes else set()
        for node in nodes:
            owners = _owners(service, module, node)
            if owners and owner.node not in owners:
                continue
            after = f"{_text(service, module, node)}.get_secret_value()"
            yield _instead(service, module, node, after) if owners and node not in targets else None


def _owners(service: Service, module: Module, node: Attribute) -> set[object]:
    """The definitions of the classes, with those that they derive from, of which the object may be one."""
    around = module.source.definitions.functions_around(node)
    program = service.calls.program
    function: Function | None = program.functions.get(around[-1]) if around else program.modules.get(module)
    values = service.calls.inference.values(node.value, function) if function is not None else ()
    classes = [value.cls for value in values if isinstance(value, InstanceType)]
    if len(classes) < len(values):
        return set()
    return {one.node for cls in classes for one in (cls, *cls.lineage) if isinstance(one, Class)}


def _is_named(service: Service, field: Setting) -> bool:
    """Whether the setting may be read by its name, as in `getattr(settings, "key")` or `values["key"]`."""
    own = (one.value == field.name for one in field.module.source.nodes.of(Constant))
    calls = (call for module in service.modules for call in module.source.nodes.of(Call))
    asked = (call.args for call in calls if dotted(call.func) in {"getattr", "setattr", "hasattr"})
    return any(own) or any(_is_text(argument, field.name) for args in asked for argument in args)


def _is_text(argument: Expression, name: str) -> bool:
    return isinstance(argument, Constant) and argument.value == name


def _instead(
    service: Service, module: Module, node: Expression, after: str, *, imported: bool = False
) -> tuple[str, Edit]:
    package, name = ("pydantic", "SecretStr") if imported else ("", "")
    before = _text(service, module, node)
    return module.path, Instead(span_of(module.location(node)), before, after, package, name)


def _text(service: Service, module: Module, node: Expression) -> str:
    """The expression as it is written."""
    text = service.repository.read_bytes(module.path).decode("utf-8-sig", errors="replace")
    return text[node.start : node.end]

"""Applications that a file makes and nobody uses: left over from a trial, they serve nothing."""

from __future__ import annotations

from collections import Counter

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Assign, Attribute, Call, Import, Name
from archlint.facts.traversal import dotted
from archlint.readings import summary
from archlint.service.api.applications import Creation, creations
from archlint.service.semantics.modules import Module, Modules


def without_idle(modules: Modules, found: list[tuple[Module, Creation]]) -> list[tuple[Module, Creation]]:
    """The creations without the idle ones; all of them where there is no other."""
    if len(found) < 2:
        return found
    used = [(module, made) for module, made in found if not _is_idle(modules, module, made)]
    return used or found


def _is_idle(modules: Modules, module: Module, made: Creation) -> bool:
    """Whether the application is bound to a name that neither its module reads nor another one takes."""
    name = dict(_unread(module.source)).get(made.node.start)
    return name is not None and not any(_takes(modules, other, module, name) for other in modules)


def _takes(modules: Modules, importer: Module, module: Module, name: str) -> bool:
    """Whether the importer has the module's global `name`, by its name or as an attribute of the module."""
    for statement in (one.statement for one in importer.source.imports):
        for alias in statement.names:
            if isinstance(statement, Import):
                home, local = modules.find(alias.name, importer), alias.asname or alias.name
            elif alias.name in {name, "*"}:
                home, local = modules.find_relative(statement.level, statement.module, importer), ""
            else:
                dotted_name = f"{statement.module}.{alias.name}" if statement.module else alias.name
                home, local = (
                    modules.find_relative(statement.level, dotted_name, importer),
                    alias.asname or alias.name,
                )
            if home is module and (not local or _reads(importer.source, local, name)):
                return True
    return False


@summary
def _reads(source: PythonSource, of: str, name: str) -> bool:
    return any(node.attr == name and dotted(node.value) == of for node in source.nodes.of(Attribute))


@summary
def _unread(source: PythonSource) -> tuple[tuple[int, str], ...]:
    """Where the file makes an application as a global, and its name, of those that nothing in it reads."""
    made = {creation.node.start for creation in creations(source) if isinstance(creation.node, Call)}
    bound = Counter(
        n.id for s in source.body if isinstance(s, Assign) for n in s.targets if isinstance(n, Name)
    )
    named = Counter(node.id for node in source.nodes.of(Name))
    return tuple(
        (statement.value.start, target.id)
        for statement in source.body
        if isinstance(statement, Assign) and statement.value is not None and statement.value.start in made
        for target in statement.targets[:1]
        if isinstance(target, Name) and len(statement.targets) == 1 and named[target.id] <= bound[target.id]
    )

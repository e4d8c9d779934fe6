"""The call that a finding is about, as its fix needs it."""

from __future__ import annotations

from msgspec import Struct

from archlint.facts.syntax import Call, Expression, FunctionDef, Starred
from archlint.findings import Finding
from archlint.fixes.edits import Span, span_of
from archlint.service.model import Service
from archlint.service.semantics.modules import Module


class FoundCall(Struct, frozen=True):
    """A call in `module` that is at `span` and calls `name`, by its qualified name."""

    module: Module
    node: Call
    span: Span
    name: str

    def binds(self, service: Service, name: str) -> bool:
        """Whether `name` would not mean the module of that name here, for something else is called so."""
        symbol = service.symbols.resolve(self.module, name, self.scope)
        return symbol.defined and symbol.qualified != name

    @property
    def scope(self) -> tuple[FunctionDef, ...]:
        """The functions around the call, outermost first."""
        return self.module.source.definitions.functions_around(self.node)

    @property
    def keywords(self) -> frozenset[str]:
        """The names of its keyword arguments; `**` stands for what cannot be told, `*args` included."""
        names = {keyword.name or "**" for keyword in self.node.keywords}
        return frozenset(names | {"**" for argument in self.node.args if isinstance(argument, Starred)})


def called_at(service: Service, finding: Finding) -> FoundCall | None:
    """The call that stands exactly where the finding is."""
    module = service.modules.by_path.get(finding.location.file)
    for node in module.source.nodes.of(Call) if module else ():
        if module and module.location(node) == finding.location:
            func: Expression = node.func
            found = FoundCall(module, node, span_of(finding.location), "")
            name = service.symbols.resolve(module, func, found.scope).qualified
            return FoundCall(module, node, found.span, name)
    return None

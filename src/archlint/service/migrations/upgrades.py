"""What applies the migrations: `alembic upgrade` in a command, in Python, or in a manifest."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from archlint.facts.syntax import Attribute, Call, Constant, Name
from archlint.facts.traversal import all_nodes, dotted
from archlint.service.deployment.command import Command
from archlint.service.deployment.commands import Commands
from archlint.service.deployment.dockerfiles import Deployment
from archlint.service.semantics.modules import Module, Modules, Role
from archlint.service.semantics.symbols import Symbols

_MANIFEST = re.compile(r".*\.(ya?ml|toml|json|tf|hcl|nix|cfg|conf|ini|service|tpl|j2|mk)|procfile|[^.]*")
_IN_MANIFEST = re.compile(
    r"alembic\b[^\n]{0,120}\bupgrade\b|alembic[\"',\s\]\[-]+(.{0,60}\n\s*-\s*)?[\"']?upgrade"
)
_MAX_SIZE = 300_000


def is_upgrade(command: Command) -> bool:
    """Whether a command is `alembic upgrade`, with whatever options before the verb."""
    words = command.words[2:] if command.words[1:2] == ("-m",) else command.words
    return bool(words) and posixpath.basename(words[0]) == "alembic" and "upgrade" in words[1:]


class Upgrades(Struct, eq=False, frozen=True, dict=True):
    """Where the migrations of a service are applied."""

    commands: Commands
    deployment: Deployment
    modules: Modules
    symbols: Symbols

    @cached_property
    def run(self) -> tuple[Command, ...]:
        """The commands, one of each place."""
        return tuple(self.commands.where(is_upgrade))

    @cached_property
    def in_code(self) -> tuple[tuple[Module, Call], ...]:
        """The calls of `alembic.command.upgrade`, wherever but in tests."""
        return tuple(self._calls())

    @property
    def anywhere(self) -> bool:
        """Whether anything at all seems to apply the migrations."""
        return bool(self.run or self.in_code) or any(self._started()) or any(self._manifests())

    @property
    def _code(self) -> Iterator[Module]:
        """The modules but the tests: what those migrate is thrown away."""
        return (module for module in self.modules if module.role is not Role.TEST)

    def _calls(self) -> Iterator[tuple[Module, Call]]:
        for module in self._code:
            for node in self._nodes(module, b"alembic"):
                if isinstance(node, Call) and isinstance(node.func, Attribute | Name):
                    name = node.func.attr if isinstance(node.func, Attribute) else node.func.id
                    if name == "upgrade" and self._is_alembics(module, node):
                        yield module, node

    def _is_alembics(self, module: Module, call: Call) -> bool:
        """Whether a call is of alembic's `upgrade`, or of that of something imported in the function."""
        symbol = self.symbols.resolve(module, call.func)
        if symbol.module is None and symbol.qualified.startswith(("alembic.", "flask_migrate.")):
            return True
        owner = dotted(call.func.value) if isinstance(call.func, Attribute) else None
        return owner is not None and re.search(r"(command|alembic)$", owner) is not None

    def _started(self) -> Iterator[bool]:
        """Python that starts alembic as a program: its words, or one string with them."""
        for module in self._code:
            for node in self._nodes(module, b"upgrade"):
                if isinstance(node, Call):
                    texts = {n.value for n in all_nodes(node) if isinstance(n, Constant)}
                    yield {"alembic", "upgrade"} <= texts
                elif isinstance(node, Constant) and isinstance(node.value, str):
                    yield re.search(r"\balembic\b.*\bupgrade\b", node.value) is not None

    def _nodes(self, module: Module, word: bytes) -> Iterator[object]:
        if word in self.deployment.data(module.path):
            for statement in module.source.body:
                yield from all_nodes(statement)

    def _manifests(self) -> Iterator[bool]:
        """Helm charts, Kubernetes, Terraform, pipelines and the like, read as plain text."""
        for file in self.deployment.repository.files:
            name = posixpath.basename(file).lower()
            if _MANIFEST.fullmatch(name) and "node_modules" not in file:
                data = self.deployment.data(file)
                if b"alembic" in data and b"upgrade" in data and len(data) < _MAX_SIZE:
                    yield _IN_MANIFEST.search(data.decode(errors="replace")) is not None

"""What applies the migrations: `alembic upgrade` in a command, in Python, or in a manifest."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from archlint import documents
from archlint.facts.syntax import Attribute, Call, Constant, FunctionDef
from archlint.facts.traversal import all_nodes, dotted
from archlint.readings import summary
from archlint.service.deployment.ci import TRIAL
from archlint.service.deployment.command import Command, CommandContext
from archlint.service.semantics.modules import Module, Modules, Role
from archlint.service.semantics.scopes import last_name

if TYPE_CHECKING:
    from archlint.facts.source import PythonSource
    from archlint.service.deployment.commands import Commands
    from archlint.service.deployment.dockerfiles import Deployment
    from archlint.service.semantics.symbols import Symbols

_MANIFEST = re.compile(
    r".*\.(ya?ml|toml|json|tf|hcl|nix|cfg|conf|ini|service|tpl|j2|mk|exp|fish|ps1|bat|cmd|rb|groovy)"
    r"|procfile|[^.]*"
)
_ALEMBIC = re.compile(rb"alembic")
_IN_MANIFEST = re.compile(
    r"alembic\b[^\n]{0,120}\bupgrade\b|alembic[\"',\s\]\[-]+(.{0,60}\n\s*-\s*)?[\"']?upgrade"
)
_TRIAL_PATH = re.compile(r"(?i)(^|[-_./])(tests?|testing|e2e|ci|eval\w*|bench\w*|backups?)([-_./]|$)")
_ASIDE = re.compile(r"(^|/)(node_modules|\.github)/")
"""Where nothing is run from: what `.github` has below the repository's top, GitHub does not read."""
_MAX_SIZE = 300_000


def _is_trial(command: Command) -> bool:
    """Whether what the command changes is thrown away, by its job, its file's name or its target's."""
    if command.is_trial:
        return True
    told_by_path = _TRIAL_PATH.search(command.location.file) is not None
    if command.context is CommandContext.CI:
        return told_by_path and command.location.file.endswith(".sh")  # not `.gitlab-ci.yml` itself
    return told_by_path or TRIAL.search(command.place) is not None


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
        """The commands of deploys, one of each place; what tests and backups do does not last."""
        return tuple(self.commands.where(lambda command: is_upgrade(command) and not _is_trial(command)))

    @cached_property
    def in_code(self) -> tuple[tuple[Module, Call], ...]:
        """The calls of `alembic.command.upgrade`, wherever but in tests."""
        return tuple(self._calls())

    @property
    def anywhere(self) -> bool:
        """Whether anything at all seems to apply the migrations."""
        return (
            bool(self.run or self.in_code)
            or any(_starts_alembic(module.source) for module in self._code)
            or any(self._manifests())
        )

    @property
    def _code(self) -> Iterator[Module]:
        """The modules but the tests: what those migrate is thrown away."""
        return (m for m in self.modules if m.role is not Role.TEST and not _TRIAL_PATH.search(m.path))

    def _calls(self) -> Iterator[tuple[Module, Call]]:
        for module in self._code:
            named = _upgrading(module.source)
            if named and documents.finds(self.deployment.repository, module.path, _ALEMBIC):
                for call in named:
                    if self._is_alembics(module, call) and self._is_called(module, call):
                        yield module, call

    def _is_called(self, module: Module, call: Call) -> bool:
        """Whether something names the function around a call, which is else code that nobody runs."""
        around = [f for f in module.source.nodes.of(FunctionDef) if f.start <= call.start < f.end]
        outer = min(around, key=lambda function: function.start, default=None)
        if outer is None or outer.decorators or outer.name.startswith("__"):
            return True
        name = re.compile(rf"(?<!def )\b{re.escape(outer.name)}\b".encode())
        files = (
            f for f in self.deployment.near if f.endswith((".py", ".sh", ".toml", ".cfg", ".yml", ".yaml"))
        )
        return any(documents.finds(self.deployment.repository, file, name) for file in (*files, module.path))

    def _is_alembics(self, module: Module, call: Call) -> bool:
        """Whether a call is of alembic's `upgrade`, or of that of something imported in the function."""
        symbol = self.symbols.resolve(module, call.func)
        if symbol.module is None and symbol.qualified.startswith(("alembic.", "flask_migrate.")):
            return True
        owner = dotted(call.func.value) if isinstance(call.func, Attribute) else None
        return owner is not None and re.search(r"(command|alembic)$", owner) is not None

    def _manifests(self) -> Iterator[bool]:
        """Helm charts, Kubernetes, Terraform, pipelines, scripts for Expect and the like, as plain text."""
        for file in self.deployment.repository.files:
            name = posixpath.basename(file).lower()
            is_aside = file.startswith(".git") or _ASIDE.search(file) or _TRIAL_PATH.search(file)
            if _MANIFEST.fullmatch(name) and not is_aside:
                yield _upgrades(self.deployment.repository, file)


@documents.view
def _upgrades(path: str, data: bytes) -> bool:
    """Whether a manifest runs `alembic upgrade`."""
    if b"alembic" not in data or b"upgrade" not in data or len(data) >= _MAX_SIZE:
        return False
    return _IN_MANIFEST.search(data.decode(errors="replace")) is not None


@summary
def _upgrading(source: PythonSource) -> tuple[Call, ...]:
    """The calls of what is called `upgrade`."""
    return tuple(one for one in source.nodes.of(Call) if last_name(one.func) == "upgrade")


@summary
def _starts_alembic(source: PythonSource) -> bool:
    """Whether Python starts alembic as a program: by its words, or one string with them."""
    values = (constant.value for constant in source.nodes.of(Constant))
    texts = [value for value in values if isinstance(value, str) and "upgrade" in value]
    if any(re.search(r"\balembic\b.*\bupgrade\b", text) for text in texts):
        return True
    words = (
        {node.value for node in all_nodes(call) if isinstance(node, Constant)}
        for call in (source.nodes.of(Call) if "upgrade" in texts else ())
    )
    return any({"alembic", "upgrade"} <= found for found in words)

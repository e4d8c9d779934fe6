"""Whether a service has anything to do with a server: a name where code names a server or its client.

Letters in a string are no name: a packed file holds any three of them.
"""

from __future__ import annotations

import re

from msgspec import Struct

from archlint import documents
from archlint.facts.source import PythonSource
from archlint.facts.syntax import Alias, Attribute, Constant, ImportFrom, Name
from archlint.service.deployment.dockerfiles import Deployment

_MANIFESTS = (".toml", ".txt", ".in")


class Server(Struct, frozen=True):
    """What a server and its clients go by: `words` are parts of names, in lower case."""

    words: tuple[str, ...]

    @property
    def expression(self) -> str:
        """Finds one of the words at the start of a part of a name."""
        return rf"(?<![a-z0-9])(?:{'|'.join(self.words)})"


POSTGRESQL = Server(
    ("aiopg", "asyncpg", "database_url", "pgvector", "postg", "psycopg", "sqlalchemy", "sqlmodel", "tortoise")
)
REDIS = Server(("aioredis", "arq(?![a-z])", "celery", "dramatiq", "redis", "valkey"))


def has_trace(deployment: Deployment, server: Server) -> bool:
    """Whether an import, a setting or a URL in code, a manifest or example settings name the server."""
    words = [re.split(r"\W", word)[0].encode() for word in server.words]
    in_text = re.compile(rf"(?im)^[^\n#]*?{server.expression}")
    for file in deployment.near:
        is_text = file.endswith(_MANIFESTS) or ".env" in file
        if not is_text and not file.endswith(".py"):
            continue
        data = documents.content(deployment.repository, file).lower()
        if not any(word in data for word in words):
            continue
        module = deployment.modules.by_path.get(file)
        if (
            in_text.search(documents.text(deployment.repository, file))
            if is_text
            else (module is not None and _in_code(module.source, server))
        ):
            return True
    return False


def _in_code(source: PythonSource, server: Server) -> bool:
    part = re.compile(rf"(?i){server.expression}")
    text = re.compile(rf"(?i)(?:\w*_)?{server.expression}\w{{0,40}}(?:[+\w]*://.*)?", re.DOTALL)
    nodes = source.nodes
    names = (
        *(alias.name for alias in nodes.of(Alias)),
        *(one.module for one in nodes.of(ImportFrom)),
        *(one.id for one in nodes.of(Name)),
        *(one.attr for one in nodes.of(Attribute)),
    )
    texts = (one.value for one in nodes.of(Constant))
    return any(map(part.search, names)) or any(isinstance(t, str) and text.fullmatch(t) for t in texts)

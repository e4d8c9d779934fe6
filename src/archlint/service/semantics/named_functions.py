"""Which functions a repository's documents name, so that whoever reads those may call them.

`handler: loans.jobs.remind` (serverless), `loans = "loans.cli:main"`,
`python -c "from loans.seeds import sow"`; of an OpenAPI document `operationId`, by which connexion finds the
handler, alone or in the module that `x-openapi-router-controller` names, and `x-bearerInfoFunc` and the like
(https://connexion.readthedocs.io/en/latest/routing.html and security.html).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from archlint import documents
from archlint.discover import Repository
from archlint.service.semantics.named_files import is_near, speaks

_PROSE = re.compile(r"(?i).*\.(md|rst|txt)")
_API = re.compile(r"(?i).*(openapi|swagger).*\.json")
_PATH = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.\w+)*[.:][A-Za-z_]\w*(?![\w.])")
_IMPORT = re.compile(r"\bfrom +([A-Za-z_][\w.]*) +import +([\w, ]+)")
_OPERATION = re.compile(r"""["']?operationId["']? *: *["']?([A-Za-z_][\w.]*)["']? *,? *$""", re.MULTILINE)
_SECURITY = re.compile(r"""["']?x-[A-Za-z]+Func["']? *: *["']?([A-Za-z_][\w.]*)""")
_CONTROLLER = re.compile(r"""["']?x-(?:openapi|swagger)-router-controller["']? *: *["']?([\w.]+)""")


class DocumentedNames(Struct, frozen=True):
    """`module.function` and `Class.method`, with the last name of the module, of what documents name.

    `operations` are those that requests come to, by OpenAPI documents.
    """

    functions: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()


def functions_named(repository: Repository, root: str) -> DocumentedNames:
    """What the documents below the service at `root`, beside it, or of its pipelines name; no prose."""
    paths = [
        path for path in repository.files if is_near(path, root) and _tells(posixpath.basename(path), path)
    ]
    found = [_named(repository, path) for path in paths]
    operations = frozenset(name for one in found for name in one.operations)
    return DocumentedNames(operations.union(*(one.functions for one in found)), operations)


def _tells(name: str, path: str) -> bool:
    return (speaks(name) and _PROSE.fullmatch(name) is None) or _API.fullmatch(path) is not None


@documents.view
def _named(path: str, data: bytes) -> DocumentedNames:
    text = documents.decoded(data)
    return DocumentedNames(frozenset((*_paths(text), *_imported(text))), frozenset(_operations(text)))


def _paths(text: str) -> Iterator[str]:
    yield from map(_tail, _PATH.findall(text))


def _imported(text: str) -> Iterator[str]:
    for module, names in _IMPORT.findall(text) if " import " in text else ():
        yield from (f"{_last(module)}.{name}" for name in names.replace(",", " ").split())


def _operations(text: str) -> Iterator[str]:
    yield from map(_tail, _SECURITY.findall(text) if "Func" in text else ())
    modules = set(map(_last, _CONTROLLER.findall(text) if "-router-controller" in text else ()))
    for name in set(_OPERATION.findall(text) if "operationId" in text else ()):
        yield from (f"{module}.{name}" for module in modules)
        yield _tail(name)


def _tail(dotted: str) -> str:
    """The last two names of `a.b.c` or `a.b:c`."""
    return ".".join(dotted.replace(":", ".").split(".")[-2:])


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]

"""Which files commands hand to compose, however they are called: Makefiles, scripts, pipelines, documents.

As `docker compose --help` and the page "Environment variables" of its documentation say, `-f` names a file,
several are merged, and `COMPOSE_FILE` does the same for those who give no `-f`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from archlint import documents
from archlint.discover import Repository
from archlint.paths import join

_SPEAKING = re.compile(
    r"(?i)((gnu)?makefile|.*\.mk|\.?justfile|taskfile\.ya?ml|.*\.sh|readme[\w.-]*|contributing[\w.-]*|package\.json"
    r"|pyproject\.toml|jenkinsfile|\.gitlab-ci\.ya?ml|\.env[\w.-]*)|\.github/workflows/[^/]+\.ya?ml"
)
_COMMAND = re.compile(
    r"(?:\bdocker[ -]compose|\bpodman[ -]compose|\bdocker stack deploy)\b(?P<words>[^\n;&|#`]{0,500})"
)
_FILE = re.compile(r"(?:^|\s)(?:-f|--file|-c|--compose-file)[ =]*[\"']?(?P<path>[\w./-]+\.ya?ml)\b")
_VARIABLE = re.compile(r"\bCOMPOSE_FILE\s*[=:]\s*[\"']?(?P<paths>[\w./:;-]+\.ya?ml)\b")


def named_compose(repository: Repository, files: Iterable[str]) -> Iterator[str]:
    """The paths that commands of the repository give to compose, of those that are among `files`."""
    near = tuple(files)
    known = frozenset(near)
    workflows = (file for file in repository.files if file.startswith(".github/workflows/"))
    for file in dict.fromkeys((*near, *workflows)):
        if _SPEAKING.fullmatch(posixpath.basename(file)) or _SPEAKING.fullmatch(file):
            for path in _named(repository, file):
                beside = join(posixpath.dirname(file), path)
                if beside in known:
                    yield beside
                else:
                    fitting = [one for one in near if f"/{one}".endswith(f"/{path.removeprefix('./')}")]
                    yield from fitting if len(fitting) == 1 else ()


@documents.view
def _named(path: str, data: bytes) -> tuple[str, ...]:
    """What commands of a file give to compose, each once."""
    return tuple(dict.fromkeys(_given(documents.decoded(data))))


def _given(text: str) -> Iterator[str]:
    if "compose" not in text.lower() and "stack deploy" not in text:
        return
    for command in _COMMAND.finditer(text.replace("\\\n", " ")):
        yield from (one["path"] for one in _FILE.finditer(command["words"]))
    for variable in _VARIABLE.finditer(text):
        yield from re.split("[:;]", variable["paths"])

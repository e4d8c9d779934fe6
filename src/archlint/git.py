"""Runs git so that nothing of the repository's own configuration starts a program or reaches a network."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

# fmt: off
# Git sets these for hooks, and they would turn every question about this repository into one about the
# repository whose hook runs. GIT_CONFIG_* stay: they are how CI declares a checkout safe.
_HOOK_VARIABLES = frozenset({
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_INDEX_FILE",
    "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
})
# fmt: on

# A partial clone would fetch what it lacks, by whatever program its configuration names.
_OWN = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
_SAFE = ("core.fsmonitor=false", "safe.bareRepository=explicit", "protocol.allow=never")


def command(folder: Path, *arguments: str) -> list[str]:
    """The command that runs git in `folder`."""
    safe = [part for setting in _SAFE for part in ("-c", setting)]
    return ["git", "--no-pager", *safe, "-C", str(folder), *arguments]


def environment() -> dict[str, str]:
    """The variables that git gets."""
    return {name: value for name, value in os.environ.items() if name not in _HOOK_VARIABLES} | _OWN


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """What git says in `folder`. Raises OSError where git is not installed."""
    return subprocess.run(
        command(folder, *arguments),
        capture_output=True, check=False, env=environment(), stdin=subprocess.DEVNULL,
    )  # fmt: skip

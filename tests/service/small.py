"""Services of a few files, given as text."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from archlint.facts.python import read_python
from archlint.service.modules import Modules
from archlint.service.resolution import Resolution


def modules_of(files: Mapping[str, str]) -> Modules:
    """The modules of a service at the repository's root, without any manifest."""
    facts = {path: read_python(dedent(text).encode()) for path, text in sorted(files.items())}
    return Modules(".", sorted(files), facts, Resolution(files, {}, facts))

"""The texts of a file that make tables."""

from __future__ import annotations

import re

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Constant
from archlint.readings import summary

_MAKES_TABLE = re.compile(r"\s*create\s+table\s+(if\s+not\s+exists\s+)?[\w\".]+\s*\(", re.IGNORECASE)


@summary
def made_tables(source: PythonSource) -> tuple[Constant, ...]:
    """The texts that are `CREATE TABLE`, as they stand."""
    if b"create" not in bytes(source.encoded_body).lower():
        return ()  # the statements need not be decoded
    texts = ((one, one.value) for one in source.nodes.of(Constant))
    return tuple(one for one, text in texts if isinstance(text, str) and _MAKES_TABLE.match(text))

"""Names as SQL writes them: in quotes as they are, without them in lower case.

PostgreSQL, "Lexical Structure", 4.1.1 Identifiers and Key Words.
"""

from __future__ import annotations

import re

from archlint.service.schema.core.tables import MAX_NAME, TableKey

WORD = r'(?:"[^"]+"|\w+)'
NAME = rf"(?:{WORD}\.)?{WORD}"


def written_key(name: str) -> TableKey:
    """Schema and name, as PostgreSQL folds them."""
    *schema, last = map(folded, re.findall(WORD, name))
    return schema_of("".join(schema)), last


def schema_of(name: str) -> str | None:
    """A schema by name; None for the one that is searched."""
    return None if name in {"", "public"} else name


def folded(name: str) -> str:
    """One part of a name, as PostgreSQL folds and cuts it."""
    return (name.strip('"') if '"' in name else name.lower())[:MAX_NAME]

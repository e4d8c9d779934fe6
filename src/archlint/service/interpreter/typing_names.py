"""Names of `typing`: what means another type, or the type in its brackets, and what makes an alias."""

from __future__ import annotations

from archlint.facts.syntax import Call, Expression, Name, Sequence

TRANSPARENT = frozenset(
    f"{package}.{name}"
    for package in ("typing", "typing_extensions")
    for name in ("ClassVar", "Final", "Required", "NotRequired", "ReadOnly")
)
"""What changes nothing of the type in its brackets."""


def parameters_of(made: Expression | None) -> tuple[str, ...]:
    """The names of `type_params=(T, …)` in `TypeAliasType(…)`."""
    keywords = made.keywords if isinstance(made, Call) else ()
    given = next((keyword.value for keyword in keywords if keyword.name == "type_params"), None)
    items = given.items if isinstance(given, Sequence) else ()
    return tuple(item.id for item in items if isinstance(item, Name))

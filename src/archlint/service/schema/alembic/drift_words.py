"""How the differences of models and migrations are told."""

from __future__ import annotations

from archlint.service.schema.alembic.comparison import Drift

_MODIFIED = {"nullable": "nullability", "type": "type", "default": "default", "comment": "comment"}


def drift_title(change: Drift) -> str:
    """What differs, by the name that people know it by."""
    _, _, kind = change.kind.partition("_")
    if kind == "table_comment":
        return f"The comment of table `{change.name}`"
    if kind in _MODIFIED:
        return f"The {_MODIFIED[kind]} of column `{change.name}`"
    if kind == "foreign_key":
        columns = change.name.partition(")")[0].removeprefix("(")
        return f"Foreign key `{columns}` of table `{change.table}`"
    if change.name == "None":
        return f"A unique constraint without a name of table `{change.table}`"
    noun = "Unique constraint" if kind == "unique" else kind.capitalize()
    of = "" if kind in {"table", "column"} else f" of table `{change.table}`"
    return f"{noun} `{change.name}`{of}"


def drift_detail(change: Drift, others: tuple[Drift, ...]) -> str:
    """How it differs, and what goes with it; of a foreign key that only acts otherwise, how on each side."""
    if [(change.kind, one.kind) for one in others] == [("remove_foreign_key", "add_foreign_key")]:
        sides = [one.detail.partition(" it, ")[2] for one in (change, *others)]
        return f"{sides[0]} in the migrations, {sides[1]} in the models"
    return "; ".join([change.detail, *(f"{drift_title(one)}{_beside(change, one)}" for one in others)])


def _beside(change: Drift, other: Drift) -> str:
    """What goes with a change: of what stands on the other side alone, which side that is."""
    is_replaced = other.kind.startswith("remove_") and not change.kind.startswith("remove_")
    return f": {other.detail}" if is_replaced else " goes with it"

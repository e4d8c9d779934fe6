"""BA0803: a change that breaks clients inside a version that the base already served."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from archlint.findings import Hit, Link, Met, NotApplicable, Said
from archlint.service.evolution.change import REMOVALS, Change, some
from archlint.service.model import Service

if TYPE_CHECKING:
    from archlint.service.evolution.api_changes import ApiChange


def check(service: Service) -> Iterator[Said]:
    """Yield each breaking change that is no removal of an operation: BA0804 speaks of those.

    What comes of it that one schema took another's place is one, and so is what changed of a field.
    """
    if service.as_it_was is None:
        yield NotApplicable("there is no earlier state to compare with; `--against REF` names one")
        return
    breaking = [
        found
        for found in service.api_changes
        if found.change.level == "error" and found.change.id not in REMOVALS
    ]
    for first, *others in _by_place(breaking):
        change = first.change
        fields = {
            "version": first.version or "the unversioned API",
            "operations": some(change.operations),
            "change": change.text + _with(others),
            "kind": change.id,
            "meant": _place(change) if others else change.text,
        }
        before = [Link(one.base, "as it was at the base") for one in (first, *others) if one.base is not None]
        yield Hit(first.head or service.anchor, fields, chain=tuple(dict.fromkeys(before)))
    if not breaking:
        yield Met(service.anchor)


def _by_place(breaking: Iterable[ApiChange]) -> Iterable[list[ApiChange]]:
    """The changes, those together that another schema brings to the operations, and those of one field."""
    groups: dict[object, list[ApiChange]] = {}
    for found in breaking:
        change = found.change
        is_shared = _is_other(change) or change.field
        groups.setdefault(_place(change) if is_shared else change, []).append(found)
    return groups.values()


def _is_other(change: Change) -> bool:
    """Whether the component that it is in was another one at the base."""
    return change.base_schema not in {"", change.schema}


def _place(change: Change) -> str:
    field = "" if _is_other(change) else _field(change)
    return " ".join((change.base_schema, change.schema, field, *map(str, change.operations)))


def _field(change: Change) -> str:
    """The field of the component, whatever within its value it is about."""
    return change.field.partition("/")[0]


def _with(others: list[ApiChange]) -> str:
    if not others:
        return ""
    change, more = others[0].change, f", and {len(others)} more change{'s' * (len(others) > 1)}"
    if not _is_other(change):
        return f"{more} of `{_field(change)}`"
    now = f"`{change.schema}` stands" if change.schema else "no schema stands"
    return f"{more}, for {now} where `{change.base_schema}` stood"

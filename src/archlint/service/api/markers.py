"""What says in a signature where a request gives a value: `Query(…)`, `Depends(…)` and their like."""

from __future__ import annotations

from msgspec.structs import replace

from archlint.service.api.dependants import RequestParameter
from archlint.service.api.pydantic_models import Field
from archlint.service.interpreter.values import External, ExternalObject, Value, settled, text, truth

_MARKERS = {
    "Path": "path",
    "Query": "query",
    "Header": "header",
    "Cookie": "cookie",
    "Body": "body",
    "Form": "form",
    "File": "file",
}
_DEPENDENCIES = frozenset({"Depends", "Security"})
_CONSTRAINTS = frozenset(
    ["gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern", "max_digits"]
)


def is_dependency(value: Value) -> bool:
    """Whether it is `Depends(…)` or `Security(…)`."""
    return isinstance(value, ExternalObject) and _short(value) in _DEPENDENCIES


def is_marker(value: Value) -> bool:
    """Whether it is `Query(…)`, `Body(…)` and their like."""
    return isinstance(value, ExternalObject) and _short(value) in _MARKERS


def _short(value: ExternalObject) -> str:
    package, _, name = value.name.rpartition(".")
    return name if package.partition(".")[0] in {"fastapi", "taskiq_dependencies"} else ""


def marked(parameter: RequestParameter, marker: ExternalObject, *, plain_default: bool) -> RequestParameter:
    """The parameter as `Query(…)` and its like say; in `Annotated` the default stays outside."""
    kind = _MARKERS[_short(marker)]
    keywords = marker.keywords
    default = keywords.get("default", marker.args[0] if marker.args else External("..."))
    required = isinstance(default, External) and default.name == "..." and "default_factory" not in keywords
    alias = text(keywords.get("validation_alias")) or text(keywords.get("alias")) or parameter.alias
    converted = truth(keywords.get("convert_underscores", True)) is not False
    if kind == "header" and alias == parameter.name and converted:
        alias = alias.replace("_", "-")
    return replace(
        parameter,
        marker=marker,
        kind=kind,
        alias=alias,
        required=False if plain_default else required,
        default=parameter.default if plain_default else None if required else default,
        embed=truth(keywords.get("embed")) is True,
        in_schema=truth(keywords.get("include_in_schema", True)) is not False,
    )


def constraints(entry: Field) -> ExternalObject | None:
    """What is left of a field's `Field(…)` in the signature of its model: what its values must be like."""
    given = getattr(entry.declared, "keywords", {})
    kept = {name: value for name, value in given.items() if name in _CONSTRAINTS}
    return ExternalObject("pydantic.Field", (), kept) if kept else None


def scopes(marker: ExternalObject) -> tuple[str, ...]:
    """The scopes that `Security(…)` asks for."""
    if _short(marker) != "Security":
        return ()
    given = settled(marker.keywords.get("scopes", marker.args[1] if len(marker.args) > 1 else None))
    return tuple(s for s in map(text, given) if s) if isinstance(given, list | tuple | set) else ()

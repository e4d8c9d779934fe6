"""The form of an OpenAPI document as far as comparing it relies on: what is an object, and what a list.

That is less than OpenAPI's own schema asks, for documents of real services take liberties (OpenAPI 3.1, 4.8).
Names that start with `x-` are extensions, and hold whatever they like.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
from msgspec import Struct, field

Object: TypeAlias = dict[str, Any] | None
Number: TypeAlias = float | None


class SchemaObject(Struct):
    """A schema; true and false are schemas, too."""

    properties: dict[str, SchemaObject | bool] | None = None
    items: SchemaObject | bool | None = None
    additional: SchemaObject | bool | None = field(default=None, name="additionalProperties")
    patterns: dict[str, SchemaObject | bool] | None = field(default=None, name="patternProperties")
    dependent_schemas: dict[str, SchemaObject | bool] | None = field(default=None, name="dependentSchemas")
    dependent_required: dict[str, list[str]] | None = field(default=None, name="dependentRequired")
    leading: list[SchemaObject | bool] | None = field(default=None, name="prefixItems")
    any_of: list[SchemaObject | bool] | None = field(default=None, name="anyOf")
    one_of: list[SchemaObject | bool] | None = field(default=None, name="oneOf")
    all_of: list[SchemaObject | bool] | None = field(default=None, name="allOf")
    type: str | list[str | None] | None = None
    required: list[str] | None = None
    enum: list[Any] | None = None
    format: str | None = None
    pattern: str | None = None
    media_type: str | None = field(default=None, name="contentMediaType")
    encoding: str | None = field(default=None, name="contentEncoding")
    discriminator: Discriminator | None = None
    maximum: Number = None
    minimum: Number = None
    above: Number | bool = field(default=None, name="exclusiveMinimum")
    below: Number | bool = field(default=None, name="exclusiveMaximum")
    multiple: Number = field(default=None, name="multipleOf")
    max_length: Number = field(default=None, name="maxLength")
    min_length: Number = field(default=None, name="minLength")
    max_items: Number = field(default=None, name="maxItems")
    min_items: Number = field(default=None, name="minItems")
    max_properties: Number = field(default=None, name="maxProperties")
    min_properties: Number = field(default=None, name="minProperties")
    max_contains: Number = field(default=None, name="maxContains")
    min_contains: Number = field(default=None, name="minContains")


class Discriminator(Struct):
    """What tells the members of a union apart."""

    name: str | None = field(default=None, name="propertyName")
    mapping: dict[str, str] | None = None


class Media(Struct):
    """What a body holds in one media type."""

    schema: SchemaObject | bool | None = None
    item_schema: SchemaObject | bool | None = field(default=None, name="itemSchema")


class ParameterObject(Struct):
    """A parameter or a header."""

    schema: SchemaObject | bool | None = None
    content: dict[str, Media | None] | None = None


class Body(Struct):
    """A request's body, or a response."""

    content: dict[str, Media | None] | None = None
    headers: dict[str, ParameterObject] | None = None


class OperationObject(Struct):
    """An operation."""

    id: str | None = field(default=None, name="operationId")
    description: str | None = None
    parameters: list[ParameterObject] | None = None
    body: Body | None = field(default=None, name="requestBody")
    responses: dict[str, Body] | None = None
    security: list[dict[str, list[str] | None]] | None = None
    tags: list[str] | None = None
    callbacks: Object = None


class PathItem(Struct):
    """The operations of a path."""

    get: OperationObject | None = None
    put: OperationObject | None = None
    post: OperationObject | None = None
    delete: OperationObject | None = None
    options: OperationObject | None = None
    head: OperationObject | None = None
    patch: OperationObject | None = None
    trace: OperationObject | None = None
    parameters: list[ParameterObject] | None = None


class Components(Struct):
    """What references lead to."""

    schemas: dict[str, SchemaObject | bool] | None = None
    parameters: dict[str, ParameterObject] | None = None
    headers: dict[str, ParameterObject] | None = None
    responses: dict[str, Body] | None = None
    bodies: dict[str, Body] | None = field(default=None, name="requestBodies")
    path_items: dict[str, PathItem] | None = field(default=None, name="pathItems")


class OpenAPIObject(Struct):
    """A document."""

    openapi: str
    paths: dict[str, PathItem] | None = None
    webhooks: dict[str, PathItem] | None = None
    components: Components | None = None
    security: list[dict[str, list[str] | None]] | None = None


def in_form(found: Any) -> dict[str, Any]:
    """The document without what it extends OpenAPI by. Raises ValueError that names the place out of form."""
    plain = _without_extensions(found)
    if not isinstance(plain, dict) or not str(plain.get("openapi", "")).startswith("3."):
        raise ValueError("it says no `openapi: 3.…`")
    try:
        msgspec.convert(plain, OpenAPIObject)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    return plain


def _without_extensions(found: Any) -> Any:
    """Extensions stand beside what has names of its own: paths and statuses."""
    paths = found.get("paths") if isinstance(found, dict) else None
    if not isinstance(paths, dict):
        return found
    items = {path: _item(item) for path, item in _own(paths).items()}
    return {**found, "paths": items}


def _item(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return {name: _operation(value) for name, value in item.items() if value is not None}


def _operation(value: Any) -> Any:
    responses = value.get("responses") if isinstance(value, dict) else None
    return {**value, "responses": _own(responses)} if isinstance(responses, dict) else value


def _own(named: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in named.items() if not name.startswith("x-")}

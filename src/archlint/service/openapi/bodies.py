"""Request bodies: one parameter as it is, several as an object that FastAPI makes of them.

Follows `_should_embed_body_fields` and `_get_body_field` of `fastapi/dependencies/utils.py`.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from archlint.service.api.dependants import RequestParameter
from archlint.service.api.pydantic_models import PydanticModels
from archlint.service.interpreter.types import Type
from archlint.service.interpreter.values import Value, text
from archlint.service.openapi.json_schemas import JsonSchemas
from archlint.service.openapi.json_values import JSONSchema, json_value
from archlint.service.openapi.library_versions import DocumentVersions
from archlint.service.openapi.metadata import is_information
from archlint.service.openapi.model_schemas import title_of

_FORM = "application/x-www-form-urlencoded"
_FILES = "multipart/form-data"


class Bodies:
    """Makes the bodies of one document."""

    def __init__(self, making: JsonSchemas, schemas: PydanticModels, libraries: DocumentVersions) -> None:
        self._making = making
        self._schemas = schemas
        self._libraries = libraries

    def of(self, parameters: tuple[RequestParameter, ...], unique_id: str) -> JSONSchema | None:
        """The `requestBody` of an operation with these parameters in its body; None without any."""
        if not parameters:
            return None
        whole = [parameter.collected or parameter for parameter in parameters]
        parameters = tuple({id(parameter): parameter for parameter in whole}.values())
        first = parameters[0]
        if self._embeds(parameters):
            required = any(parameter.required for parameter in parameters)
            schema = self._embedded(parameters, unique_id)
            if not required and not self._libraries.has_pydantic("2.9"):
                schema["title"] = "Body"  # the default that there is not stands beside the reference
        else:
            required = first.required
            schema = self.parameter(first)
        content = {_media_type(parameters): {"schema": schema, **examples(first)}}
        return {**({"required": True} if required else {}), "content": content}

    def parameter(self, parameter: RequestParameter) -> JSONSchema:
        """The schema of one parameter, with the title of its own."""
        schema = self._plain(parameter)
        if "$ref" not in schema or (len(schema) > 1 and not self._libraries.has_pydantic("2.9")):
            schema["title"] = _title(parameter) or title_of(parameter.alias)
        return schema

    def _plain(self, parameter: RequestParameter) -> JSONSchema:
        marker = parameter.marker
        outside = () if marker is None or any(m is marker for m in parameter.type.metadata) else (marker,)
        schema = self._making.of(self._unpacked(parameter.type), "validation", outside)
        if not parameter.required:
            schema |= self._making.defaults.entry(parameter.default)
        return schema

    def _unpacked(self, found: Type) -> Type:
        """What FastAPI sees since 0.128.2 of a parameter whose type a `type` statement names."""
        alias = found.alias
        is_plain = alias is not None and not alias.args and len(alias.value.metadata) == len(found.metadata)
        return replace(found, alias=None) if is_plain and self._libraries.has_fastapi("0.128.2") else found

    def _embeds(self, parameters: tuple[RequestParameter, ...]) -> bool:
        if len({parameter.name for parameter in parameters}) > 1:
            return True
        first = parameters[0]
        return first.embed or (first.kind in {"form", "file"} and not self._is_form_model(first))

    def _is_form_model(self, parameter: RequestParameter) -> bool:
        members = parameter.type.members
        reads_models = self._libraries.has_fastapi("0.113")
        return reads_models and bool(members) and all(self._schemas.is_model(member) for member in members)

    def _embedded(self, parameters: tuple[RequestParameter, ...], unique_id: str) -> JSONSchema:
        properties: dict[str, JSONSchema] = {}
        required: list[str] = []
        for parameter in parameters:
            schema = self._plain(parameter)
            if "title" not in schema and not self._making.has_own_name(parameter.type):
                schema["title"] = title_of(parameter.alias)
            if parameter.alias not in properties and parameter.required:
                required.append(parameter.alias)
            properties[parameter.alias] = schema
        return self._making.record(f"Body_{unique_id}", properties, required)


def _title(parameter: RequestParameter) -> str | None:
    entries = (*parameter.type.metadata, parameter.marker)
    titles = [text(entry.keywords.get("title")) for entry in entries if is_information(entry)]
    return next((title for title in reversed(titles) if title is not None), None)


def _media_type(parameters: tuple[RequestParameter, ...]) -> str:
    kinds = {parameter.kind for parameter in parameters}
    if "file" in kinds:
        return _FILES
    if "form" in kinds:
        return _FORM
    given = {_given_media_type(parameter.marker) for parameter in parameters}
    return given.pop() if len(given) == 1 else "application/json"


def _given_media_type(marker: Value) -> str:
    keywords = marker.keywords if is_information(marker) else {}
    return text(keywords.get("media_type")) or "application/json"


def examples(parameter: RequestParameter) -> dict[str, Any]:
    """What FastAPI shows of a parameter beside its schema."""
    marker = parameter.marker
    keywords = marker.keywords if marker is not None and is_information(marker) else {}
    if keywords.get("openapi_examples"):
        return {"examples": json_value(keywords["openapi_examples"])}
    return {"example": json_value(keywords["example"])} if "example" in keywords else {}

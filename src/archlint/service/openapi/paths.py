"""Operation objects, as `get_openapi_path` of `fastapi/openapi/utils.py` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from inspect import cleandoc
from typing import Any

from archlint.service.api.dependants import RequestParameter
from archlint.service.api.operations import Operation, Operations
from archlint.service.api.routes import Endpoint, RouteTable
from archlint.service.interpreter.types import Type
from archlint.service.interpreter.values import REST, ClassObject, External, Value, settled, text
from archlint.service.openapi.bodies import Bodies, examples
from archlint.service.openapi.json_schemas import JsonSchemas
from archlint.service.openapi.json_values import JSONSchema, UntoldValue, json_value
from archlint.service.openapi.library_versions import DocumentVersions
from archlint.service.openapi.metadata import is_information
from archlint.service.openapi.model_schemas import title_of
from archlint.service.openapi.security import schemes
from archlint.service.semantics.library_names import names_of

_WITH_BODY = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"})
_WITHOUT_BODY = frozenset({204, 205, 304})
_REASONS = {int(status): status.phrase for status in HTTPStatus}
_RANGES = {
    "1XX": "Information",
    "2XX": "Success",
    "3XX": "Redirection",
    "4XX": "Client Error",
    "5XX": "Server Error",
    "DEFAULT": "Default Response",
}
_MEDIA_TYPES = {
    "JSONResponse": "application/json",
    "ORJSONResponse": "application/json",
    "UJSONResponse": "application/json",
    "HTMLResponse": "text/html",
    "PlainTextResponse": "text/plain",
    "EventSourceResponse": "text/event-stream",
}
_ORDER = ("path", "query", "header", "cookie")
VALIDATION_ERROR: JSONSchema = {
    "description": "Validation Error",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}},
}


class PathItems:
    """Makes the operations of one document."""

    def __init__(
        self, routes: RouteTable, operations: Operations, making: JsonSchemas, libraries: DocumentVersions
    ) -> None:
        self._routes = routes
        self._operations = operations
        self._making = making
        self._bodies = Bodies(making, operations.schemas, libraries)
        self._libraries = libraries
        self.security: dict[str, JSONSchema] = {}
        self.validates = False

    def operations_of(self, endpoint: Endpoint, path: str) -> Iterator[tuple[str, JSONSchema]]:
        """The operation object of each method of an endpoint that its own app serves at `path`."""
        operation = self._operations.of(endpoint)
        told = self._unique_id(endpoint, path)
        untold = UntoldValue("its name is not known, and so its id is not") if told is None else {}
        for method in sorted(endpoint.methods):
            yield method.lower(), self._operation(operation, method, told or endpoint.name) | untold

    def _operation(self, operation: Operation, method: str, unique_id: str) -> JSONSchema:
        endpoint = operation.endpoint
        found: JSONSchema = {"tags": list(endpoint.tags)} if endpoint.tags else {}
        found["summary"] = operation.summary or title_of(endpoint.name)
        if description := _description(operation):
            found["description"] = description
        found["operationId"] = unique_id
        if endpoint.deprecated:
            found["deprecated"] = True
        definitions, security = schemes(operation.dependant)
        self.security |= definitions
        found |= {"security": security} if security else {}
        parameters = list(self._parameters(operation))
        found |= {"parameters": parameters} if parameters else {}
        body = self._bodies.of(operation.body, unique_id)
        if body is not None and method in _WITH_BODY:
            found["requestBody"] = body
        callbacks = self._callbacks(endpoint)
        found |= {"callbacks": callbacks} if callbacks else {}
        found["responses"] = self._responses(operation, unique_id)
        if operation.unknown:
            found |= UntoldValue("; ".join(operation.unknown))
        extra = json_value(endpoint.route.options.get("openapi_extra"))
        return _merged(found, extra) if isinstance(extra, dict) else found

    def _callbacks(self, endpoint: Endpoint) -> JSONSchema:
        """The requests that the service sends back: by the function's name, then by the address."""
        given = (settled(one.get("callbacks")) for one in (*endpoint.defaults, endpoint.route.options))
        routes = [route for one in given if isinstance(one, list | tuple) for route in one]
        found: JSONSchema = {}
        for described in self._routes.described(endpoint.app, routes):
            item = dict(self.operations_of(described, described.path))
            found[described.name] = {path_format(described.path): item}
        return found

    def _parameters(self, operation: Operation) -> Iterator[JSONSchema]:
        """Each parameter once, a required one before others of its name."""
        found: dict[tuple[str, str], JSONSchema] = {}
        for kind in _ORDER:
            for parameter in operation.parameters:
                if parameter.kind != kind or not parameter.in_schema:
                    continue
                made = self._parameter(parameter)
                known = found.get((kind, parameter.alias))
                if known is None or made["required"] or not known["required"]:
                    found[kind, parameter.alias] = made
        yield from found.values()

    def _parameter(self, parameter: RequestParameter) -> JSONSchema:
        schema = self._bodies.parameter(parameter)
        found: JSONSchema = {"name": parameter.alias, "in": parameter.kind, "schema": schema}
        found["required"] = parameter.required or parameter.kind == "path"
        for entry in (*parameter.type.metadata, parameter.marker):
            keywords = entry.keywords if is_information(entry) else {}
            if words := text(keywords.get("description")):
                found["description"] = words
            if settled(keywords.get("deprecated")):
                found["deprecated"] = True
        return found | examples(parameter)

    def _responses(self, operation: Operation, unique_id: str) -> JSONSchema:
        endpoint = operation.endpoint
        media_type, is_json = _media_type(operation, self._response_class(endpoint))
        found: JSONSchema = {}
        status = self._status(operation)
        success: JSONSchema = {"description": text(endpoint.route.options.get("response_description"))}
        success["description"] = success["description"] or "Successful Response"
        number = int(status) if status.isdigit() else 200
        if number >= 200 and number not in _WITHOUT_BODY:
            content = self._content(operation, media_type, is_json, unique_id)
            success |= {"content": content} if content else {}
        found[status] = success
        for key, given in self._given(endpoint).items():
            self._add(found, key, given, media_type or "application/json", unique_id)
        if not _tells_responses(endpoint):
            found |= UntoldValue("it has responses that the source does not tell")
        takes_input = bool(operation.parameters or operation.body)
        if takes_input and not found.keys() & {"422", "4XX", "default"}:
            found["422"] = VALIDATION_ERROR
            self.validates = True
        return found

    def _content(
        self, operation: Operation, media_type: str | None, is_json: bool, unique_id: str
    ) -> JSONSchema:
        returned = operation.answer.type
        if operation.endpoint.handler.is_generator and self._libraries.has_fastapi("0.134"):
            chosen = self._response_class(operation.endpoint)
            if chosen is None or media_type == "text/event-stream":
                return self._stream(operation, "application/jsonl" if chosen is None else "text/event-stream")
        if media_type is None:
            return {}
        if not is_json:
            return {media_type: {"schema": {"type": "string"}}}
        if not operation.answer.has_schema:
            return {media_type: {"schema": {}}}
        return {media_type: {"schema": self._titled(returned, f"Response_{unique_id}")}}

    def _stream(self, operation: Operation, media_type: str) -> JSONSchema:
        """What a generator sends, one item after another: JSON lines, or events."""
        returned = operation.answer.type
        items = returned.args[:1] if returned.name in names_of("stream type", "async stream type") else ()
        schema = self._making.of_answer(items[0]) if items else None
        if media_type != "text/event-stream":
            return {media_type: {"itemSchema": schema if schema is not None else {}}}
        text_: JSONSchema = {"type": "string"}
        event: JSONSchema = {
            "type": "object",
            "properties": {"data": dict(text_), "event": text_, "id": text_},
        }
        event["properties"]["retry"] = {"type": "integer", "minimum": 0}
        if schema is not None and not items[0].name.endswith(".ServerSentEvent"):
            event["required"] = ["data"]
            event["properties"]["data"] |= {"contentMediaType": "application/json", "contentSchema": schema}
        return {media_type: {"itemSchema": event}}

    def _titled(self, found: Type, name: str, *, further: bool = False) -> JSONSchema:
        """The schema of an answer; FastAPI before 0.115.3 takes `further` ones as if they were read."""
        is_read = further and not self._libraries.has_fastapi("0.115.3")
        schema = self._making.of(found, "validation") if is_read else self._making.of_answer(found)
        if "$ref" not in schema:
            schema.setdefault("title", title_of(name))
        return schema

    def _status(self, operation: Operation) -> str:
        if "status_code" in operation.endpoint.route.options and operation.status is not None:
            return str(operation.status)
        chosen = self._response_class(operation.endpoint)
        return "307" if any(name.endswith(".RedirectResponse") for name in _lineage(chosen)) else "200"

    def _response_class(self, endpoint: Endpoint) -> Value:
        """The class that the route, or the nearest router around it, answers with; None for the default."""
        given = [endpoint.route.options.get("response_class")]
        given += [keywords.get("default_response_class") for keywords in reversed(endpoint.defaults)]
        return next((settled(value) for value in given if value is not None), None)

    def _given(self, endpoint: Endpoint) -> dict[str, Value]:
        """The additional responses of the routers around and of the route itself, by status."""
        found: dict[str, Value] = {}
        for keywords in (*endpoint.defaults, endpoint.route.options):
            given = settled(keywords.get("responses"))
            told = given.items() if isinstance(given, dict) else ()
            found |= {self._operations.status_of(key): settled(item) for key, item in told if key is not REST}
        return found

    def _add(self, found: JSONSchema, key: str, given: Value, media_type: str, unique_id: str) -> None:
        """Put an additional response into those that are there."""
        key = "default" if key.upper() == "DEFAULT" else key.upper()
        before = found.setdefault(key, {})
        if not isinstance(given, dict):
            return
        made = json_value({name: value for name, value in given.items() if name != "model"})
        if given.get("model") is not None:
            found_model = self._operations.model_of(given)
            schema = self._titled(found_model, f"Response_{key}_{unique_id}", further=True)
            content = made.setdefault("content", {}).setdefault(media_type, {})
            content["schema"] = _merged(content.get("schema", {}), schema)
        reason = _RANGES.get(key.upper()) or (_REASONS.get(int(key)) if key.isdigit() else None)
        description = made.get("description") or before.get("description") or reason or "Additional Response"
        found[key] = _merged(before, made) | {"description": description}

    def _unique_id(self, endpoint: Endpoint, path: str) -> str | None:
        """The operation's id: as given, as the service's own function makes it, or as FastAPI does.

        None where the source does not tell what it is made of.
        """
        options = endpoint.route.options
        if options.get("operation_id") is not None:
            return text(options["operation_id"])
        makers = [options.get("generate_unique_id_function")]
        makers += [keywords.get("generate_unique_id_function") for keywords in reversed(endpoint.defaults)]
        maker = next((settled(value) for value in makers if value is not None), None)
        if maker is not None:
            return self._operations.identify(maker, endpoint, path)
        if options.get("name") is not None and text(options["name"]) is None:
            return None
        method = sorted(endpoint.methods)[0].lower() if endpoint.methods else "get"
        return re.sub(r"\W", "_", f"{endpoint.name}{path_format(path)}") + f"_{method}"


def path_format(path: str) -> str:
    """The path as documents write it: without the converters of its parameters."""
    return re.sub(r"{(\w+):\w+}", r"{\1}", path)


def _tells_responses(endpoint: Endpoint) -> bool:
    """Whether the source tells the additional responses of the routers around and of the route itself."""
    given = (settled(one.get("responses")) for one in (*endpoint.defaults, endpoint.route.options))
    return all(one is None or (isinstance(one, dict) and REST not in one) for one in given)


def _description(operation: Operation) -> str:
    given = text(operation.endpoint.route.options.get("description"))
    words = given if given else cleandoc(operation.description or "")
    return words.split("\f")[0].strip()


def _lineage(value: Value) -> list[str]:
    classes = value.lineage() if isinstance(value, ClassObject) else [value]
    return [cls.name for cls in classes if isinstance(cls, External)]


def _media_type(operation: Operation, chosen: Value) -> tuple[str | None, bool]:
    """The media type of the success response, and whether its content has a schema."""
    if chosen is None:
        return "application/json", True
    own = text(chosen.namespace.get("media_type")) if isinstance(chosen, ClassObject) else None
    names = [name.rpartition(".")[2] for name in _lineage(chosen)]
    known = next((name for name in names if name in _MEDIA_TYPES), None)
    is_json = known is not None and _MEDIA_TYPES[known] == "application/json"
    return own or (_MEDIA_TYPES[known] if known else None), is_json


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> JSONSchema:
    """Dicts merged at any depth, lists one after the other; else the second holds."""
    found: JSONSchema = dict(first)
    for key, value in second.items():
        known = found.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            found[key] = _merged(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            found[key] = [*known, *value]
        else:
            found[key] = value
    return found

"""BA0908: try a test that requests the endpoint; what it has to expect only its author knows."""

from __future__ import annotations

import re

from archlint.facts.syntax import FunctionDef
from archlint.findings import Finding
from archlint.fixes.edits import Append, Plan
from archlint.fixes.written_tests import test_file
from archlint.service.api.routes import App
from archlint.service.model import Service

WHY = "a test that requests each endpoint"
_PARAMETER = re.compile(r"\{[^}]*\}")


def trial(service: Service, finding: Finding) -> Plan | None:
    """A test beside the first one of the service, with FastAPI's own client."""
    endpoint = next((one for one in service.routes.endpoints if one.location == finding.location), None)
    app = _imported(service, endpoint.root) if endpoint is not None else None
    file = test_file(service)
    if endpoint is None or app is None or file is None:
        return None
    module, name, made = app
    path = _PARAMETER.sub("1", endpoint.path)
    imports = f"from fastapi.testclient import TestClient\nfrom {module} import {name}\n"
    client = f"CLIENT = TestClient({made})\n"
    asks = f'request("{endpoint.methods[0]}", ' if endpoint.methods else "websocket_connect("
    test = f'def test_{finding.fingerprint}():\n    assert CLIENT.{asks}"{path}")\n'
    return Plan(((file, Append(imports + client)), (file, Append(test))), WHY)


def _imported(service: Service, app: App) -> tuple[str, str, str] | None:
    """The module and the name to import for the app, and the expression that gives it.

    An app that no module holds is made by calling the function around it, if that needs no arguments.
    """
    if app.name is not None:
        module, _, name = app.name.partition(":")
        return module, name, name
    place = service.modules.by_path.get(app.location.file)
    offset = place.source.offset(app.location) if place is not None else None
    if place is None or offset is None:
        return None
    around = place.source.definitions.at(offset)
    maker = around[0] if len(around) == 1 else None
    if not isinstance(maker, FunctionDef) or any(one.default is None for one in maker.parameters):
        return None
    return place.name, maker.name, f"{maker.name}()"

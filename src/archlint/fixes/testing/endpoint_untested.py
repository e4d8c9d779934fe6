"""BA0908: try a test that requests the endpoint; what it has to expect only its author knows."""

from __future__ import annotations

import posixpath
import re

from archlint.findings import Finding
from archlint.fixes.edits import Append, Plan
from archlint.paths import join
from archlint.service.model import Service

WHY = "a test that requests each endpoint"
_FILES = ("test_archlint_plan.py", "archlint_plan_test.py")
_PARAMETER = re.compile(r"\{[^}]*\}")


def trial(service: Service, finding: Finding) -> Plan | None:
    """A test beside the first one of the service, with FastAPI's own client."""
    endpoint = next((one for one in service.routes.endpoints if one.location == finding.location), None)
    module, _, name = (endpoint.root.name or "").partition(":") if endpoint is not None else ("", "", "")
    if endpoint is None or not name or not service.suite.tests:
        return None
    folder = posixpath.dirname(service.suite.tests[0].module.path)
    files = [file for file in _FILES if service.suite.configuration.collects_file(join(folder, file))]
    if not files:
        return None
    file, path = join(folder, files[0]), _PARAMETER.sub("1", endpoint.path)
    imports = f"from fastapi.testclient import TestClient\nfrom {module} import {name}\n"
    client = f"CLIENT = TestClient({name})\n"
    asks = f'request("{endpoint.methods[0]}", ' if endpoint.methods else "websocket_connect("
    test = f'def test_{finding.fingerprint}():\n    assert CLIENT.{asks}"{path}")\n'
    return Plan(((file, Append(imports + client)), (file, Append(test))), WHY)

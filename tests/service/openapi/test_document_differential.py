"""Documents of random apps, held to what the running app says of itself."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from tests.service.openapi.generated_apps import apps
from tests.service.openapi.running_document import differences, documented, running

EXAMPLES = int(os.environ.get("ARCHLINT_OPENAPI_EXAMPLES", "40"))


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(apps())
def test_the_document_is_what_the_running_app_gives(source: str) -> None:
    files = {"app/__init__.py": "", "app/main.py": source}
    with tempfile.TemporaryDirectory() as folder:
        truth = running(files, Path(folder) / "run")
        found = documented(files, Path(folder) / "read")
    assert "\n".join(differences(found, truth)) == ""

"""Documents of whole apps, held to what the running app says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.openapi.example_apps import APPS
from tests.service.openapi.running_document import differences, documented, running


@pytest.mark.parametrize("name", APPS)
def test_the_document_is_what_the_running_app_gives(name: str, tmp_path: Path) -> None:
    files = {"app/__init__.py": "", "app/main.py": APPS[name]}
    truth = running(files, tmp_path / "run")
    assert "\n".join(differences(documented(files, tmp_path / "read"), truth)) == ""

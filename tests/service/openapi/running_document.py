"""The documents that a running FastAPI app gives: the truth that archlint's are held to."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import fastapi
import pydantic
from packaging.version import Version

from archlint.service.model import Service
from archlint.service.openapi.document import ApiDocument, Documents
from archlint.service.openapi.library_versions import DocumentVersions
from tests.service.small import service_of

LIBRARIES = DocumentVersions(Version(fastapi.__version__), Version(pydantic.__version__))


def documented(files: Mapping[str, str], root: Path) -> Any:
    """What archlint says of a service of a few files."""
    found = document_of(service_of(root, dict(files)))
    assert not found.unknown, found.unknown
    return comparable(found.content)


def document_of(service: Service) -> ApiDocument:
    """The document of the service's app, on the libraries that run here."""
    documents = Documents(service.routes, service.operations, LIBRARIES)
    assert documents.main is not None
    return documents.main


def running(files: Mapping[str, str], root: Path) -> Any:
    """What `app.openapi()` of the same files gives, `app/main.py`'s `app` imported from `root`."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text), encoding="utf-8")
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = importlib.import_module("app.main").app.openapi()
        return comparable(found)
    finally:
        sys.path.remove(str(root))
        for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
            del sys.modules[name]


def differences(found: Any, truth: Any, where: str = "") -> list[str]:
    """Each place where two documents differ, with what stands there."""
    if isinstance(found, dict) and isinstance(truth, dict):
        keys = sorted(found.keys() | truth.keys())
        inner = [(found.get(key, "absent"), truth.get(key, "absent"), f"{where}/{key}") for key in keys]
    elif isinstance(found, list) and isinstance(truth, list) and len(found) == len(truth):
        inner = [(a, b, f"{where}/{i}") for i, (a, b) in enumerate(zip(found, truth, strict=True))]
    else:
        return [] if found == truth else [f"{where}: {found!r}, in truth {truth!r}"]
    return [line for a, b, place in inner for line in differences(a, b, place)]


def comparable(value: Any) -> Any:
    """The document without the wording of generated titles; the order of keys does not count anyway."""
    match value:
        case dict():
            return {
                key: "…" if key == "title" and isinstance(item, str) else comparable(item)
                for key, item in value.items()
            }
        case list():
            return [comparable(item) for item in value]
    return value

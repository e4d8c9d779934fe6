"""BA0401: try a lock that has nothing but the project; which versions come with it, uv has to resolve."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from archlint.findings import Finding
from archlint.fixes.edits import Append, Plan
from archlint.service.model import Service

WHY = "a uv.lock"


def trial(service: Service, finding: Finding) -> Plan | None:
    """The file where uv looks for it."""
    lock, pyproject = 'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n', service.project.pyproject
    if pyproject is not None and pyproject.name is not None:
        lock += f'\n[[package]]\nname = "{canonicalize_name(pyproject.name)}"\n'
        version = pyproject.file.get("project", "version")
        lock += f'version = "{version}"\n' if isinstance(version, str) else ""
        lock += 'source = { virtual = "." }\n'
    return Plan(((service.project.lock_path, Append(lock)),), WHY)

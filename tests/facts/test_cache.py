from __future__ import annotations

import re
from pathlib import Path

from archlint.facts import cache


def test_the_cache_is_keyed_by_every_module_that_reads() -> None:
    folder = Path(cache.__file__).parent
    found, pending = set[str](), ["python"]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            text = (folder / f"{name}.py").read_text("utf-8")
            pending += re.findall(r"from archlint\.facts\.(\w+) import", text)
    assert found == set(cache.READER)

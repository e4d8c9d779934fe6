#!/usr/bin/env python3
"""Feed the readers of documents with made and mended input: fuzz_documents.py [MINUTES] [SEED]

Each input is read in this process under a limit of memory; one that raises, or takes more than SECONDS, is
shown and ends the run. A smoke of the same readers runs in the tests (`tests/test_hostile_documents.py`).
"""

from __future__ import annotations

import random
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.test_hostile_documents import HOSTILE, PIECES, READERS

SECONDS, MEMORY = 10, 1 << 30


def made(chance: random.Random, kind: str) -> bytes:
    """A document of pieces, of which one may be there many times, or a hostile one that is cut and mended."""
    pieces = [chance.choice(PIECES).encode() for _ in range(chance.randrange(1, 60))]
    if chance.random() < 0.3:
        pieces[chance.randrange(len(pieces))] *= chance.randrange(1, 20_000)
    text = b"".join(pieces)
    if chance.random() < 0.3 and kind in HOSTILE:
        whole = chance.choice(HOSTILE[kind])
        cut = chance.randrange(len(whole))
        text = whole[:cut] + text + whole[cut : cut + 50_000]
    return text


def main() -> int:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    resource.setrlimit(resource.RLIMIT_AS, (4 * MEMORY, 4 * MEMORY))
    end, count, slowest = time.monotonic() + minutes * 60, 0, (0.0, "")
    while time.monotonic() < end:
        kind = chance.choice(sorted(READERS))
        data = made(chance, kind)
        start = time.process_time()
        try:
            READERS[kind](data)
        except Exception as error:
            print(f"{kind}: {type(error).__name__}: {str(error)[:200]} on {data[:300]!r}")
            return 1
        used = time.process_time() - start
        slowest, count = max(slowest, (used, kind)), count + 1
        if used > SECONDS:
            print(f"{kind}: {used:.1f} s on {len(data)} bytes: {data[:300]!r}")
            return 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{count} documents, slowest {slowest[0]:.2f} s ({slowest[1]}), at most {peak} MiB")
    return int(peak > MEMORY >> 20)


if __name__ == "__main__":
    raise SystemExit(main())

#!/usr/bin/env python3
"""Check services whose files were mangled: fuzz_services.py [MINUTES] [SEED] [SERVICE…]

Each round takes one of the services, or of the fixtures, mangles some of its files (tokens exchanged, lines
dropped, repeated and moved, statements that grow put in between, the configuration among them) and runs a
command on it in this process. A crash, an internal error, an exit code that no command has, SECONDS of
processor time or MEMORY ends the run, and the files are kept.
A smoke of it runs in the tests (`tests/cli/test_mangled.py`).
"""

from __future__ import annotations

import random
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.mangling import COMMANDS, mangle, run, services

SECONDS, MEMORY = 10, 1 << 30


def main() -> int:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    places = [Path(name) for name in sys.argv[3:]] or services()
    resource.setrlimit(resource.RLIMIT_DATA, (4 * MEMORY, 4 * MEMORY))
    end, count, slowest = time.monotonic() + minutes * 60, 0, (0.0, "")
    while time.monotonic() < end:
        chance = random.Random(f"{seed} {count}")
        place = Path(tempfile.mkdtemp(prefix="mangled-"))
        shutil.copytree(
            chance.choice(places), place, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".git")
        )
        mangle(place, chance)
        command = chance.choice(COMMANDS)
        start = time.process_time()
        fault = run(command, place)
        used = time.process_time() - start
        if not fault and used > SECONDS:
            fault = f"{used:.1f} s"
        if fault:
            print(f"round {count}: {' '.join(command)}: {fault}\n{place}")
            return 1
        shutil.rmtree(place)
        slowest, count = max(slowest, (used, f"{' '.join(command)}, round {count}")), count + 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{count} services, slowest {slowest[0]:.2f} s ({slowest[1]}), at most {peak} MiB")
    return int(peak > MEMORY >> 20)


if __name__ == "__main__":
    raise SystemExit(main())

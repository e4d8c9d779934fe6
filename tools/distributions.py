"""Check what was built: the wheel and the sdist hold all rules, and the installed archlint lists them.

uv run python -m tools.distributions dist rules.json
"""

from __future__ import annotations

import json
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(dist: Path, listing: Path) -> int:
    """Say what is missing where; 1 if anything is."""
    rules = {path.relative_to(ROOT / "rules").as_posix() for path in (ROOT / "rules").rglob("*.*")}
    names = {Path(name).stem for name in rules if name.endswith(".md")}
    listed = {rule["name"] for rule in json.loads(listing.read_text(encoding="utf-8"))}
    problems = [
        *(f"the wheel lacks {name}" for name in sorted(rules - _in_wheel(dist))),
        *(f"the sdist lacks {name}" for name in sorted(rules - _in_sdist(dist))),
        *(f"the installed archlint does not know {name}" for name in sorted(names - listed)),
    ]
    print("\n".join(problems) or f"{len(rules)} files of rules are in both, {len(listed)} rules are found")
    return bool(problems)


def _in_wheel(dist: Path) -> set[str]:
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name.partition("archlint/_rules/")[2] for name in archive.namelist()}


def _in_sdist(dist: Path) -> set[str]:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2].removeprefix("rules/") for name in archive.getnames()}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))

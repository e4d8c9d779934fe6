"""Compares BA0908 with what the tests really request, as `request_log` wrote it down.

uv run python -m benchmarks.requested SERVICE log.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from archlint.loading import load
from archlint.service.model import Service


def main(folder: str, log: str) -> None:
    """Print how many endpoints are said to be tested, untested or undecided, and where the log differs."""
    for service in load([Path(folder)]).services:
        really = {(method, file, name) for method, file, name in json.loads(Path(log).read_text("utf-8"))}
        _compare(service, really)


def _compare(service: Service, really: set[tuple[str, str, str]]) -> None:
    requests = service.requests
    undecided = {one for endpoints in requests.possible.values() for one in endpoints}
    counts: dict[tuple[str, bool], list[str]] = {}
    for endpoint in service.routes.endpoints:
        methods = endpoint.methods or ("WebSocket",)
        path, name = endpoint.handler.module.path, endpoint.handler.definition.name
        requested = any(
            method in methods and file.endswith(f"/{path}") and function == name
            for method, file, function in really
        )
        said = "tested" if endpoint in requests.tested else "unknown" if endpoint in undecided else "untested"
        counts.setdefault((said, requested), []).append(f"{'/'.join(methods)} {endpoint.path}")
    for (said, requested), endpoints in sorted(counts.items()):
        print(f"archlint: {said:9}  log: {'requested' if requested else 'never    '}  {len(endpoints):4}")
        if (said, requested) in {("tested", False), ("untested", True)}:
            print(*(f"    {endpoint}" for endpoint in endpoints), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

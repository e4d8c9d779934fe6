"""BA0309: the running service makes its tables itself, past the migrations."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Attribute, dotted
from archlint.findings import Hit
from archlint.service.model import Service
from archlint.service.startup import runtime_nodes


def check(service: Service) -> Iterator[Hit]:
    """Yield each `metadata.create_all` in runtime code that something uses, called or handed to `run_sync`."""
    for module, node in runtime_nodes(service.modules):
        if isinstance(node, Attribute) and node.attr == "create_all":
            owner = dotted(node.value) or ""
            if owner.rpartition(".")[2] in {"metadata", "metadata_obj"}:
                yield Hit(module.location(node), {"call": f"{owner}.create_all"})

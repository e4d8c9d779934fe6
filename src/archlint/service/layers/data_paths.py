"""How handlers come to queries without a layer that should stand between."""

from __future__ import annotations

from collections.abc import Container

from msgspec import Struct

from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function
from archlint.service.database.data_access import DataAccess
from archlint.service.layers.layers import Layers

_THROUGH = frozenset({"core", "routers"})
"""The layers that a handler's way to the data may lead through and still pass the services by."""


class DataPaths(Struct, eq=False, frozen=True):
    """The calls of handlers, followed through helpers in no layer."""

    calls: Calls
    layers: Layers
    data: DataAccess

    def past_services(self, handler: Function) -> Function | None:
        """The first function that queries, of those that the handler comes to outside of the lower layers."""
        seen = {handler}
        pending = [handler]
        touching: Container[Function] = self.data.touching
        while pending:
            function = pending.pop(0)
            if function in touching:
                return function
            for edge in self.calls.edges_from(function):
                if edge.callee not in seen and self._passes(edge.callee):
                    seen.add(edge.callee)
                    pending.append(edge.callee)
        return None

    def _passes(self, function: Function) -> bool:
        layer = self.layers.of(function.module)
        return layer is None or layer.name in _THROUGH

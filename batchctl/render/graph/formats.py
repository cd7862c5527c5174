"""The formats of a graph, by name; a writer's module is imported when it is used, not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchctl.render.graph.data import GraphDrawing


def _text(drawing: GraphDrawing) -> Iterator[str]:
    from batchctl.render.graph.text import text_graph

    return text_graph(drawing)


def _mermaid(drawing: GraphDrawing) -> Iterator[str]:
    from batchctl.render.graph.text import mermaid_graph

    return mermaid_graph(drawing)


def _dot(drawing: GraphDrawing) -> Iterator[str]:
    from batchctl.render.graph.text import dot_graph

    return dot_graph(drawing)


def _svg(drawing: GraphDrawing) -> Iterator[str]:
    from batchctl.render.graph.svg import svg_graph

    return svg_graph(drawing)


FORMATS: Mapping[str, Callable[[GraphDrawing], Iterator[str]]] = {
    "text": _text,
    "mermaid": _mermaid,
    "dot": _dot,
    "svg": _svg,
}

"""A drawing as SVG, laid out here: no other program is needed, and no script or link is in it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from batchctl.render.graph.layout import layout
from batchctl.render.text.display_width import display_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.render.graph.data import Arrow, Box, GraphDrawing
    from batchctl.render.graph.layout import Layout

_LETTER, _LINE = 7.3, 18
_PADDING, _MARGIN, _GAP, _LAYER_GAP = 14, 24, 36, 64
_TITLE = 34

_STYLE = """
  svg { background: #ffffff }
  text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2937 }
  .title { font-size: 15px; font-weight: 600 }
  .key { font-weight: 700 }
  .small { fill: #4b5563 }
  .wave { fill: #9ca3af }
  .box { fill: #f8fafc; stroke: #94a3b8; stroke-width: 1.5 }
  .step { fill: #eef2ff; stroke: #818cf8 }
  .writes { fill: #fffbeb; stroke: #d97706; stroke-width: 2.5 }
  .deletes { fill: #fef2f2; stroke: #dc2626; stroke-width: 2.5 }
  .arrow { fill: none; stroke: #64748b; stroke-width: 1.5 }
  .reads { stroke-dasharray: 5 4 }
  .head { fill: #64748b }
  .label { fill: #0f766e }
  .back { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    svg { background: #0f172a } text { fill: #e2e8f0 } .small { fill: #94a3b8 } .wave { fill: #64748b }
    .box { fill: #1e293b; stroke: #64748b } .step { fill: #1e1b4b; stroke: #818cf8 }
    .writes { fill: #292014; stroke: #f59e0b } .deletes { fill: #2d1517; stroke: #f87171 }
    .label { fill: #5eead4 } .back { fill: #0f172a } .arrow { stroke: #94a3b8 } .head { fill: #94a3b8 }
  }
"""


def svg_graph(drawing: GraphDrawing) -> Iterator[str]:
    """The drawing as an SVG document, piece by piece."""
    texts = [_texts(box) for box in drawing.boxes]
    widths = [2 * _PADDING + max(_width(line) for line, _style in lines) for lines in texts]
    heights = [2 * _PADDING + _LINE * len(lines) - 6 for lines in texts]
    arrows = [(arrow.start, arrow.end) for arrow in drawing.arrows]
    places = layout(widths, drawing.waves, arrows, gap=_GAP)
    tops = _tops(drawing.waves, heights)
    side = _MARGIN + _width(f"wave {len(drawing.waves)}") + _MARGIN
    width = max(side + places.width + _MARGIN, 2 * _MARGIN + _width(drawing.title) * 1.3)
    height = tops[-1] if drawing.waves else _TITLE
    yield _opening(drawing.title, width, height)
    for number, top in enumerate(tops[:-1], start=1):
        yield f'<text class="wave" x="{_MARGIN}" y="{top + _PADDING + 12:.1f}">wave {number}</text>\n'
    ends = _Ends(places, tops, heights, side)
    for arrow, route in zip(drawing.arrows, places.routes, strict=True):
        yield _path(arrow, ends.points(route))
    for arrow, route in zip(drawing.arrows, places.routes, strict=True):
        yield _label(arrow, ends.points(route))
    for number, box in enumerate(drawing.boxes):
        left = side + places.spots[number].x - widths[number] / 2
        yield from _box(box, texts[number], left, tops[box.wave], widths[number], heights[number])
    yield "</svg>\n"


def _opening(title: str, width: float, height: float) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path class="head" d="M0 0 8 4 0 8z"/></marker></defs>\n'
        f'<text class="title" x="{_MARGIN}" y="{_MARGIN + 4}">{escape(title)}</text>\n'
    )


def _texts(box: Box) -> list[tuple[str, str]]:
    """The lines in a box, each with its style; what writes says so, too, without its colour."""
    key, *rest = box.lines
    return [(f"{key}  {box.effect}".rstrip(), "key"), *((line, "small") for line in rest)]


def _tops(waves: Sequence[Sequence[int]], heights: Sequence[float]) -> list[float]:
    """Where each layer begins; one more for the bottom of the picture."""
    tops = [float(_MARGIN + _TITLE)]
    for wave in waves:
        tops.append(tops[-1] + max(heights[number] for number in wave) + _LAYER_GAP)
    tops[-1] -= _LAYER_GAP - _MARGIN
    return tops


class _Ends:
    """The points that an arrow runs through, from the bottom of one box to the top of another."""

    def __init__(self, places: Layout, tops: Sequence[float], heights: Sequence[float], side: float) -> None:
        self._places = places
        self._tops = tops
        self._heights = heights
        self._side = side

    def points(self, route: Sequence[int]) -> list[tuple[float, float]]:
        """The start, both ends of every layer that is passed, and the end."""
        spots = self._places.spots
        start, *bends, end = route
        points = [(self._x(start), self._tops[spots[start].layer] + self._heights[start])]
        for bend in bends:
            top = self._tops[spots[bend].layer]
            points += [(self._x(bend), top), (self._x(bend), self._tops[spots[bend].layer + 1] - _LAYER_GAP)]
        return [*points, (self._x(end), self._tops[spots[end].layer] - 2)]

    def _x(self, number: int) -> float:
        return self._side + self._places.spots[number].x


def _path(arrow: Arrow, points: Sequence[tuple[float, float]]) -> str:
    pieces = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        half = (y + to_y) / 2
        pieces.append(f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}")
    style = "arrow" if arrow.waits else "arrow reads"
    return f'<path class="{style}" marker-end="url(#head)" d="{" ".join(pieces)}"/>\n'


def _label(arrow: Arrow, points: Sequence[tuple[float, float]]) -> str:
    if not arrow.label:
        return ""
    (x, y), (to_x, to_y) = points[-2:]
    # Near its end an arrow is alone; in the middle others cross it.
    at_x, at_y = x + (to_x - x) * 0.7, y + (to_y - y) * 0.62
    width = _width(arrow.label) + 6
    return (
        f'<rect class="back" x="{at_x - width / 2:.1f}" y="{at_y - 12:.1f}" width="{width:.1f}" height="16"/>'
        f'<text class="label" text-anchor="middle" x="{at_x:.1f}" y="{at_y:.1f}">{escape(arrow.label)}</text>\n'
    )


def _box(
    box: Box, lines: Sequence[tuple[str, str]], left: float, top: float, width: float, height: float
) -> Iterator[str]:
    style = " deletes" if box.deletes else " writes" if box.writes else "" if box.kind == "request" else " step"
    radius = 8 if box.kind == "request" else min(height / 2, 22)
    yield (
        f'<rect class="box{style}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="{radius:.0f}"/>\n'
    )
    for number, (line, kind) in enumerate(lines):
        y = top + _PADDING + 10 + number * _LINE
        yield f'<text class="{kind}" x="{left + _PADDING:.1f}" y="{y:.1f}">{escape(line)}</text>\n'


def _width(text: str) -> float:
    return _LETTER * display_width(text)

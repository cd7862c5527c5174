"""Where boxes and arrows go: a layer per wave, few crossings, arrows around what is in their way.

The steps are those of Sugiyama, Tagawa and Toda (1981): an arrow over several layers gets a bend in each of those
between, layers are ordered by the mean place of their neighbours, then pushed towards them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Sequence

_SWEEPS = 8
_BEND_WIDTH = 16.0


class LayoutNode(Struct):
    """A box, or a bend of an arrow that passes a layer.

    ``x`` is its middle and ``width`` its width in pixels; ``layer`` counts from 0 at the top. ``up`` and ``down`` are
    the indexes of its neighbours in the layers above and below.
    """

    layer: int
    width: float
    x: float = 0.0
    up: list[int] = field(default_factory=list)
    down: list[int] = field(default_factory=list)


class Layout(Struct, frozen=True):
    """Where the boxes of a drawing are, and which routes its arrows take.

    ``spots`` are the boxes, in their order, and then the bends of arrows. ``routes`` has for each arrow the indexes of
    the spots that it passes, its first and last box included. ``width`` is that of all, in pixels.
    """

    spots: tuple[LayoutNode, ...]
    routes: tuple[tuple[int, ...], ...]
    width: float


def layout(
    widths: Sequence[float], layers: Sequence[Sequence[int]], arrows: Sequence[tuple[int, int]], *, gap: float
) -> Layout:
    """Positions for boxes of these ``widths``, in pixels, with few crossings of arrows.

    ``layers`` are the indexes of the boxes in each layer, from the top; ``arrows`` are pairs of indexes: from, to. At
    least ``gap`` pixels are left between two boxes.
    """
    layer_of = {number: place for place, layer in enumerate(layers) for number in layer}
    spots = [LayoutNode(layer_of[number], width) for number, width in enumerate(widths)]
    rows = [list(layer) for layer in layers]
    routes = tuple(_route(start, end, spots, rows) for start, end in arrows)
    _order(spots, rows)
    _spread(spots, rows, gap)
    left = min((spot.x - spot.width / 2 for spot in spots), default=0.0)
    for spot in spots:
        spot.x -= left
    return Layout(tuple(spots), routes, max((spot.x + spot.width / 2 for spot in spots), default=0.0))


def _route(start: int, end: int, spots: list[LayoutNode], rows: list[list[int]]) -> tuple[int, ...]:
    """The spots from ``start`` to ``end``, with a bend in every layer between."""
    route = [start]
    for layer in range(spots[start].layer + 1, spots[end].layer):
        spots.append(LayoutNode(layer, _BEND_WIDTH))
        rows[layer].append(len(spots) - 1)
        route.append(len(spots) - 1)
    route.append(end)
    for above, below in pairwise(route):
        spots[above].down.append(below)
        spots[below].up.append(above)
    return tuple(route)


def _order(spots: list[LayoutNode], rows: list[list[int]]) -> None:
    """Sort every layer by the mean place of its neighbours, downwards and upwards in turn."""
    place = {number: float(index) for row in rows for index, number in enumerate(row)}
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        for row in rows if downwards else reversed(rows):
            middle = {
                number: _mean([place[each] for each in _neighbours(spots[number], downwards)], place[number])
                for number in row
            }
            row.sort(key=middle.__getitem__)
            place.update((number, float(index)) for index, number in enumerate(row))


def _spread(spots: list[LayoutNode], rows: list[list[int]], gap: float) -> None:
    for row in rows:
        _pack(spots, row, [0.0] * len(row), gap)
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        for row in rows if downwards else reversed(rows):
            wanted = [_wanted(spots, number, downwards) for number in row]
            _pack(spots, row, wanted, gap)


def _pack(spots: list[LayoutNode], row: list[int], wanted: list[float], gap: float) -> None:
    """Put a layer as near to the wanted places as its order and the gaps let it."""
    if not row:
        return
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (spots[left].width + spots[right].width) / 2 + gap)
    # With the gaps taken out, what is left is to find the nearest non-decreasing places: neighbours that would
    # change sides share their mean (pool adjacent violators).
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            other, others = pools.pop()
            mean, count = (mean * count + other * others) / (count + others), count + others
        pools.append((mean, count))
    places = [mean for mean, count in pools for _ in range(count)]
    for number, base, offset in zip(row, places, offsets, strict=True):
        spots[number].x = base + offset


def _wanted(spots: list[LayoutNode], number: int, downwards: bool) -> float:
    return _mean([spots[each].x for each in _neighbours(spots[number], downwards)], spots[number].x)


def _neighbours(spot: LayoutNode, downwards: bool) -> list[int]:
    return spot.up if downwards else spot.down


def _mean(places: list[float], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise

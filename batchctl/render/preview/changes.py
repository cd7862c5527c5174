"""The difference between two previews, for a person and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.text import Text

from batchctl.plain import clean, counted
from batchctl.plan.comparison import totals
from batchctl.render.text.labelled import labelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.comparison import FieldChange, ResourceChange
    from batchctl.plan.flat_requests import Flat

_FOLDED = 8
_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "altered": ("~", "yellow")}


def changes_view(
    changes: Sequence[ResourceChange], *, before: str, after: str, everything: bool
) -> Iterator[RenderableType]:
    """What changes between two previews, resource by resource, and a closing line.

    ``before`` and ``after`` are the names of the two sides. Long lists are folded unless ``everything``.
    """
    yield Text(f"from {clean(before, 100)}", style="dim")
    yield Text(f"to   {clean(after, 100)}", style="dim")
    for change in changes:
        if change.differs:
            yield Text("")
            yield from _resource(change, most=None if everything else _FOLDED)
    yield Text("")
    yield Text(closing(changes), style="bold")


def closing(changes: Sequence[ResourceChange]) -> str:
    """The numbers of what changes: ``2 requests added, 1 removed, 3 altered, 8 the same``."""
    added, removed, altered, same = totals(changes)
    if not any(change.differs for change in changes):
        return f"nothing changes: {counted(same, 'request')} on both sides"
    return f"{counted(added, 'request')} added, {removed:,} removed, {altered:,} altered, {same:,} the same"


def changes_json(changes: Sequence[ResourceChange], *, before: str, after: str) -> JsonObject:
    """What changes between two previews, as JSON; ``before`` and ``after`` are the names of the two sides.

    It is ``{"format_version", "file", "against", "summary", "resources"}``; ``file`` is ``after``, ``against`` is
    ``before``. The summary has the numbers of requests ``added``, ``removed``, ``altered`` and ``same``. Each resource
    that differs has ``name``, ``change`` (``added``, ``removed`` or ``altered``), ``fields``, the number ``same``, and
    lists of requests: those under ``added`` and ``removed`` are ``{"method", "path", "fields"}``, with values by name;
    those under ``altered`` are ``{"before", "after", "fields"}``, with two of these. All other ``fields`` are lists of
    ``{"field", "before", "after", "hidden"}``: a value is None on a side that has none, and ``hidden`` says whether
    only a masked secret differs, so that both look the same.
    """
    added, removed, altered, same = totals(changes)
    return {
        "format_version": "1.0",
        "file": after,
        "against": before,
        "summary": {"added": added, "removed": removed, "altered": altered, "same": same},
        "resources": [_resource_json(change) for change in changes if change.differs],
    }


def _resource(change: ResourceChange, most: int | None) -> Iterator[RenderableType]:
    sign, style = _SIGNS[change.state]
    head = Text(f"{sign} ", style=style).append(clean(change.key, 80), style="bold")
    yield head if change.state == "altered" else head.append(f"  {change.state}", style=style)
    for trait in change.traits:
        yield _field(trait, indent=2)
    lines = [*_altered(change), *_whole(change)]
    for line in lines[:most]:
        yield from line
    if most is not None and len(lines) > most:
        yield Text(f"  … {len(lines) - most:,} more (--all shows them)", style="dim")


def _altered(change: ResourceChange) -> Iterator[list[RenderableType]]:
    """Requests in which the same fields change alike are shown as one."""
    alike: dict[tuple[FieldChange, ...], list[Flat]] = {}
    for each in change.altered:
        alike.setdefault(each.fields, []).append(each.before)
    for fields, flats in alike.items():
        others = f"  and {len(flats) - 1:,} more" if len(flats) > 1 else ""
        yield [_line("altered", flats[0].line + others), *(_field(each, indent=6) for each in fields)]


def _whole(change: ResourceChange) -> Iterator[list[RenderableType]]:
    for state, flats in (("removed", change.removed), ("added", change.added)):
        for flat in flats:
            fields = [(name, text) for name, text in flat.shown.items() if name not in _LINE]
            yield [_line(state, flat.line), *(_value(name, text, _SIGNS[state][1]) for name, text in fields)]


def _line(state: str, text: str) -> RenderableType:
    sign, style = _SIGNS[state]
    return labelled(Text(sign, style=style), Text(clean(text, 400)), width=2, indent=2)


_LINE = ("method", "path")


def _field(change: FieldChange, indent: int) -> RenderableType:
    line = Text(f"{clean(change.name, 120)}  ")
    if change.hidden:
        line.append("changes; it is a secret", style="yellow")
    elif change.before is None:
        line.append("+ ", style="green").append(clean(change.after or "", 300), style="green")
    elif change.after is None:
        line.append("- ", style="red").append(clean(change.before, 300), style="red")
    else:
        line.append(clean(change.before, 300), style="red").append(" → ").append(
            clean(change.after, 300), style="green"
        )
    return labelled(Text(""), line, width=1, indent=indent - 1)


def _value(name: str, text: str, style: str) -> RenderableType:
    return labelled(Text(""), Text(f"{clean(name, 120)} = {clean(text, 300)}", style=style), width=1, indent=5)


def _resource_json(change: ResourceChange) -> JsonValue:
    return {
        "name": change.key,
        "change": change.state,
        "fields": [_field_json(each) for each in change.traits],
        "added": [_flat_json(flat) for flat in change.added],
        "removed": [_flat_json(flat) for flat in change.removed],
        "altered": [
            {
                "before": _flat_json(each.before),
                "after": _flat_json(each.after),
                "fields": [_field_json(one) for one in each.fields],
            }
            for each in change.altered
        ],
        "same": change.same,
    }


def _field_json(change: FieldChange) -> JsonValue:
    return {
        "field": change.name,
        "before": _parsed(change.before),
        "after": _parsed(change.after),
        "hidden": change.hidden,
    }


def _flat_json(flat: Flat) -> JsonValue:
    fields: JsonObject = {name: _parsed(text) for name, text in flat.shown.items() if name not in _LINE}
    return {"method": flat.shown["method"], "path": flat.shown["path"], "fields": fields}


def _parsed(text: str | None) -> JsonValue:
    """A value from its JSON; method and path stand as they are."""
    if text is None:
        return None
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return text
    return value

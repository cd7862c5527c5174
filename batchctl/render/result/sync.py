"""How a run of a sync job ended, as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.causes import causes, first_causes
from batchctl.plain import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.execution.sync import SyncResult
    from batchctl.json_types import JsonObject, JsonValue


def sync_lines(result: SyncResult) -> Iterator[str]:
    """How a sync job's run ended, as lines of text: its nodes with what they fetched, its destinations, the errors."""
    stats = result.run["resource_stats"]
    yield f"run {result.run['id']} {result.run['status']}"
    for key, methods in _items(stats):
        for method, figures in _items(methods):
            numbers = [f"{count} {what}" for what, count in _items(figures)]
            yield clean(f"  {key} ({method}): {', '.join(numbers)}", 200)
    for name, count in result.delivered.items():
        failed = f", {result.failed[name]} failed" if result.failed[name] else ""
        yield clean(f"  {name}: {count} delivered{failed}", 200)
    for key, outcome in first_causes(result.ended()):
        for cause in causes(outcome.errors):
            times = f" ({cause.count} times)" if cause.count > 1 else ""
            yield clean(f"  ✘ {key}: {cause.sentence}{times}", 500)


def _items(value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    data: JsonObject = value if isinstance(value, dict) else {}
    yield from data.items()

"""A run's answer for programs: JSON, and a line per record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import JsonValue
    from batchctl.engine.result import RunResult


def run_json(result: RunResult) -> Iterator[str]:
    """Exactly the response body, indented."""
    yield json.dumps(result.body, indent=2, ensure_ascii=False) + "\n"


def run_ndjson(result: RunResult) -> Iterator[str]:
    """``{"resource": NAME, "record": …}`` per record, ``{"resource": NAME, "error": …}`` per error."""
    for name, records in _entries(result.body.get("result")):
        yield from (_line(name, "record", record) for record in records)
    for name, errors in _entries(result.body.get("errors")):
        yield from (_line(name, "error", error) for error in errors)


def _entries(part: JsonValue) -> Iterator[tuple[str, list[JsonValue]]]:
    for name, value in (part if isinstance(part, dict) else {}).items():
        yield name, value if isinstance(value, list) else [] if value is None else [value]


def _line(resource: str, kind: str, value: JsonValue) -> str:
    return json.dumps({"resource": resource, kind: value}, ensure_ascii=False) + "\n"

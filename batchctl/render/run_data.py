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
    yield json.dumps(result.body(), indent=2, ensure_ascii=False) + "\n"


def run_ndjson(result: RunResult) -> Iterator[str]:
    """``{"resource": NAME, "record": …}`` per record, ``{"resource": NAME, "error": …}`` per error."""
    for name, kind, value in result.answer_entries():
        yield _line(name, kind, value)


def _line(resource: str, kind: str, value: JsonValue) -> str:
    return json.dumps({"resource": resource, kind: value}, ensure_ascii=False) + "\n"

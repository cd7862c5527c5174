"""A run's answer as YAML, a record at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from batchctl.engine.response_text import response_body
from batchctl.render.text.yaml_text import list_item, scalar, yaml_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonValue


def run_yaml(result: RunResult) -> Iterator[str]:
    """The response body."""
    if result.raw is not None:
        yield from yaml_lines(result.raw)
        return
    for part, lists in response_body(result).items():
        yield from _mapping(part, lists if isinstance(lists, Mapping) else {})


def records_yaml(records: Iterable[JsonValue], indent: int = 0) -> Iterator[str]:
    """A list of the records."""
    empty = True
    for record in records:
        yield from list_item(record, indent)
        empty = False
    if empty:
        yield " " * indent + "[]\n"


def _mapping(part: str, lists: Mapping[str, Iterable[JsonValue]]) -> Iterator[str]:
    if not lists:
        yield f"{part}: {{}}\n"
        return
    yield f"{part}:\n"
    for key, records in lists.items():
        yield f"  {scalar(key)}:\n"
        yield from records_yaml(records, 4)

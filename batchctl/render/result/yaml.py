"""A run's answer as YAML, some hundred records at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from batchctl.engine.response_text import json_arrays, response_body
from batchctl.json_text import values_of
from batchctl.render.text.yaml_text import list_items, scalar, yaml_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonValue


def run_yaml(result: RunResult) -> Iterator[str]:
    """What a run answered (``result`` and ``errors``) as YAML, in pieces."""
    body = response_body(result)
    if not body:
        yield "{}\n"
    for part, lists in body.items():
        if isinstance(lists, Mapping):
            yield from _mapping(part, lists)
        else:
            yield from yaml_lines({part: lists})  # type: ignore[dict-item]  # plain data


def records_yaml(records: Iterable[JsonValue], indent: int = 0) -> Iterator[str]:
    """The records as items of a YAML list, in pieces, indented by ``indent`` blanks."""
    empty = True
    for array in json_arrays(records):
        lines = list_items(values_of(array), indent)
        empty = empty and not lines
        yield "".join(lines)
    if empty:
        yield " " * indent + "[]\n"


def _mapping(part: str, lists: Mapping[str, object]) -> Iterator[str]:
    if not lists:
        yield f"{scalar(part)}: {{}}\n"
        return
    yield f"{scalar(part)}:\n"
    for key, records in lists.items():
        if isinstance(records, Collection) and not isinstance(records, str | Mapping):
            yield f"  {scalar(key)}:\n"
            yield from records_yaml(records, 4)
        else:
            yield from (f"  {line}" for line in yaml_lines({key: records}))  # type: ignore[dict-item]  # plain data

"""Runs of sync jobs as data: what each tells of itself, in the formats by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.result import Failed, Skipped, errors_of
from batchctl.json_types import write_json
from batchctl.render.result.formats import RECORD_FORMATS
from batchctl.render.result.rows import listed_json, row_envelope, row_tag
from batchctl.render.text.yaml_text import yaml_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from batchctl.engine.result import RunResult
    from batchctl.execution.row_end import RowEnd
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.render.result.formats import Shape


def sync_data(result: RunResult) -> JsonObject:
    """The run of a sync job as JSON: ``{"run": …, "destinations": …, "errors": …}``.

    ``run`` is the run as the API describes it (``id``, ``status``, ``resource_stats`` …). ``destinations`` has
    ``delivered`` and ``failed``, numbers of deliveries, by destination; ``errors`` has a list of errors by node.
    """
    data: JsonObject = dict(result.sync or {})
    errors: dict[str, JsonValue] = {
        key: list(errors_of(each))
        for key, each in result.outcomes.items()
        if isinstance(each, Failed | Skipped) or errors_of(each)
    }
    run = data.get("run")
    if isinstance(run, dict) and "errors" in run:
        data["run"] = {**run, "errors": [_named(entry, key) for key, found in errors.items() for entry in _list(found)]}
    return {**data, "errors": errors}


def sync_row(end: RowEnd) -> JsonObject:
    """The sync job's run of one row as JSON: ``sync_data`` with ``row`` and ``account``.

    For a row that could not run it has these and ``errors``, which is ``{"sync": [ERROR]}``.
    """
    if end.result is None:
        return {**row_tag(end), "errors": {"sync": [row_envelope(end)]}}
    return {**row_tag(end), **sync_data(end.result)}


def sync_records(data: JsonObject) -> Iterator[JsonObject]:
    """What ``sync_data`` or ``sync_row`` returned, ``data``, as flat records for a table: one per node and destination.

    Each has ``run`` (its id), ``status``, ``node``, ``method`` and the numbers ``fetched``, ``persisted``,
    ``delivered``, ``failed`` and ``errors``, None where there is none; of a row also ``row`` and ``account``.
    """
    run, destinations, errors = (_object(data.get(name)) for name in ("run", "destinations", "errors"))
    tag: JsonObject = {name: data[name] for name in ("row", "account") if name in data}
    tag |= {"run": run.get("id"), "status": run.get("status", "refused")}
    empty: JsonObject = dict.fromkeys(("method", "fetched", "persisted", "delivered", "failed", "errors"))
    nodes: dict[str, JsonObject] = {}
    for key, methods in _object(run.get("resource_stats")).items():
        for method, figures in _object(methods).items():
            nodes[key] = {**tag, "node": key, **empty, "method": method, **_object(figures)}
    for name, counts in destinations.items():
        nodes[name] = {**nodes.get(name, {**tag, "node": name, **empty}), **_object(counts)}
    for name, found in errors.items():
        nodes.setdefault(name, {**tag, "node": name, **empty})["errors"] = len(_list(found))
    yield from nodes.values()


class SyncRuns:
    """The sync job's run of each of the rows ``ends`` as JSON: iterating gives what ``sync_row`` returns for each.

    It can be gone through as often as ``ends`` can, with one row in memory at a time.
    """

    def __init__(self, ends: Iterable[RowEnd]) -> None:
        self._ends = ends

    def __iter__(self) -> Iterator[JsonObject]:
        return map(sync_row, self._ends)


class _Records:
    """The records of runs; writers of tables go through them twice."""

    def __init__(self, runs: Iterable[JsonObject]) -> None:
        self._runs = runs

    def __iter__(self) -> Iterator[JsonValue]:
        for each in self._runs:
            yield from sync_records(each)


def _ndjson(runs: Iterable[JsonObject], shape: Shape) -> Iterator[str]:
    return (write_json(each, ascii_only=shape.ascii_only) + "\n" for each in runs)


def _yaml(runs: Iterable[JsonObject], _shape: Shape) -> Iterator[str]:
    some = False
    for each in runs:
        some = True
        first, *rest = yaml_lines(each, 2)
        yield f"- {first[2:]}"
        yield from rest
    if not some:
        yield "[]\n"


def _flat(name: str) -> Callable[[Iterable[JsonObject], Shape], Iterator[str]]:
    def written(runs: Iterable[JsonObject], shape: Shape) -> Iterator[str]:
        return RECORD_FORMATS[name](_Records(runs), shape)

    return written


# By name, each of any number of runs; a tree in a file is a table.
SYNC_FORMATS: Mapping[str, Callable[[Iterable[JsonObject], Shape], Iterator[str]]] = {
    "json": listed_json,
    "ndjson": _ndjson,
    "yaml": _yaml,
    "csv": _flat("csv"),
    "table": _flat("table"),
    "tree": _flat("table"),
}


def _named(entry: JsonValue, key: str) -> JsonValue:
    return {**entry, "resource": key} if isinstance(entry, dict) else entry


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []

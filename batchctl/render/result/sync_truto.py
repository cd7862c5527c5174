"""Sync jobs and runs in Truto, as lines of text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.json_types import write_json
from batchctl.plain import clean
from batchctl.truto.envelope import describe_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.definition.job_changes import Change
    from batchctl.json_types import JsonObject, JsonValue

_WIDTH = 100
_MAX_ERRORS = 3


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    """A line for each change of a sync job: ``~ resources.contacts.query.limit: 50 → 100``.

    ``+`` in place of ``~`` is for what was added, ``-`` for what was removed.
    """
    for change in changes:
        place = clean(".".join(map(str, change.path)), _WIDTH)
        if change.before is None:
            yield f"+ {place}: {_short(change.after)}"
        elif change.after is None:
            yield f"- {place}: {_short(change.before)}"
        else:
            yield f"~ {place}: {_short(change.before)} → {_short(change.after)}"


def _short(value: JsonValue) -> str:
    return clean(write_json(value), _WIDTH)


def run_json(row: JsonObject, errors: JsonObject) -> JsonObject:
    """What ``sync -o json`` prints of a run in Truto: ``{"run", "destinations", "errors"}``.

    ``row`` is the run as ``/sync-job-run`` has it, of which ``run`` has ``id``, ``status`` and ``resource_stats``.
    ``errors`` are lists by node. ``destinations`` is empty, since Truto does not report them.
    """
    run: JsonObject = {key: row.get(key) for key in ("id", "status", "resource_stats")}
    return {"run": run, "destinations": {}, "errors": errors}


def state_line(row: JsonObject) -> str:
    """How far a run in Truto is, in a line: ``running: contacts 120 fetched, 100 persisted; notes 30 fetched``.

    ``row`` is the run as ``/sync-job-run`` has it: ``status``, and in ``resource_stats`` numbers by node and method.
    """
    parts = [f"{node} {figures}" for node, _method, figures in _stats(row)]
    return clean(f"{row.get('status')}{': ' if parts else ''}{'; '.join(parts)}", 300)


def run_lines(row: JsonObject, errors: JsonObject) -> Iterator[str]:
    """A run in Truto as lines of text: its status, its nodes with their numbers, the first errors of each.

    ``row`` is the run as ``/sync-job-run`` has it: ``id``, ``status``, and in ``resource_stats`` numbers by node and
    method. ``errors`` has a list of the answer's errors by node.
    """
    yield clean(f"run {row.get('id')} {row.get('status')}", 200)
    for node, method, figures in _stats(row):
        yield clean(f"  {node} ({method}): {figures}", 200)
    for node, entries in errors.items():
        listed = entries if isinstance(entries, list) else [entries]
        for entry in listed[:_MAX_ERRORS]:
            yield clean(f"  ✘ {node}: {describe_entry(entry).sentence()}", 500)
        if len(listed) > _MAX_ERRORS:
            yield f"  ✘ {clean(node, 80)}: {len(listed) - _MAX_ERRORS:,} more"


def _stats(row: JsonObject) -> Iterator[tuple[str, str, str]]:
    stats = row.get("resource_stats")
    for node, methods in stats.items() if isinstance(stats, dict) else ():
        for method, figures in methods.items() if isinstance(methods, dict) else ():
            known = figures if isinstance(figures, dict) else {}
            yield node, method, ", ".join(f"{count} {what}" for what, count in known.items())


def job_rows(jobs: Iterable[JsonValue]) -> Iterator[str]:
    """A line for each sync job in ``jobs``, objects as Truto lists them: ``id``, ``updated_at`` and ``label``."""
    for job in jobs:
        data = job if isinstance(job, dict) else {}
        yield clean(f"{data.get('id')}  {data.get('updated_at')}  {data.get('label')}", 200)


def run_rows(runs: Iterable[JsonValue]) -> Iterator[str]:
    """A line for each run in ``runs`` as Truto lists them: its ``id``, ``status``, ``created_at``, ``sync_job_id``.

    What is not an object, or lacks one of these, is shown as ``None``.
    """
    for run in runs:
        data = run if isinstance(run, dict) else {}
        yield clean(f"{data.get('id')}  {data.get('status')}  {data.get('created_at')}  {data.get('sync_job_id')}", 200)

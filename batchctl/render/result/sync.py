"""How a run of a sync job ended, as a tree that a person reads from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from batchctl.engine.result import Skipped
from batchctl.json_types import write_json
from batchctl.plain import clean, counted, duration
from batchctl.redaction import MASK, is_secret_name
from batchctl.render.result.figures import first_records, joined, outcome_figures
from batchctl.render.result.tree import node_branches, run_failures
from batchctl.render.text.branches import Paragraph, TreeDrawing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchctl.engine.result import Outcome
    from batchctl.execution.sync import SyncResult
    from batchctl.json_types import JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.render.result.tree import RunView
    from batchctl.render.text.branches import Block

# Figures of all methods of a request, in the words of the API's ``resource_stats``.
_COUNTED = ("fetched", "persisted")


def sync_tree(result: SyncResult, plan: Plan, view: RunView) -> TreeDrawing:
    """The run of a sync job as a tree: a branch per node below the one that it waits for, the errors, the totals.

    Requests have what they fetched and what of it was persisted, destinations the pages delivered, and a get_state the
    value that it read: where a run fetches nothing, that mostly says why.
    """
    ended = result.ended()

    def figures(key: str, outcome: Outcome) -> Iterator[str]:
        if key in result.delivered:
            yield from _deliveries(result.delivered[key], result.failed[key])
        elif stats := _stats(result, key):
            yield from (f"{stats.get(name, 0):,} {name}" for name in _COUNTED)
            # The first figure of a request is its records, which were said.
            yield from list(outcome_figures(outcome))[1:]
        elif getattr(plan.steps[key].node, "kind", "") == "get_state":
            yield from (_state(record, view) for record in first_records(outcome, 1))

    below: list[Block] = [Paragraph(Text("")), *run_failures(ended, view.redact, plan, view.file)]
    return TreeDrawing(node_branches(ended, plan, view, figures), [*below, Paragraph(_closing(result), hang=2)])


def _state(record: JsonValue, view: RunView) -> str:
    """``last is "2026-01-31"``, the value in short."""
    read = record if isinstance(record, dict) else {}
    name = clean(view.redact(str(read.get("key"))), 60)
    value = MASK if is_secret_name(name) else clean(view.redact(write_json(read.get("value"))), 60)
    return f"{name} is {value}"


def _closing(result: SyncResult) -> Text:
    """``✔ run 5c3b… completed · 12 records fetched · 3 pages delivered · 1.2 s``."""
    fetched = sum(_stats(result, key).get("fetched", 0) for key in result.result.outcomes)
    failed = sum(result.failed.values())
    figures = [f"{counted(fetched, 'record')} fetched", *_deliveries(sum(result.delivered.values()), failed)]
    figures.append(duration(result.result.elapsed_s))
    said = f"run {clean(str(result.run['id']), 60)} {result.run['status']} · {joined(figures)}"
    if result.ok:
        return Text(f"✔ {said}", style="bold green")
    is_skip = all(isinstance(result.ended().outcomes[key], Skipped) for key in result.ended().failed)
    return Text(f"⊘ {said}", style="bold yellow") if is_skip else Text(f"✖ {said}", style="bold red")


def _deliveries(delivered: int, failed: int) -> Iterator[str]:
    yield f"{counted(delivered, 'page')} delivered"
    if failed:
        yield f"{failed:,} failed"


def _stats(result: SyncResult, key: str) -> Mapping[str, int]:
    """What a request fetched and persisted, all its methods together; empty for other nodes."""
    methods = result.run["resource_stats"]
    found: dict[str, int] = {}
    own = methods.get(key) if isinstance(methods, dict) else None
    for each in own.values() if isinstance(own, dict) else ():
        for name, count in each.items() if isinstance(each, dict) else ():
            if isinstance(count, int):
                found[name] = found.get(name, 0) + count
    return found

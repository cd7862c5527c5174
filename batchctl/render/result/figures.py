"""The numbers of a run: what a person counts in its outcomes."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from batchctl.engine.result import Failed, Skipped, Succeeded
from batchctl.plain import counted, duration
from batchctl.render.result.glimpse import look_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchctl.engine.result import Outcome, RunResult, Work
    from batchctl.json_types import JsonValue

_LOOKED_AT = 50


def record_count(outcome: Outcome) -> int:
    """How many records a resource brought, also before it failed or was stopped; 0 for one that was skipped."""
    return 0 if isinstance(outcome, Skipped) else outcome.count


def first_records(outcome: Outcome, most: int) -> Sequence[JsonValue]:
    """The first records of a resource, at most ``most``, also of one that failed; none for one that was skipped."""
    return [] if isinstance(outcome, Skipped) else list(islice(outcome.records, most))


def work_of(outcome: Outcome) -> Work | None:
    """Calls, pages and times of a resource, also of one that failed; None for one that was skipped."""
    return None if isinstance(outcome, Skipped) else outcome.work


def outcome_figures(outcome: Outcome) -> Iterator[str]:
    """The figures of a resource in words: ``10 records``, ``3 calls``, ``4 pages``, ``1 retry``, ``12 ms``."""
    yield counted(record_count(outcome), "record")
    work = work_of(outcome)
    if work is None:
        return
    if work.calls is not None and work.calls > 1:
        yield counted(work.calls, "call")
    if work.pages is not None and work.pages > (work.calls or 0):
        yield counted(work.pages, "page")
    if work.partial:
        yield f"{counted(work.partial, 'answer')} partial"
    if work.empty:
        yield f"{counted(work.empty, 'answer')} without content"
    if work.retries:
        yield counted(work.retries, "retry")
    if work.throttled_s:
        yield f"{duration(work.throttled_s)} throttled"
    if work.elapsed_s is not None:
        yield duration(work.elapsed_s)


def joined(figures: Iterable[str]) -> str:
    """The figures on one line, ``10 records · 3 ms``; no-break spaces keep each of them together when it wraps."""
    return " · ".join(figure.replace(" ", "\u00a0") for figure in figures)


def unknown_fields(result: RunResult, names: Sequence[str]) -> list[str]:
    """Those of ``names`` that no record has among the first 50 of each resource, so that they are probably misspelled.

    Empty where there are no records.
    """
    records = [record for outcome in result.outcomes.values() for record in first_records(outcome, _LOOKED_AT)]
    return [name for name in names if records and not any(look_up(record, name)[1] for record in records)]


def run_figures(result: RunResult) -> Iterator[str]:
    """The figures of a run in words: ``2 of 2 resources succeeded``, ``434 records``, ``125 calls``, ``40 ms``."""
    outcomes = result.outcomes.values()
    good = sum(map(_is_good, outcomes))
    calls = sum((work.calls or 0) for outcome in outcomes if (work := work_of(outcome)))
    yield f"{good:,} of {counted(len(result.outcomes), 'resource')} succeeded"
    yield counted(sum(map(record_count, outcomes)), "record")
    if calls:
        yield counted(calls, "call")
    yield duration(result.elapsed_s)


def _is_good(outcome: Outcome) -> bool:
    return isinstance(outcome, Succeeded) or (isinstance(outcome, Failed) and outcome.accepted)

"""What a run has to say, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from batchctl.execution.notices import (
    ConfigExposed,
    ContextRead,
    KeyChosen,
    NodeEvaluated,
    NotRecorded,
    Recorded,
    RecordsSaved,
    ResponseSaved,
    ResponsesReused,
    Resumable,
    Retrying,
    RowFinished,
    RunStarted,
    SentLiterally,
    Traced,
    Written,
)
from batchctl.plain import clean, counted, listed
from batchctl.redaction import Redactor
from batchctl.render.text.words import row_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchctl.diagnostics import Diagnostic
    from batchctl.engine.remarks import RunRemark
    from batchctl.execution.batch_delivery import DeliveryCounts
    from batchctl.execution.notices import Notice

_MAX_NAMED = 5
_MAX_SENTENCES = 5
# So much of what an expression read, and of what it made.
MAX_SHOWN = 2_000


def remark_line(remark: RunRemark) -> str:
    """What the engine noticed about values in a run, as one line: ``KEY: sent literally: … (3 calls)``."""
    if remark.kind in ("works-otherwise", "no-calls"):
        return f"{remark.key}: {remark.sentence}"
    what = "sent literally: " if remark.kind == "sent-literally" else ""
    return f"{remark.key}: {what}{remark.sentence} ({counted(remark.count, 'call')})"


def unsaid(remarks: Sequence[RunRemark], diagnostics: Sequence[Diagnostic]) -> Iterator[RunRemark]:
    """Those of ``remarks`` that say something else than the ``diagnostics`` of the file, which were shown before."""
    said = {diagnostic.message for diagnostic in diagnostics if diagnostic.rule == "works-otherwise"}
    return (each for each in remarks if not any(message in each.sentence for message in said))


def words(notice: Notice, how_to_resume: str) -> str:
    """The notice as one line.

    ``how_to_resume`` is a command with ``{}`` in place of the run's id.
    """
    match notice:
        case RunStarted(run_id=run_id):
            return f"run {run_id}"
        case NotRecorded(reason=reason):
            return f"this run is not recorded: {reason}"
        case KeyChosen(key=key, rows=rows):
            return f"idempotency key {key}" + ("; each row adds its number" if rows else "")
        case SentLiterally(placeholders=names):
            return f"sent literally, since it has no value: {listed(list(names[:_MAX_NAMED]))}"
        case ConfigExposed(path=path):
            return f"{path} is readable by other users; run chmod 600 {path}"
        case Retrying(attempt=attempt, wait_s=wait_s, reason=reason):
            return f"{reason}; retry {attempt} in {wait_s:.1f} s"
        case ResponsesReused(count=count):
            return f"reused {counted(count, 'response')} from the journal"
        case ResponseSaved(path=path):
            return f"what was received is in {path}"
        case RecordsSaved(path=path):
            return f"complete records were saved to {path}"
        case Resumable(run_id=run_id):
            return f"to resume: {how_to_resume.format(run_id)}"
        case ContextRead() | NodeEvaluated() | RowFinished() | Written() | Recorded() | Traced():
            return _longer(notice)
        case _:
            assert_never(notice)


def _longer(notice: ContextRead | NodeEvaluated | RowFinished | Written | Recorded | Traced) -> str:
    match notice:
        case RowFinished(end=end):
            return row_label(end, Redactor().text)
        case NodeEvaluated(key=key, data=data, value=value):
            return f"debug: {clean(key, 80)}: {clean(data, MAX_SHOWN)} → {clean(value, MAX_SHOWN)}"
        case ContextRead(names=names, missing=missing):
            found, lost = listed(list(names)), listed(list(missing))
            said = (
                found and f"the account's context gives {found}",
                lost and f"the API does not report {lost} of the account; pass it with --context",
            )
            return "; ".join(filter(None, said))
        case Written(path=path, count=count, what=what):
            return f"wrote {path}" if count is None else f"wrote {counted(count, what)} to {path}"
        case Recorded(folder=folder, count=count, what=what):
            return f"recorded {'the records of ' if what == 'resource' else ''}{counted(count, what)} in {folder}"
        case Traced(path=path, calls=calls):
            return f"{counted(calls, 'call')} {'is' if calls == 1 else 'are'} in {path}"
        case _:
            assert_never(notice)


class DeliveredLine(NamedTuple):
    """A line about records that were delivered to a run's destinations, or, with ``is_failure``, that were not."""

    text: str
    is_failure: bool = False


def delivered_lines(counts: DeliveryCounts, names: Iterable[str]) -> Iterator[DeliveredLine]:
    """For each of the resources ``names`` a line on how much was delivered, and up to five on what failed.

    ``names`` are the resources' keys in the definition, as in ``counts``; one that is not in ``counts`` has 0 records.
    """
    for name in names:
        records, pages = counts.records.get(name, 0), counts.delivered.get(name, 0)
        shown = clean(name, 80)
        yield DeliveredLine(f"{shown}: {counted(records, 'record')} delivered ({counted(pages, 'delivery')})")
        for sentence in counts.failed.get(name, [])[:_MAX_SENTENCES]:
            yield DeliveredLine(f"{shown}: not delivered: {clean(sentence, 300)}", is_failure=True)

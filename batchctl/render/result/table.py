"""Every record in plain tables, a table per resource, drawn as they are read."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from batchctl.plain import clean, counted
from batchctl.render.result.glimpse import Glimpse
from batchctl.render.text.cells import fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonValue
    from batchctl.redaction import Redact

# Columns are as wide as the first so many records need.
_AT_ONCE = 1000


def run_table(
    result: RunResult,
    available: int,
    *,
    rows: int | None = None,
    fields: Sequence[str] = (),
    redact: Redact,
) -> Iterator[str]:
    """A heading and a table for each resource in the result, in pieces, at most ``available`` columns wide.

    ``rows`` limits the records per resource (None: all). ``fields`` are the columns to show; where it is empty, the
    most useful that fit. ``redact`` masks secrets.
    """
    first = True
    for part, key, values in result.answer_lists():
        if part != "result":
            continue
        outcome = result.outcomes.get(key)
        count = getattr(outcome, "count", 0)
        yield ("" if first else "\n") + fit(clean(redact(f"{key}: {counted(count, 'record')}")), available) + "\n"
        yield from records_table(islice(values, rows), available, fields=fields, redact=redact)
        first = False


def records_table(
    records: Iterable[JsonValue],
    available: int,
    *,
    fields: Sequence[str] = (),
    redact: Redact,
) -> Iterator[str]:
    """The records as a table at most ``available`` columns wide; each piece has 1,000 records and a header of its own.

    ``fields`` are the columns to show; where it is empty, the most useful that fit. ``redact`` masks secrets.
    """
    reader = iter(records)
    while chunk := list(islice(reader, _AT_ONCE)):
        yield "".join(f"{line}\n" for line in Glimpse(chunk, len(chunk), redact, fields).plain_lines(available))

"""One row of many, and how its run ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from batchctl.engine.result import Skipped
from batchctl.redaction import MaskedRepr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.engine.result import RunResult
    from batchctl.errors import BatchctlError
    from batchctl.json_types import JsonObject, JsonValue

RowState: TypeAlias = Literal["succeeded", "failed", "refused", "open"]
"""How a row ended: ``refused`` could not be run, ``open`` was not run to its end."""


class Row(MaskedRepr, frozen=True):
    """One run of many of the same definition, with its own account and arguments; ``number`` counts from 1.

    ``account`` is an account's id, None for the definition's own; ``args`` are the row's own arguments by name.
    ``occurrence`` counts rows with equal values from 0: it tells them apart when a run is resumed.
    """

    number: int
    account: str | None
    args: JsonObject
    occurrence: int = 0

    @property
    def label(self) -> str:
        """The row's name for people: ``row 3``, with the account where the row has one."""
        return _label(self.number, self.account)


def _label(number: int, account: str | None) -> str:
    return f"row {number} · {account}" if account else f"row {number}"


class RowCalls(NamedTuple):
    """The calls of one row in the form in which reports list them; empty where no report wants them.

    ``listed`` has an object per call: an item of ``calls`` in the JSON report (``serial``, ``resource``, ``method``,
    ``path``, ``status`` …, as ``render.report.json.call_data`` makes it). ``cases`` has a list per test case of a JUnit
    report: ``[key of the node, name, state, message, seconds, details, origins, field or null]``, as
    ``render.report.junit_cases.Case`` describes them.
    """

    listed: Sequence[JsonValue] = ()
    cases: Sequence[JsonValue] = ()


_NO_CALLS = RowCalls()


def row_folder(number: int, account: str | None, digits: int) -> str:
    """The name of a row's folder: its number, padded with zeros to ``digits``, and its account: ``0012-5c3b5d2e…``.

    Characters of the account other than ASCII letters, digits, ``-`` and ``_`` become ``-``; it is cut to 60. Without
    an account it is the number alone.
    """
    safe = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "-" for sign in account or "")[:60]
    return f"{number:0{digits}d}" + (f"-{safe}" if safe else "")


class RowEnd(MaskedRepr, frozen=True):
    """How a row ended: with a result, with the error that kept it from running, or with neither when it was cut short.

    ``result`` and ``error`` are None where there is none. ``number``, ``account`` and ``args`` are the row's own
    (``account`` is an id, None for the definition's); ``elapsed_s`` is wall-clock time in seconds; ``calls`` are its
    calls for reports.
    """

    number: int
    account: str | None
    args: JsonObject
    result: RunResult | None = None
    error: BatchctlError | None = None
    elapsed_s: float = 0.0
    calls: RowCalls = _NO_CALLS

    @property
    def label(self) -> str:
        """The row's name for people: ``row 3``, with the account where the row has one."""
        return _label(self.number, self.account)

    @property
    def ok(self) -> bool:
        """Whether the row was run to its end and no resource failed."""
        return self.result is not None and self.result.ok

    @property
    def state(self) -> RowState:
        """``succeeded``, ``failed``, ``refused`` (it could not run) or ``open`` (it was cut short)."""
        if self.error is not None:
            return "refused"
        if self.result is None or self.result.interrupted:
            return "open"
        return "succeeded" if self.result.ok else "failed"

    @property
    def records(self) -> int:
        """How many records the row returned, 0 without a result; of a sync job those that its requests fetched."""
        if self.result is None:
            return 0
        if self.result.sync is not None:
            return _fetched(self.result.sync)
        return sum(each.count for each in self.result.outcomes.values() if not isinstance(each, Skipped))


def _fetched(sync: JsonObject) -> int:
    """The records that the requests of a run fetched, by its ``resource_stats``."""
    run = sync.get("run")
    stats = run.get("resource_stats") if isinstance(run, dict) else None
    methods = [
        each
        for node in (stats.values() if isinstance(stats, dict) else ())
        if isinstance(node, dict)
        for each in node.values()
    ]
    counts = [each.get("fetched") for each in methods if isinstance(each, dict)]
    return sum(count for count in counts if isinstance(count, int))

"""One row of many, and how its run ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from batchctl.engine.result import Skipped
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.engine.result import RunResult
    from batchctl.errors import BatchctlError
    from batchctl.json_types import JsonObject, JsonValue

# ``refused`` could not run, ``open`` was not run to its end.
RowState: TypeAlias = Literal["succeeded", "failed", "refused", "open"]


class Row(Struct, frozen=True):
    """A run of the batch with its own values: ``number`` counts from 1; ``account`` None is the definition's own.

    ``occurrence`` distinguishes rows with equal values: it counts from 0.
    """

    number: int
    account: str | None
    args: JsonObject
    occurrence: int = 0

    @property
    def label(self) -> str:
        """The row's name for people: ``row 3``, with the account where the row has one."""
        return f"row {self.number} · {self.account}" if self.account else f"row {self.number}"


class RowCalls(NamedTuple):
    """A row's calls for the reports that are written; empty without any.

    ``listed`` are as in the JSON report, ``cases`` are test cases of JUnit.
    """

    listed: Sequence[JsonValue] = ()
    cases: Sequence[JsonValue] = ()


_NO_CALLS = RowCalls()


def row_folder(number: int, account: str | None, digits: int) -> str:
    """A folder's name for a row: its number with ``digits`` digits, and its account: ``0012-5c3b5d2e…``.

    Characters of the account other than ASCII letters, digits, ``-`` and ``_`` become ``-``; it is cut to 60.
    """
    safe = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "-" for sign in account or "")[:60]
    return f"{number:0{digits}d}" + (f"-{safe}" if safe else "")


class RowEnd(Struct, frozen=True):
    """How a row ended: with a result, with the error that kept it from running, or with neither when it was cut short.

    ``elapsed_s`` is wall-clock time in seconds; ``calls`` are its calls for the reports that are written. ``number`` is
    the row's place, ``account`` and ``args`` are what it was run with.
    """

    number: int
    account: str | None
    args: JsonObject
    result: RunResult | None = None
    error: BatchctlError | None = None
    elapsed_s: float = 0.0
    calls: RowCalls = _NO_CALLS

    @property
    def ok(self) -> bool:
        """Whether every resource of the row succeeded."""
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
        """How many records the row returned; of a sync job those that its requests fetched."""
        if self.result is None:
            return 0
        if self.result.sync is not None:
            return _fetched(self.result.sync)
        return sum(each.count for each in self.result.outcomes.values() if not isinstance(each, Skipped))


def _fetched(told: JsonObject) -> int:
    """The records that the requests of a run fetched, by its ``resource_stats``."""
    run = told.get("run")
    stats = run.get("resource_stats") if isinstance(run, dict) else None
    methods = [
        each
        for node in (stats.values() if isinstance(stats, dict) else ())
        if isinstance(node, dict)
        for each in node.values()
    ]
    counts = [each.get("fetched") for each in methods if isinstance(each, dict)]
    return sum(count for count in counts if isinstance(count, int))

"""One row of many, and how its run ended."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.definition.given import Given
    from batchctl.engine.result import RunResult
    from batchctl.errors import BatchctlError
    from batchctl.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class Row:
    """One run: ``number`` counts from 1 in the order of the file; ``account`` is None for the definition's own.

    ``occurrence`` tells equal rows apart: it counts from 0. ``given`` says where the values came from, if known.
    """

    number: int
    account: str | None
    args: JsonObject
    occurrence: int = 0
    given: Given | None = field(default=None, compare=False, repr=False)

    @property
    def label(self) -> str:
        """How people know it: ``row 3``, with the account where the row names one."""
        return f"row {self.number} · {self.account}" if self.account else f"row {self.number}"


def told_apart(rows: Iterable[Row]) -> list[Row]:
    """The rows with their occurrences counted: two equal rows are two runs."""
    seen: Counter[str] = Counter()
    found = []
    for row in rows:
        contents = json.dumps([row.account, row.args])
        found.append(replace(row, occurrence=seen[contents]))
        seen[contents] += 1
    return found


@dataclass(frozen=True, slots=True)
class RowEnd:
    """How a row ended: with a result, with the error that kept it from running, or with neither when cut short.

    ``elapsed_s`` is wall-clock time in seconds.
    """

    number: int
    account: str | None
    args: JsonObject
    result: RunResult | None = None
    error: BatchctlError | None = None
    elapsed_s: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every resource of it succeeded."""
        return self.result is not None and self.result.ok

"""What went wrong in many rows, by cause: one sentence for all rows that failed for the same reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.causes import CountedCause, likeness
from batchctl.engine.result import Failed
from batchctl.structs import Struct, field
from batchctl.truto.envelope import make_envelope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.engine.causes import Cause
    from batchctl.execution.row_end import RowEnd
    from batchctl.json_types import JsonValue

# Of the rows of one cause so many are named.
_MAX_ROWS = 20
# Causes that differ beyond this are counted with the last one: they are data, not reasons.
_MAX_CAUSES = 1000


class RowsCause(Struct):
    """Errors of one resource in several rows that have the same cause.

    ``resource`` is its key in the definition, ``counted`` has the errors, ``rows`` is the number of rows,
    ``first_rows`` are the numbers of the first 20.
    """

    resource: str
    counted: CountedCause
    rows: int = 0
    first_rows: list[int] = field(default_factory=list)

    @property
    def cause(self) -> Cause:
        """What the errors have in common, and how many there are."""
        return self.counted.cause()

    @property
    def named_rows(self) -> str:
        """The rows in words, the first ones by their numbers: ``rows 3, 7 and 40 more``."""
        numbers = ", ".join(map(str, self.first_rows))
        more = self.rows - len(self.first_rows)
        return f"row{'s' * (self.rows > 1)} {numbers}{f' and {more:,} more' if more else ''}"


def causes_across(ends: Iterable[RowEnd]) -> list[RowsCause]:
    """The causes of errors over the rows ``ends``, those of the most rows first; skipped resources have none.

    At most 1,000 are told apart; errors with another cause are then left out.
    """
    found: dict[object, RowsCause] = {}
    for end in ends:
        seen: set[int] = set()
        for resource, error in _errors(end):
            name = (resource, likeness(error))
            if name not in found and len(found) >= _MAX_CAUSES:
                continue
            cause = found.setdefault(name, RowsCause(resource, CountedCause(error)))
            cause.counted.add(error)
            if id(cause) not in seen:
                seen.add(id(cause))
                cause.rows += 1
                if len(cause.first_rows) < _MAX_ROWS:
                    cause.first_rows.append(end.number)
    return sorted(found.values(), key=lambda each: (-each.rows, each.first_rows))


def _errors(end: RowEnd) -> Iterator[tuple[str, JsonValue]]:
    if end.error is not None:
        yield "batch", {**make_envelope(0, str(end.error)), "origin": "row"}
    elif end.result is not None:
        for key, outcome in end.result.outcomes.items():
            if isinstance(outcome, Failed):
                for error in outcome.errors:
                    yield key, error

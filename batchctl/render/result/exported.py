"""A result on its way into data outputs: the values are the service's own, counted or masked as they are read."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from batchctl.engine.response_text import json_arrays
from batchctl.engine.result import Brought, Failed, NotReached, Skipped, is_stored
from batchctl.json_text import array_of, values_of
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.engine.result import Outcome, RunResult
    from batchctl.execution.row_end import RowEnd
    from batchctl.json_types import JsonValue
    from batchctl.redaction import Redactor


class Exported:
    """A run's result to be written as data, while values that look secret are counted.

    The ``redactor`` knows which values those are. ``result`` has the same shape as the one given; with ``mask`` each
    value that looks secret is ``***`` in it.
    """

    def __init__(self, result: RunResult, redactor: Redactor, *, mask: bool = False) -> None:
        self._redactor = redactor
        self._mask = mask
        self._lists: list[_Values] = []
        self._in_raw = 0
        self.result = self._exported(result)

    @property
    def secret_values(self) -> int:
        """How many of the values read so far look secret: under a name that sounds so, or known secrets.

        It is final once all of ``result`` has been read.
        """
        return self._in_raw + sum(each.secret_values for each in self._lists)

    def _exported(self, result: RunResult) -> RunResult:
        raw = result.raw
        if raw is not None:
            raw = {part: self._part(part, value) for part, value in raw.items()}
        return replace(result, raw=raw, outcomes={key: self._outcome(each) for key, each in result.outcomes.items()})

    def _outcome(self, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Failed | Skipped | NotReached) and outcome.errors:
            entries = [self._with_masked_call(entry) for entry in outcome.errors]
            outcome = replace(outcome, errors=list(self._values(entries)))
        return replace(outcome, records=self._values(outcome.records)) if isinstance(outcome, Brought) else outcome

    def _with_masked_call(self, entry: JsonValue) -> JsonValue:
        """The call that failed is what batchctl asked, not the service's data: secrets in it are masked in any case."""
        if not isinstance(entry, dict) or "call" not in entry:
            return entry
        call = {"call": entry["call"]}
        return {**entry, **self._redactor.data(call)} if self._redactor.count(call) else entry

    def _values(self, values: Collection[JsonValue]) -> _Values:
        made = _Values(values, self._redactor, mask=self._mask)
        self._lists.append(made)
        return made

    def _part(self, part: str, value: object) -> object:
        """A part of the service's answer: lists of records that are still on disk stay there."""
        if not isinstance(value, dict) or not any(map(is_stored, value.values())):
            return self._plain(part, value)
        return {
            name: self._values(each) if is_stored(each) else self._plain(name, each) for name, each in value.items()
        }

    def _plain(self, name: str, value: object) -> object:
        found = self._redactor.count({name: value})
        self._in_raw += found
        return self._redactor.data({name: value})[name] if found and self._mask else value  # type: ignore[index]  # a mapping stays one


class _Values(Collection["JsonValue"]):
    """Records or errors that are counted, and masked where asked, while they are iterated."""

    def __init__(self, values: Collection[JsonValue], redactor: Redactor, *, mask: bool) -> None:
        self._values = values
        self._redactor = redactor
        self._mask = mask
        self._is_clear = False
        self.secret_values = 0

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, value: object) -> bool:
        return value in self._values

    def __iter__(self) -> Iterator[JsonValue]:
        for array in self.arrays():
            yield from values_of(array)

    def arrays(self) -> Iterator[bytes]:
        """The same as JSON arrays, each on one line."""
        found = 0
        redactor = self._redactor
        for array in json_arrays(self._values):
            if self._is_clear or redactor.clears(array):
                yield array
                continue
            values = values_of(array)
            here = sum(map(redactor.count, values))
            found += here
            yield array_of([redactor.data(value) for value in values]) if here and self._mask else array
        self.secret_values = found
        # What was looked through once is not looked through for each pass of a writer.
        self._is_clear = not found


class ExportedRows:
    """Many rows to be written as data, while values that look secret are counted; iterating gives a ``RowEnd`` per row.

    ``ends`` are the rows; the ``redactor`` knows which values look secret, and with ``mask`` each of those is ``***``
    in the results of the rows that are given, which are copies. ``secret_values`` is their number so far, counted anew
    each time that the rows are gone through.
    """

    def __init__(self, ends: Iterable[RowEnd], redactor: Redactor, *, mask: bool) -> None:
        self._ends = ends
        self._redactor = redactor
        self._mask = mask
        self.secret_values = 0

    def __len__(self) -> int:
        return len(self._ends)  # type: ignore[arg-type]  # rows can be counted

    def __iter__(self) -> Iterator[RowEnd]:
        self.secret_values = 0
        for end in self._ends:
            if end.result is None:
                yield end
                continue
            exported = Exported(end.result, self._redactor, mask=self._mask)
            yield replace(end, result=exported.result)
            self.secret_values += exported.secret_values

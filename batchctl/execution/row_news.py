"""What there is to say about a row that was not said about an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.structs import Struct, field, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchctl.diagnostics import Diagnostic
    from batchctl.preparation import Prepared

_MAX_WARNED_ROWS = 20
# Where a value came from, as the message about it has it: what differs from row to row is the row.
_ROW = lazy_regex(r"\b(?:row \d+|account \S+ of --each)")


class RowNews(Struct):
    """Takes out of the diagnostics of rows, checked one after the other, those that an earlier row had already.

    Pass each row's checked definition through ``of``, and call ``end`` after the last. Two rows have the same
    diagnostic when it differs only in the row that it names. ``repeated`` is called at the end for each diagnostic that
    names its row, with the number of later rows that have it, too. ``cut`` is called once, when 20 rows had new
    warnings: of later rows none are reported.
    """

    cut: Callable[[], None]
    repeated: Callable[[Diagnostic, int], None]
    _said: dict[Diagnostic, Diagnostic] = field(default_factory=dict)
    _again: dict[Diagnostic, int] = field(default_factory=dict)
    _warned_rows: int = field(default=0)
    _is_first: bool = field(default=True)
    _is_over: bool = field(default=False)

    def end(self) -> None:
        """Call this after all rows were checked: it calls ``repeated``, and from then on no diagnostics are new."""
        self._is_over = True
        for cause, count in self._again.items():
            if self._said[cause].message != cause.message:
                self.repeated(self._said[cause], count)

    def alike(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Count a row that was not checked by itself because an earlier one, with these diagnostics, is like it."""
        if not self._is_over:
            for cause in {_cause(found) for found in diagnostics} & self._said.keys():
                self._again[cause] = self._again.get(cause, 0) + 1

    def of(self, prepared: Prepared) -> Prepared:
        """``prepared``, the definition checked for a row, with only those diagnostics that no earlier row had.

        The first row, and a row that can't be run, keep all of theirs.
        """
        if self._is_over and prepared.ok:
            return replace(prepared, diagnostics=(), input_files=())
        self.alike(prepared.diagnostics)
        new = tuple(found for found in prepared.diagnostics if _cause(found) not in self._said)
        is_first, self._is_first = self._is_first, False
        whole = is_first or not prepared.ok
        self._warned_rows += bool(new) and not whole
        if not whole and new and self._warned_rows > _MAX_WARNED_ROWS:
            if self._warned_rows == _MAX_WARNED_ROWS + 1:
                self.cut()
            new = ()
        self._said.update((_cause(found), found) for found in new)
        return prepared if whole else replace(prepared, diagnostics=new, input_files=())


def _cause(found: Diagnostic) -> Diagnostic:
    """The diagnostic without the row that it names."""
    origin = found.origin and _ROW.sub("row", found.origin)
    return replace(found, message=_ROW.sub("row", found.message), origin=origin)

"""What there is to say about a row that was not said about an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.structs import Struct, field, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.diagnostics import Diagnostic
    from batchctl.preparation import Prepared

_MAX_WARNED_ROWS = 20


class RowNews(Struct):
    """Reduces the diagnostics of rows, prepared one after the other, to those that no earlier row had.

    ``cut`` is called once, when no more warnings are reported.
    """

    cut: Callable[[], None]
    _said: set[Diagnostic] = field(default_factory=set)
    _warned_rows: int = field(default=0)
    _is_first: bool = field(default=True)
    _is_over: bool = field(default=False)

    def end(self) -> None:
        """Call after all rows were checked: from then on no diagnostics are new."""
        self._is_over = True

    def of(self, prepared: Prepared) -> Prepared:
        """``prepared`` with only its new diagnostics; with all of them for the first row.

        A row that can't be run also keeps all of them.
        """
        if self._is_over and prepared.ok:
            return replace(prepared, diagnostics=(), beside=())
        new = tuple(found for found in prepared.diagnostics if found not in self._said)
        self._said.update(new)
        if self._is_first or not prepared.ok:
            self._is_first = False
            return prepared
        self._warned_rows += bool(new)
        if new and self._warned_rows > _MAX_WARNED_ROWS:
            if self._warned_rows == _MAX_WARNED_ROWS + 1:
                self.cut()
            new = ()
        return replace(prepared, diagnostics=new, beside=())

"""What the engine noticed about the values that many rows sent, counted over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.execution.notices import RowFinished
from batchctl.structs import Struct, field, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.engine.remarks import RunRemark
    from batchctl.execution.notices import Notice, Notify

# Remarks of so many kinds are kept: more are data.
_MAX_KINDS = 50


class RowRemarks(Struct):
    """Collects the remarks about the rows that ended: one for each resource and kind, with all calls counted.

    Pass what ``heard_by`` returns to ``run_rows`` as ``notify``; after the run read ``all``.
    """

    _found: dict[tuple[str, str], RunRemark] = field(default_factory=dict)

    @property
    def all(self) -> Sequence[RunRemark]:
        """The remarks, in the order in which they were first made; each with the number of its calls in all rows."""
        return list(self._found.values())

    def heard_by(self, notify: Notify) -> Notify:
        """A function that collects the remarks of each row that ends, and passes every notice on to ``notify``."""

        def hear(notice: Notice, /) -> None:
            if isinstance(notice, RowFinished) and notice.end.result is not None:
                for each in notice.end.result.remarks:
                    self._count(each)
            notify(notice)

        return hear

    def _count(self, remark: RunRemark) -> None:
        kind = (remark.key, remark.kind)
        if kind in self._found or len(self._found) < _MAX_KINDS:
            known = self._found.setdefault(kind, replace(remark, count=0))
            known.count += remark.count

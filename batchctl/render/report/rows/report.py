"""What every report of many rows is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from batchctl.engine.observe.timeline import Timeline
from batchctl.render.report.json import Report
from batchctl.render.result.row_causes import causes_across
from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.execution.row_end import RowEnd
    from batchctl.execution.rows import RowsResult
    from batchctl.plan.planner import Plan
    from batchctl.render.result.row_causes import RowsCause


class RowsReport(Struct, frozen=True):
    """What every report of many rows is made from.

    ``rows`` is how they ended. ``plan`` is that of the first row, ``where`` says in words who executed the rows,
    ``file`` what was run. ``elapsed_s`` is how long all took, in seconds; ``junit_cases`` says whether a test case of
    the JUnit report stands for a resource or a call.
    """

    rows: RowsResult
    plan: Plan
    where: str
    file: str
    elapsed_s: float
    junit_cases: Literal["resources", "calls"] = "resources"

    @property
    def title(self) -> str:
        """The batch's name, or that of its file where it has none."""
        return self.plan.definition.name or self.file

    def causes(self) -> list[RowsCause]:
        """The causes of errors over all rows, those of the most rows first."""
        return causes_across(self.rows.ends)

    def of(self, end: RowEnd) -> Report | None:
        """What the report of one row is made from; None for a row without a result."""
        if end.result is None:
            return None
        return Report(end.result, self.plan, Timeline(), self.where, self.file)

"""The rows of an earlier run of many rows, read from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import UsageError
from batchctl.execution.resume import SavedInputs
from batchctl.execution.row_end import RowEnd
from batchctl.execution.row_journal import read_row
from batchctl.execution.row_table import RowEnds, RowTable
from batchctl.execution.rows import RowsResult
from batchctl.launch.inputs import Inputs
from batchctl.launch.row_sources import recorded_rows
from batchctl.redaction import MASK, without_marks
from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.definition.given import Given
    from batchctl.plan.planner import Plan
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore

ROW_KINDS = ("each", "sync-each")


class EarlierRows(Struct, frozen=True):
    """What a recorded run of many rows brought: ``result`` has all rows, with the results of those that succeeded.

    ``plan`` is that of the first row. Secrets in the results are masked: the record does not have them.
    """

    plan: Plan
    result: RowsResult

    @classmethod
    def of(cls, store: RunStore, facts: RunFacts) -> EarlierRows:
        """The rows of the run ``facts`` in ``store``.

        Raises ``UsageError`` where its rows or its definition are not on this machine, since one of them has a secret
        or workers keep them, and ``StoreError`` for rows that can't be read.
        """
        saved = SavedInputs.of(facts) if facts.inputs is not None else None
        given = [] if saved is None else list(recorded_rows(store, facts))
        if saved is None or not given or saved.fleet is not None:
            raise UsageError(
                f"the rows of run {facts.id} are not kept on this machine",
                hint="those of a definition or a row with a secret are not, nor those that workers ran",
            )
        plan = _plan(facts, given[0])
        table, kept = RowTable(), dict(store.row_results(facts.id))
        for number, each in enumerate(given, 1):
            table.add(each.account, each.values)
            if number in kept:
                result = read_row(without_marks(kept.pop(number), MASK), plan.steps)
                table.keep(RowEnd(number, each.account, each.values, result))
        is_whole = facts.state in ("succeeded", "failed")
        return cls(plan, RowsResult(RowEnds(table, plan.steps), interrupted=not is_whole))


def _plan(facts: RunFacts, row: Given) -> Plan:
    return Inputs.of_run(facts).prepare(row, required=None, jobs=True).require_plan()

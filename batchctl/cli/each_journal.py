"""Rows of ``--each`` that are done, kept as they end, so that another run needs only the rest."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.cli.run_store import user_store
from batchctl.errors import StoreError, UsageError
from batchctl.render.result.each import RowEnd
from batchctl.service.answer import read_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.cli.each_rows import Row
    from batchctl.cli.terminal import Terminal
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.store.facts import Keeping
    from batchctl.store.run import Run

_OK = 200
_TURN = 1


@dataclass(frozen=True, slots=True)
class RowJournal:
    """``run`` is None where the store can't be used: then nothing is kept, and nothing recalled."""

    run: Run | None
    terminal: Terminal

    def recall(self, row: Row, plan: Plan) -> RowEnd | None:
        """How a row ended in an earlier run, if it was fine then."""
        kept = self.run.recall(self.run.call_name(_identity(row)), _TURN) if self.run else None
        if kept is None:
            return None
        result = read_answer(json.loads(kept[1]), plan.steps, elapsed_s=0.0)
        return RowEnd(row.number, row.account, row.args, result)

    def record(self, row: Row, end: RowEnd) -> None:
        """Keep a row that is fine; one with errors is run again."""
        if self.run and end.result is not None and end.ok:
            text = self.terminal.redactor.text(json.dumps(end.result.body(), ensure_ascii=False))
            self.run.record_call(self.run.call_name(_identity(row)), _TURN, f"row {row.number}", _OK, text)


@contextmanager
def open_journal(about: Keeping, resume: str | None, terminal: Terminal) -> Iterator[RowJournal]:
    """A new journal, or the one of the run to go on with.

    Raises ``StoreError`` when there is no such run, ``UsageError`` when it was another batch.
    """
    run = _reopened(about, resume) if resume else _begun(about, terminal)
    try:
        yield RowJournal(run, terminal)
    finally:
        if run is not None:
            if resume is None:
                terminal.note(f"run {run.id}; --resume {run.id} does only the rows that are not fine")
            run.close()


def _begun(about: Keeping, terminal: Terminal) -> Run | None:
    try:
        return user_store().begin(about)
    except StoreError as error:
        terminal.note(f"this run is not kept: {error}")
        return None


def _reopened(about: Keeping, resume: str) -> Run:
    run = user_store().reopen(resume)
    if run.is_about(about.content, about.host):
        return run
    run.close()
    raise UsageError(
        f"run {run.id} was another batch, or went to another host", hint="start a new one without --resume"
    )


def _identity(row: Row) -> JsonObject:
    """A row is the same if its account and arguments are, wherever it stands in the file."""
    return {"account": row.account, "args": row.args}

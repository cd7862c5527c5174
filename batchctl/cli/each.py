"""``run --each FILE``: one batch, once per row, side by side; what came back is tagged by row."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from batchctl.blocking import wait_for
from batchctl.cli.consent import checked_plan, confirm_deletes
from batchctl.cli.delivery import is_folder
from batchctl.cli.each_journal import open_journal
from batchctl.cli.each_rows import read_rows
from batchctl.cli.formats import format_of
from batchctl.cli.out_files import write_whole
from batchctl.cli.run_options import Output
from batchctl.errors import BatchctlError, ExitCode, Interrupted, UsageError
from batchctl.render.result.each import RowEnd, RowsView, row_line, rows_json, rows_ndjson, rows_tree
from batchctl.store.facts import Keeping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.cli.each_journal import RowJournal
    from batchctl.cli.each_rows import Row
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.run_options import CommandLine, OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.cli.ways import Way
    from batchctl.plan.planner import Plan

_OUTPUTS = (Output.TREE, Output.JSON, Output.NDJSON)


@dataclass(frozen=True, slots=True)
class _Job:
    """A row made ready to run."""

    row: Row
    plan: Plan
    way: Way


def run_each(inputs: Inputs, line: CommandLine, terminal: Terminal) -> NoReturn:
    """Run the batch of ``inputs`` once per row of ``--each``. Every row is checked before the first one starts."""
    output = _output(line.output)
    jobs = _jobs(inputs, line, terminal)
    if not line.way.local:
        confirm_deletes(jobs[0].plan, terminal, yes=line.checks.yes)
    terminal.note(f"{len(jobs)} rows · {jobs[0].way.where}" if len(jobs) > 1 else f"1 row · {jobs[0].way.where}")
    with open_journal(_about(jobs, inputs), line.way.resume, terminal) as journal:
        ends, interrupted = wait_for(_Rows(jobs, terminal, line.way.parallel, journal).run())
    if output is not Output.TREE:
        pieces = rows_json(ends) if output is Output.JSON else rows_ndjson(ends)
        if line.output.out is None:
            terminal.result(pieces)
        else:
            write_whole(Path(line.output.out), pieces, terminal.redactor.text)
            terminal.note(f"wrote {line.output.out}")
    if line.output.output in (None, Output.TREE):
        terminal.view(rows_tree(ends, RowsView(jobs[0].plan, inputs.shown, terminal.redactor.text)))
    if interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    raise typer.Exit(_exit_code(ends))


def _output(asked: OutputOptions) -> Output:
    """The format of the rows. Raises ``UsageError`` for what rows can't be written as."""
    output = asked.output or (Output.TREE if asked.out is None else format_of(asked.out))
    if output not in _OUTPUTS or (output is Output.TREE and asked.out):
        raise UsageError(f"--each prints {', '.join(_OUTPUTS)}", hint="ndjson has a line per record, with its row")
    if asked.reports or (asked.out and is_folder(asked.out)):
        what = next(iter(asked.reports), "--out DIR/")
        raise UsageError(f"{what} does not go with --each", hint="write the rows with --out rows.ndjson")
    return output


def _about(jobs: Sequence[_Job], inputs: Inputs) -> Keeping:
    """The rows may grow from one run to the next; the batch itself must be the same."""
    resources = jobs[0].plan.definition.payload["resources"]
    return Keeping("each", inputs.shown, {"resources": resources}, jobs[0].way.host)


def _jobs(inputs: Inputs, line: CommandLine, terminal: Terminal) -> list[_Job]:
    """A plan and a way per row. The problems of the first row that has any are shown, and nothing starts."""
    from batchctl.cli.ways import choose_way

    rows = read_rows(line.way.each) if line.way.each else []
    plans = [(row, _plan(row, inputs, line, terminal)) for row in rows]
    key = line.connection.idempotency_key
    if key is None and not line.way.local and plans and plans[0][1].writes:
        key = str(uuid.uuid4())
        terminal.note(f"idempotency key {key}; each row adds its number")
    return [_Job(row, plan, choose_way(plan, inputs, _line_of(row, line, key), terminal)) for row, plan in plans]


def _plan(row: Row, inputs: Inputs, line: CommandLine, terminal: Terminal) -> Plan:
    prepared = inputs.prepare(account=row.account, args=row.args)
    if prepared.plan is None:
        terminal.problem(f"{row.label} of {line.way.each}:")
    return checked_plan(prepared, line.checks, terminal, quiet=row.number > 1)


def _line_of(row: Row, line: CommandLine, key: str | None) -> CommandLine:
    """The command line for one row: two rows must not share an idempotency key."""
    own = None if key is None else f"{key}-{row.number}"
    return replace(line, connection=replace(line.connection, idempotency_key=own))


class _Rows:
    """Runs the jobs, ``parallel`` at once; a row that can't run does not stop the others."""

    def __init__(self, jobs: Sequence[_Job], terminal: Terminal, parallel: int, journal: RowJournal) -> None:
        self._jobs = jobs
        self._terminal = terminal
        self._journal = journal
        self._places = asyncio.Semaphore(parallel)
        self._ends: dict[int, RowEnd] = {}

    async def run(self) -> tuple[list[RowEnd], bool]:
        """How each row ended, in the order of the file, and whether Ctrl-C cut it short."""
        interrupted = False
        try:
            async with asyncio.TaskGroup() as group:
                for job in self._jobs:
                    group.create_task(self._job(job))
        except (asyncio.CancelledError, KeyboardInterrupt):
            interrupted = True
        rows = [job.row for job in self._jobs]
        return [self._ends.get(row.number) or RowEnd(row.number, row.account, row.args) for row in rows], interrupted

    async def _job(self, job: _Job) -> None:
        async with self._places:
            end = self._journal.recall(job.row, job.plan) or await self._ran(job)
        if end is not None:
            self._ends[job.row.number] = end
            self._terminal.note(row_line(end, self._terminal.redactor.text).plain)

    async def _ran(self, job: _Job) -> RowEnd | None:
        """How a row ends; None when it is cut short."""
        from batchctl.engine.events import ignore

        row, started = job.row, time.monotonic()
        result, error = None, None
        try:
            result = await job.way.run(ignore)
        except Interrupted:
            return None
        except BatchctlError as failed:
            error = failed
        if result is not None and result.interrupted:
            return None
        end = RowEnd(row.number, row.account, row.args, result, error, time.monotonic() - started)
        self._journal.record(row, end)
        return end


def _exit_code(ends: Sequence[RowEnd]) -> ExitCode:
    if any(end.error for end in ends):
        return ExitCode.NOT_RUN
    return ExitCode.OK if all(end.ok for end in ends) else ExitCode.FAILURES

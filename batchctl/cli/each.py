"""``run --each``: one batch, once per row, side by side; what came back is tagged by row."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NoReturn

import typer

from batchctl.cli.consent import confirm_deletes
from batchctl.cli.delivering import prepared_rows, show_delivered
from batchctl.cli.each_sources import checked_rows
from batchctl.cli.each_watching import rows_speaker, run_watched
from batchctl.cli.executors import kind_of, setup_of
from batchctl.cli.exits import exit_code
from batchctl.cli.notices import speaker
from batchctl.cli.output_options import JunitCases, Output
from batchctl.cli.reports import require_junit_cases
from batchctl.cli.resuming import all_inputs
from batchctl.cli.rows_output import RowsOutput
from batchctl.cli.signals import end_as_interrupt
from batchctl.errors import ExitCode, UsageError
from batchctl.execution.notices import KeyChosen
from batchctl.execution.resume import SavedInputs
from batchctl.execution.row_remarks import RowRemarks
from batchctl.execution.row_resume import RowsMode, destinations_as_before
from batchctl.launch.rows import batch_rows
from batchctl.outputs.recordings import RowRecordings
from batchctl.outputs.row_extras import RowExtras
from batchctl.plain import counted
from batchctl.render.notices import remark_line
from batchctl.structs import replace

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.gathered_rows import CheckedRows
    from batchctl.execution.making import ExecutorKind
    from batchctl.execution.rows import RowsResult
    from batchctl.launch.rows import RowsRun
    from batchctl.launch.setup import Setup
    from batchctl.render.result.query import Query
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore


def run_each(
    file: str | None,
    line: CommandLine,
    terminal: Terminal,
    store: RunStore,
    resumed: RunFacts | None,
    query: Query | None = None,
) -> NoReturn:
    """Run a batch once per row: those of ``--each``, or of the run that is resumed; then show the results and end.

    ``file`` is the definition, None to take that of ``resumed``; ``query`` picks what is shown of each row. It ends
    with ``typer.Exit``: 1 where a row's definition has errors, before anything is sent; after the run 0 all rows
    succeeded, 3 calls of some failed, 4 some could not run, 130 interrupted. Raises ``UsageError`` for what can't be
    used, ``ServiceError`` for what can't be reached, ``Declined``.
    """
    if file is None and resumed is None:
        raise UsageError("no file is named", hint="batchctl run FILE --each ROWS, or - for stdin")
    require_no_tree(line)
    if resumed is not None:
        before = destinations_as_before(line.deliver.to or (), resumed)
        line = replace(line, deliver=replace(line.deliver, to=list(before)))
    saved = SavedInputs.of(resumed) if resumed and (file is None or line.rows.each is None) else None
    line = _as_before(line, saved)
    line.require_one_run()
    kind = kind_of(line.mode, rows=line.rows.each is not None)
    inputs = all_inputs(file, line, resumed)
    setup = setup_of(kind, line, inputs, terminal, store, notify=speaker(terminal), resumed=resumed)
    require_junit_cases(line.output, kind)
    rows = checked_rows(setup, line, terminal)
    recordings = recordings_of(setup, line, rows, line.output.record, line.output.trace)
    if kind != "local":
        confirm_deletes(rows.plan, terminal, yes=line.checks.yes)
    run = batch_rows(
        setup,
        rows,
        recordings,
        to=line.deliver.to or (),
        deliveries=prepared_rows(rows.plan, line.deliver, terminal),
        workers=line.rows.workers,
        parallel=line.rows.parallel,
    )
    run_and_end("run", run, setup, line, terminal, query)


def run_and_end(
    command: str, run: RowsRun, setup: Setup, line: CommandLine, terminal: Terminal, query: Query | None = None
) -> NoReturn:
    """Run the rows, show and write what came of them, and end with their exit code, or the error that ended all.

    ``command`` is ``run`` or ``sync``; ``query`` picks what is shown of each row. Raises ``UsageError`` and
    ``FixtureError`` for what can't be written, after all else has been done.
    """
    plan, inputs = run.rows.plan, setup.inputs
    began = time.monotonic()
    end_as_interrupt()
    terminal.note(f"{counted(len(run.rows.table), 'row')} · {run.where}")
    if run.new_key:
        setup.notify(KeyChosen(run.new_key, rows=True))
    remarks = RowRemarks()
    said = rows_speaker(command, inputs.file, line, terminal, kept=run.about.inputs is not None)
    result, failed = run_watched(run, remarks.heard_by(said), terminal)
    if run.deliveries is not None:
        names = [key for key, step in plan.steps.items() if step.node.in_result]
        show_delivered(run.deliveries.counts, names, terminal)
    output = RowsOutput(plan, line.output, terminal, run.where, inputs.shown, query)
    try:
        output.write(result, time.monotonic() - began)
    finally:
        run.recordings.end(setup.notify)
    for remark in remarks.all:
        terminal.note(remark_line(remark))
    raise failed or typer.Exit(_exit_code(result))


def require_no_tree(line: CommandLine) -> None:
    """Raise ``UsageError`` where ``-o tree`` goes with ``--out``: a tree of rows is for the screen only."""
    if line.output.output is Output.TREE and line.output.out:
        raise UsageError("a tree of rows goes to the screen, not to --out", hint="write them with --out rows.ndjson")


def recordings_of(
    setup: Setup, line: CommandLine, rows: CheckedRows, record: Path | None = None, trace: Path | None = None
) -> RowRecordings:
    """What is written and reported of each row, as the options in ``line`` ask.

    ``record`` and ``trace`` are folders for recordings and HAR files, None for none. Raises ``UsageError`` for a
    recording of a local run, which only reads fixtures, and ``FixtureError`` for a folder that can't be used.
    """
    extras = RowExtras(
        listed=line.output.report_json is not None,
        cases=line.output.junit_cases is JunitCases.CALLS,
        api_url=setup.base_url,
        kind=setup.kind,
    )
    return RowRecordings.of(record, trace, extras, setup.mask.redactor, len(rows.table))


def rows_as_before(line: CommandLine, saved: SavedInputs | None, kind: ExecutorKind) -> tuple[CommandLine, RowsMode]:
    """The command line and the mode for rows, with the workers and fixtures of the run that is resumed.

    ``saved`` are the inputs of that run, None for a new one, which has the mode ``kind``. What the command line says
    wins.
    """
    mode = RowsMode(kind, line.mode.fixtures, line.rows.on, line.rows.store)
    if saved is not None:
        mode = mode.as_before(saved)
    fixtures = replace(line.mode, fixtures=mode.fixtures)
    return replace(line, mode=fixtures, rows=replace(line.rows, on=mode.on, store=mode.store)), mode


def _as_before(line: CommandLine, saved: SavedInputs | None) -> CommandLine:
    """The executor that ran the rows runs the rest of them, unless the command line says otherwise."""
    if saved is None or line.mode.local or line.mode.direct:
        return line
    line, before = rows_as_before(line, saved, "truto")
    mode = replace(line.mode, local=before.kind == "local", direct=before.kind == "direct", resume=None)
    return replace(line, mode=mode)


def _exit_code(result: RowsResult) -> ExitCode:
    """The exit code of a run of rows: 0 all succeeded, 130 interrupted, 4 when a row could not run, else 3."""
    if result.status == "failed" and result.ends.table.counts().refused:
        return ExitCode.NOT_RUN
    return exit_code(result.status)

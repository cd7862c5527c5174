"""``run --each FILE``: one batch, once per row, side by side; what came back is tagged by row."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from batchctl.blocking import wait_for
from batchctl.cli.consent import checked_plan, confirm_deletes
from batchctl.cli.delivery import is_folder
from batchctl.cli.each_rows import read_rows
from batchctl.cli.executors import Setup, absolute, kind_of
from batchctl.cli.exits import exit_code
from batchctl.cli.formats import format_of
from batchctl.cli.notices import resume_command, speaker
from batchctl.cli.resuming import all_inputs
from batchctl.cli.run_options import Output
from batchctl.definition.given import Given
from batchctl.diagnostics import Severity
from batchctl.errors import ExitCode, UsageError
from batchctl.execution.making import Key, key_for
from batchctl.execution.notices import KeyChosen, silent
from batchctl.execution.resume import SavedInputs, reopen
from batchctl.execution.row_end import Row, told_apart
from batchctl.execution.row_journal import RowJournal
from batchctl.execution.rows import row_jobs, run_rows
from batchctl.files import write_whole
from batchctl.plain import counted
from batchctl.render.result.each import RowsView, rows_json, rows_ndjson, rows_tree
from batchctl.render.result.exported import Exported
from batchctl.store.facts import RunInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.cli.run_options import CommandLine, OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.notices import Notify
    from batchctl.execution.rows import RowsResult
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore

_OUTPUTS = (Output.TREE, Output.JSON, Output.NDJSON)


def run_each(
    file: str | None, line: CommandLine, terminal: Terminal, store: RunStore, resumed: RunFacts | None
) -> NoReturn:
    """Run a batch once per row of ``--each``, or of the run that is resumed.

    Every row is checked before the first one starts.
    """
    output = _output(line.output)
    if file is None and resumed is None:
        raise UsageError("no file is named", hint="batchctl run FILE --each ROWS, or - for stdin")
    saved = SavedInputs.of(resumed) if resumed and (file is None or line.mode.each is None) else None
    line, inputs = _as_before(line, saved), all_inputs(file, line, resumed)
    rows = _rows(line, saved)
    notify = speaker(terminal)
    setup = Setup(kind_of(line.mode), line, inputs, terminal, notify, store, resumed)
    plans = [_plan(row, setup) for row in rows]
    result = _run_rows(list(zip(rows, plans, strict=True)), setup)
    if output is not Output.TREE:
        exported = [Exported(e.result, terminal.redactor, mask=line.output.mask_data) for e in result.ends if e.result]
        results = iter(exported)
        ends = [replace(end, result=next(results).result) if end.result else end for end in result.ends]
        pieces = rows_json(ends) if output is Output.JSON else rows_ndjson(ends)
        if line.output.out is None:
            terminal.data(pieces)
        else:
            write_whole(Path(line.output.out), pieces)
            terminal.note(f"wrote {line.output.out}")
        hidden = sum(each.secret_values for each in exported)
        if hidden and not line.output.mask_data:
            terminal.note(f"{hidden:,} values of the output look secret, and are as they came; --mask-data masks them")
    if line.output.output in (None, Output.TREE):
        terminal.view(rows_tree(result.ends, RowsView(plans[0], inputs.shown, terminal.redactor.text)))
    raise typer.Exit(_exit_code(result))


def _run_rows(rows: Sequence[tuple[Row, Plan]], setup: Setup) -> RowsResult:
    terminal, line, first = setup.terminal, setup.line, rows[0][1]
    local = setup.kind == "local"
    settings = setup.settings(first)
    key = Key() if local else key_for(first, line.connection.idempotency_key)
    about = _about(rows, setup, settings.host, key.text)
    if not local:
        confirm_deletes(first, terminal, yes=line.checks.yes)
    record = reopen(setup.store, setup.resumed, about) if setup.resumed else None
    journal = RowJournal(setup.store, about, terminal.redactor, resumed=record)
    jobs = row_jobs(rows, settings, journal, setup.inputs.shown)
    terminal.note(f"{counted(len(jobs), 'row')} · {jobs[0].executor.where}")
    if key.is_new and key.text and record is None:
        setup.notify(KeyChosen(key.text, rows=True))
    return wait_for(run_rows(jobs, journal, parallel=line.mode.parallel, notify=_notify(setup, about)))


def _notify(setup: Setup, about: RunInfo) -> Notify:
    """How to resume depends on whether the definition and the rows could be kept."""
    # Where the tree of all rows comes to the same screen, each row is said once.
    asked = setup.line.output
    rows = asked.output not in (None, Output.TREE) or not sys.stdout.isatty()
    if about.inputs is not None or setup.line.mode.each is None:
        return speaker(setup.terminal, rows=rows, how_to_resume=resume_command(setup.line.connection))
    files = shlex.join([setup.inputs.file, "--each", str(setup.line.mode.each)])
    return speaker(
        setup.terminal, rows=rows, how_to_resume=f"batchctl run {files} --resume {{}}, with the same options"
    )


def _as_before(line: CommandLine, saved: SavedInputs | None) -> CommandLine:
    """The executor that ran the rows runs the rest of them, unless the command line says otherwise."""
    if saved is None or line.mode.local or line.mode.direct:
        return line
    fixtures = line.mode.fixtures or (Path(saved.fixtures) if saved.fixtures else None)
    mode = replace(
        line.mode, local=saved.executor == "local", direct=saved.executor == "direct", resume=None, fixtures=fixtures
    )
    return replace(line, mode=mode)


def _rows(line: CommandLine, saved: SavedInputs | None) -> list[Row]:
    if line.mode.each is not None:
        return told_apart(read_rows(line.mode.each))
    kept = saved.rows if saved and saved.rows else ()
    return told_apart(Row(number, _account(row), _args(row)) for number, row in enumerate(kept, 1))


def _account(row: JsonObject) -> str | None:
    account = row.get("account")
    return account if isinstance(account, str) else None


def _args(row: JsonObject) -> JsonObject:
    args = row.get("args")
    return args if isinstance(args, dict) else {}


def _output(asked: OutputOptions) -> Output:
    """The format of the rows. Raises ``UsageError`` for what rows can't be written as."""
    output = asked.output or (Output.TREE if asked.out is None else format_of(asked.out))
    if output not in _OUTPUTS or (output is Output.TREE and asked.out):
        raise UsageError(f"--each prints {', '.join(_OUTPUTS)}", hint="ndjson has a line per record, with its row")
    if asked.reports or (asked.out and is_folder(asked.out)):
        what = next(iter(asked.reports), "--out DIR/")
        raise UsageError(f"{what} does not go with --each", hint="write the rows with --out rows.ndjson")
    return output


def _about(rows: Sequence[tuple[Row, Plan]], setup: Setup, host: str, key: str | None) -> RunInfo:
    """What is recorded. The rows may grow from one run to the next; the batch itself must be the same."""
    first, inputs = rows[0][1], setup.inputs
    saved = SavedInputs(
        text=first.definition.source.standalone(),
        account=inputs.account,
        args=inputs.arguments(),
        only=tuple(inputs.only),
        env_file=absolute(inputs.env_file),
        rows=tuple({"account": row.account, "args": row.args} for row, _ in rows),
        executor=setup.kind,
        fixtures=absolute(setup.line.mode.fixtures),
    ).without_secrets({secret for _, plan in rows for secret in setup.secrets(plan)})
    content: JsonObject = {"resources": first.definition.payload["resources"]}
    return RunInfo("each", inputs.shown, content, host, saved, key)


def _plan(row: Row, setup: Setup) -> Plan:
    """The plan of a row. The problems of the first row that has any are shown, and nothing starts."""
    prepared = setup.inputs.prepare(row.given or Given(row.args, row.account), required=Severity.ERROR)
    if prepared.plan is None:
        setup.terminal.problem(f"{row.label} of {setup.line.mode.each or 'the resumed run'}:")
    quiet = row.number > 1
    return checked_plan(prepared, setup.line.checks, setup.terminal, silent if quiet else setup.notify, quiet=quiet)


def _exit_code(result: RowsResult) -> ExitCode:
    """As of a single run; 4 when a row could not run."""
    if result.status == "failed" and any(end.error for end in result.ends):
        return ExitCode.NOT_RUN
    return exit_code(result.status)

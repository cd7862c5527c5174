"""``batchctl run A B …``: several definitions side by side, shown as one tree and written as one report."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NoReturn

import typer

from batchctl.blocking import wait_for
from batchctl.cli.consent import checked_plan, confirm_deletes
from batchctl.cli.executors import kind_of, setup_of
from batchctl.cli.exits import exit_code
from batchctl.cli.notices import resume_command, speaker
from batchctl.cli.resuming import all_inputs
from batchctl.cli.run_output import RunOutput
from batchctl.diagnostics import Severity
from batchctl.engine.events import ignore
from batchctl.errors import ExitCode, UsageError
from batchctl.execution.capabilities import refuse_blocked
from batchctl.execution.several import Batch, together
from batchctl.execution.several import run_several as run_batches
from batchctl.files import STDIN
from batchctl.launch.several import divided
from batchctl.plain import clean, counted
from batchctl.plan.side_by_side import side_by_side
from batchctl.render.notices import remark_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.several import Ended
    from batchctl.launch.inputs import Inputs
    from batchctl.plan.planner import Plan
    from batchctl.render.result.query import Query
    from batchctl.store.runs import RunStore


def run_several(
    files: Sequence[str], line: CommandLine, terminal: Terminal, store: RunStore, query: Query | None
) -> NoReturn:
    """Run several files, each as its own batch, ``--parallel`` at once; then show one result of all and end.

    ``files`` are their paths. All definitions are checked first: where one has errors, ``DefinitionError`` is raised
    and nothing is sent. ``query`` picks what is shown. Once runs have begun it ends with ``typer.Exit``: 0 all
    succeeded, 3 resources of some failed, 4 some could not run, 130 interrupted. Raises ``UsageError``
    for options that don't go with several files, and ``CredentialsError``.
    """
    _refuse_nonsense(files, line)
    notify = speaker(terminal, how_to_resume=resume_command(line.connection))
    kind = kind_of(line.mode)
    ready = _ready(files, line, terminal)
    batches = []
    where = base_url = ""
    for inputs, plan in ready:
        setup = setup_of(kind, line, inputs, terminal, store, notify=notify)
        if kind != "local":
            refuse_blocked(inputs.capabilities(), plan.definition.integrated_account_id)
        batches.append(Batch(inputs.shown, plan, setup.executor(plan)))
        base_url, where = setup.base_url, batches[0].executor.where
    if kind != "local":
        for batch in batches:
            confirm_deletes(batch.plan, terminal, yes=line.checks.yes)
    terminal.note(f"{counted(len(batches), 'file')} · {where}")
    plan = side_by_side({batch.file: batch.plan for batch in batches})
    files_shown = ", ".join(batch.file for batch in batches)
    output = RunOutput(plan, line.output, terminal, where, files_shown, base_url, query)
    observe = output.timeline if line.output.reports else ignore
    began_s = time.monotonic()
    ends = wait_for(
        run_batches(
            batches,
            parallel=line.rows.parallel,
            notify=notify,
            observe=observe,
            on_end=lambda ended: terminal.note(_said(ended)),
        )
    )
    result = together(ends, began_s=began_s)
    output.write(result)
    for remark in result.remarks:
        terminal.note(remark_line(remark))
    could_not = any(ended.error is not None for ended in ends)
    raise typer.Exit(ExitCode.NOT_RUN if could_not and not result.interrupted else exit_code(result.status))


def _refuse_nonsense(files: Sequence[str], line: CommandLine) -> None:
    """Raise ``UsageError`` for options that mean one batch."""
    asked = {
        "--resume": line.mode.resume,
        "--each": line.rows.each,
        "--on": line.rows.on,
        "--store": line.rows.store,
        "--record": line.output.record,
        "--trace": line.output.trace,
        "--idempotency-key": line.connection.idempotency_key,
    }
    for option, value in asked.items():
        if value is not None:
            raise UsageError(f"{option} is for one file, not for {len(files)}")
    if STDIN in files:
        raise UsageError("stdin can't be one of several files", hint="name files, or - alone")


def _ready(files: Sequence[str], line: CommandLine, terminal: Terminal) -> list[tuple[Inputs, Plan]]:
    """Every file with its plan. All problems of all files are shown before the command ends for one."""
    found = divided([all_inputs(file, line, None) for file in files], required=Severity.ERROR)
    ready, wrong = [], False
    for inputs, prepared in found:
        notify = speaker(terminal)
        try:
            ready.append((inputs, checked_plan(prepared, line.checks, terminal, notify)))
        except typer.Exit:
            wrong = True
    if wrong:
        raise typer.Exit(ExitCode.DEFINITION)
    return ready


def _said(ended: Ended) -> str:
    """``contacts.batch.yaml: succeeded``, as each file ends."""
    if ended.error is not None:
        return f"{clean(ended.batch.file)}: could not run: {clean(str(ended.error), 400)}"
    return f"{clean(ended.batch.file)}: {ended.result.status if ended.result else 'interrupted'}"

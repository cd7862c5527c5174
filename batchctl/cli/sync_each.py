"""``sync --each``: one sync job, once per row, each with its own state and deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from batchctl.blocking import wait_for
from batchctl.cli.each import recordings_of, require_no_tree, rows_as_before, run_and_end
from batchctl.cli.each_sources import checked_job_rows
from batchctl.cli.executors import setup_of
from batchctl.cli.notices import speaker
from batchctl.cli.resuming import all_inputs
from batchctl.cli.sync_settings import settings_of
from batchctl.destinations.choosing import with_default
from batchctl.errors import UsageError
from batchctl.execution.idle_destinations import idle_in_all
from batchctl.execution.resume import SavedInputs
from batchctl.execution.sync import require_error_handling
from batchctl.execution.sync_rows import planned_row, sharing_note
from batchctl.launch.rows import job_rows

if TYPE_CHECKING:
    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.making import ExecutorKind
    from batchctl.launch.sync import SyncOptions
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore


def sync_each(
    file: str | None,
    asked: SyncOptions,
    line: CommandLine,
    terminal: Terminal,
    store: RunStore,
    resumed: RunFacts | None,
) -> NoReturn:
    """Run a sync job once per row: those of ``--each``, or of the run that is resumed; then show the results and end.

    ``file`` is the definition, None to take that of ``resumed``. It ends with ``typer.Exit``: 1 where a row's
    definition has errors, before anything is sent; after the run 0 all rows succeeded, 3 calls or deliveries of some
    failed, 4 some could not run, 130 interrupted. Raises ``UsageError`` for what can't be used, and ``ServiceError``
    (``CredentialsError``, ``ConnectionFailed``) for what can't be reached.
    """
    if file is None and resumed is None:
        raise UsageError("no file is named", hint="batchctl sync FILE --each ROWS, or - for stdin")
    require_no_tree(line)
    saved = SavedInputs.of(resumed) if resumed and (file is None or line.rows.each is None) else None
    kind: ExecutorKind = "direct" if asked.direct else "local"
    line = rows_as_before(line, saved, kind)[0]
    inputs = all_inputs(file, line, resumed)
    line.rows.require_reachable(with_default(asked.to))
    setup = setup_of(kind, line, inputs, terminal, store, notify=speaker(terminal), resumed=resumed)
    rows = checked_job_rows(setup, line, terminal, force=asked.force)
    first = planned_row(rows.plan)
    require_error_handling(first, asked.error_handling)
    plans = (rows.plan_of(row) for row in rows.table)
    settings = settings_of(setup, first, asked, terminal, wait_for(idle_in_all(plans)))
    if (note := sharing_note(first, rows.table.again)) is not None:
        terminal.warn(note)
    recordings = recordings_of(setup, line, rows)
    run = job_rows(setup, rows, settings, recordings, workers=line.rows.workers, parallel=line.rows.parallel)
    run_and_end("sync", run, setup, line, terminal)

"""Rows under way: a live view on a terminal, now and then a line elsewhere, nothing when quiet."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from batchctl.blocking import wait_for
from batchctl.cli.notices import resume_command, speaker
from batchctl.cli.output_options import Output
from batchctl.cli.watching import shown_meanwhile
from batchctl.errors import BatchctlError
from batchctl.execution.row_progress import RowsProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.notices import Notify
    from batchctl.execution.rows import RowsResult
    from batchctl.launch.rows import RowsRun


def run_watched(run: RowsRun, notify: Notify, terminal: Terminal) -> tuple[RowsResult, BatchctlError | None]:
    """Run the rows as ``watched_rows`` does: their result, and the error that ended all of them, None without one.

    An error that leaves no row with a result is raised.
    """
    try:
        return wait_for(watched_rows(run, notify, terminal)), None
    except BatchctlError as error:
        if error.result is None:
            raise
        return error.result, error


async def watched_rows(run: RowsRun, notify: Notify, terminal: Terminal) -> RowsResult:
    """Run the rows, and show their progress on stderr meanwhile; nothing is shown when quiet.

    On a terminal the picture is removed at the end. ``notify`` gets the run's notices. Raises ``UsageError`` for
    settings that can't be used, ``StoreError`` where rows can't be recorded, and ``ConnectionFailed`` for workers that
    can't be reached.
    """
    if terminal.quiet:
        return await run.run(notify)
    progress = RowsProgress(len(run.rows.table))
    definition = run.rows.plan.definition
    title = definition.name or run.file

    def frame(height: int) -> RenderableType:
        from batchctl.render.result.live_rows import live_rows

        return live_rows(progress, title, run.where, terminal.redactor.text, height)

    def news() -> Callable[[], str | None]:
        from batchctl.render.result.live_rows import RowsNews

        return RowsNews(progress).due

    async with shown_meanwhile(frame, news, terminal):
        return await run.run(notify, progress)


def rows_speaker(command: str, file: str, line: CommandLine, terminal: Terminal, *, kept: bool) -> Notify:
    """A function that prints notices about a run of rows to stderr, with the command that resumes it.

    ``command`` is ``run`` or ``sync``. ``kept`` says whether the definition and the rows are stored with the run; where
    they are not, the command names ``file`` and the rows again.
    """
    # Each row is said once: by the tree of all rows, by the live view, or one by one.
    spoken = line.output.output not in (None, Output.TREE) and not terminal.is_live()
    if kept or line.rows.each is None:
        how = resume_command(line.connection, command=command)
    else:
        files = shlex.join([file, "--each", str(line.rows.each)]).replace("{", "{{").replace("}", "}}")
        how = f"batchctl {command} {files} --resume {{}}, with the same options"
    return speaker(terminal, rows=spoken, how_to_resume=how)

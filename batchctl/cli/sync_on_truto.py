"""``batchctl sync FILE --on-truto``: push the job, start a run, follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import typer

from batchctl.cli.checking import prepared_job
from batchctl.cli.output_options import Output
from batchctl.cli.sync_screen import SyncScreen, followed, pushed
from batchctl.errors import ExitCode, ServiceError, UsageError
from batchctl.execution.sync import plan_sync
from batchctl.execution.sync_on_truto import run_body, run_id, start_run

if TYPE_CHECKING:
    from batchctl.cli.sync_options import SyncLine
    from batchctl.cli.terminal import Terminal
    from batchctl.json_types import JsonObject
    from batchctl.service.platform import PlatformClient


def sync_on_truto(file: str | None, line: SyncLine, terminal: Terminal, output: Output | None) -> NoReturn:
    """Push the job in ``file``, start a run of it in Truto, follow the run, and end with its exit code.

    ``output`` is the value of ``-o``, None for a tree. It ends with ``typer.Exit``: 0, or 3 where the run has errors or
    was stopped. Raises ``UsageError`` without a file, and for options of a run on this machine, ``Conflict`` where
    somebody else has changed the job, ``Declined``, ``Interrupted`` while it is followed, and ``ServiceError`` for a
    request that fails.
    """
    if file is None or line.how.resume is not None:
        raise UsageError("a run on Truto needs a file", hint="--resume is for runs on this machine")
    if output not in (None, Output.TREE, Output.JSON):
        raise UsageError(f"--on-truto shows a run as tree or json, not as {output.value}")
    line.require_none_here()
    asked, options = line.truto, {**line.how.run_options(), **line.truto.run_options()}
    definition = plan_sync(prepared_job(line.inputs.of(file), terminal)).plan.definition
    shown = SyncScreen.of(line.screen, line.connection, terminal)

    async def work(client: PlatformClient) -> tuple[JsonObject, JsonObject, JsonObject]:
        job, _ = await pushed(client, definition, shown, yes=asked.yes, force=asked.force)
        if job is None or not isinstance(job.get("id"), str):
            raise ServiceError("the answer to the job has no id", hint="check --api-url")
        row = await start_run(client, run_body(definition, str(job["id"]), options))
        terminal.note(f"run {run_id(row)} in Truto")
        row, errors = await followed(client, row, shown, asked.interval_s, watch=not asked.no_wait)
        return job, row, errors

    job, row, errors = shown.wait(work)
    shown.stamp(file, job)
    shown.result(row, errors, as_json=output is Output.JSON)
    raise typer.Exit(ExitCode.FAILURES if errors or row.get("status") in ("failed", "stopped") else ExitCode.OK)

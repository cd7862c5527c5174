"""``batchctl sync FILE --on-truto``: push the job, start a run, follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import typer

from batchctl.errors import ExitCode, ServiceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.cli.run_options import ConnectionOptions, ScreenOptions
    from batchctl.cli.sync_options import TrutoOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.json_types import JsonObject
    from batchctl.launch.inputs import Inputs
    from batchctl.service.platform import PlatformClient


def sync_on_truto(
    given: Inputs,
    here: Mapping[str, object],
    asked: TrutoOptions,
    options: JsonObject,
    connection: ConnectionOptions,
    screen: ScreenOptions,
    terminal: Terminal,
    *,
    as_json: bool,
) -> NoReturn:
    """Push the job in ``given``, start a run of it in Truto, follow the run, and end with its exit code.

    ``here`` are options for runs on this machine, by name: ``UsageError`` is raised where one has a value. ``options``
    are further keys of the body of ``POST /sync-job-run``. ``as_json`` prints the run as JSON. It ends with
    ``typer.Exit``: 0, 3 where the run has errors or was stopped, 1 where the definition has errors. Raises ``Conflict``
    where somebody else has changed the job, ``Declined``, ``Interrupted`` while it is followed, and ``ServiceError``
    for a request that fails.
    """
    from batchctl.cli.checking import prepared_job
    from batchctl.cli.sync_screen import SyncScreen, followed, pushed
    from batchctl.execution.sync import plan_sync
    from batchctl.execution.sync_on_truto import run_body, run_id, start_run

    for name, value in here.items():
        if value:
            raise UsageError(f"{name} goes with a run on this machine", hint="Truto has its own destinations and state")
    if given.only:
        raise UsageError("--only and --skip go with a run on this machine", hint="Truto runs the job as a whole")
    definition = plan_sync(prepared_job(given, terminal)).plan.definition
    shown = SyncScreen.of(screen, connection, terminal)

    async def work(client: PlatformClient) -> tuple[JsonObject, JsonObject, JsonObject]:
        job, _ = await pushed(client, definition, shown, yes=asked.yes, force=asked.force)
        if job is None or not isinstance(job.get("id"), str):
            raise ServiceError("the answer to the job has no id", hint="check --api-url")
        row = await start_run(client, run_body(definition, str(job["id"]), options))
        terminal.note(f"run {run_id(row)} in Truto")
        row, errors = await followed(client, row, shown, asked.interval_s, watch=not asked.no_wait)
        return job, row, errors

    job, row, errors = shown.wait(work)
    shown.stamp(given.file, job)
    shown.result(row, errors, as_json=as_json)
    raise typer.Exit(ExitCode.FAILURES if errors or row.get("status") in ("failed", "stopped") else ExitCode.OK)

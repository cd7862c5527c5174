"""``batchctl sync push``, ``pull``, ``list``, ``status`` and ``stop``: sync jobs and their runs in Truto."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.groups import grouped
from batchctl.cli.options import AccountOption, EnvFileOption, FileArgument, TextOrJson, TextOrJsonOption
from batchctl.cli.run_options import ConnectionOptions, ScreenOptions
from batchctl.errors import ExitCode, UsageError
from batchctl.json_types import write_json
from batchctl.plain import clean
from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.cli.sync_screen import SyncScreen
    from batchctl.json_types import JsonObject


class TrutoLine(Struct, frozen=True):
    """The options of the commands for sync jobs in Truto that say how the API is reached, and how they write."""

    connection: ConnectionOptions = ConnectionOptions()
    screen: ScreenOptions = ScreenOptions()

    def shown(self) -> SyncScreen:
        """What these commands work with. Raises ``CredentialsError`` and ``UsageError``, as ``SyncScreen.of`` does."""
        from batchctl.cli.sync_screen import SyncScreen

        return SyncScreen.of(self.screen, self.connection)


YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Change the job without being asked.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite a change that somebody else made in Truto.")]
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="The id of a run in Truto.")]
JobArgument = Annotated[str, typer.Argument(metavar="ID", help="The id of a sync job in Truto.")]


@grouped
def push(
    file: FileArgument,
    *,
    env_file: EnvFileOption = None,
    yes: YesOption = False,
    force: ForceOption = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only show what would change; exit code 3 where something would.")
    ] = False,
    keep_file: Annotated[
        bool, typer.Option("--keep-file", help="Don't write the job's id and date to the file.")
    ] = False,
    output: TextOrJsonOption = TextOrJson.TEXT,
    line: TrutoLine,
) -> None:
    """Bring a sync job to Truto: create it, or update the one with the file's id, showing what changes."""
    from batchctl.cli.checking import prepared_job
    from batchctl.cli.sync_screen import pushed
    from batchctl.launch.inputs import Inputs

    shown = line.shown()
    prepared = prepared_job(Inputs(file, env_file=env_file), shown.terminal)
    definition = prepared.require_plan().definition
    job, is_new = shown.wait(lambda client: pushed(client, definition, shown, yes=yes, force=force, check=check))
    if job is None:
        raise typer.Exit(ExitCode.FAILURES)
    if not check and not keep_file:
        shown.stamp(file, job)
    if output is TextOrJson.JSON:
        shown.terminal.data([write_json(job, indent=2), "\n"])
    elif is_new:
        shown.terminal.result([f"created {clean(str(job.get('id')), 100)}\n"])


@grouped
def pull(
    job_id: JobArgument,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="YAML, or JSON by its ending [default: stdout].")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace a file that differs without being asked.")] = False,
    line: TrutoLine,
) -> None:
    """Write a sync job in Truto to a file, id and dates included, so that a push finds it again."""
    from batchctl.authoring.writing import job_text
    from batchctl.execution.sync_on_truto import fetch_job
    from batchctl.files import write_whole
    from batchctl.files.places import require_place

    if output is not None:
        require_place(output, "--output")
    shown = line.shown()
    job = shown.wait(lambda client: fetch_job(client, job_id))
    text = job_text(job, as_json=output is not None and output.suffix == ".json")
    if output is None:
        shown.terminal.data([text])
        return
    if output.exists():
        shown.confirm_replacing(output, job, yes=yes)
    write_whole(output, [text])
    shown.terminal.note(f"{output} has the job {job_id}")


@grouped
def list_jobs(
    *,
    account: AccountOption = None,
    output: TextOrJsonOption = TextOrJson.TEXT,
    line: TrutoLine,
) -> None:
    """List the sync jobs in Truto; with --account the runs of an account."""
    from batchctl.execution.sync_on_truto import JOBS, RUNS
    from batchctl.render.result.sync_truto import job_rows, run_rows

    shown = line.shown()
    resource, query = (RUNS, {"integrated_account_id": account}) if account else (JOBS, {})
    found = shown.wait(lambda client: client.records(resource, query))
    if output is TextOrJson.JSON:
        shown.terminal.data([write_json(found, indent=2), "\n"])
    elif not found:
        shown.terminal.note("none")
    else:
        shown.terminal.result(line + "\n" for line in (run_rows(found) if account else job_rows(found)))


@grouped
def status(
    run: RunArgument,
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Follow the run until it ends.")] = False,
    interval_s: Annotated[float, typer.Option("--interval", min=0.05, metavar="SECONDS", help="Ask so often.")] = 10,
    output: TextOrJsonOption = TextOrJson.TEXT,
    line: TrutoLine,
) -> None:
    """Show a run in Truto, node by node, and why it failed. Exit code 3 for one that did not complete."""
    from batchctl.cli.sync_screen import followed
    from batchctl.execution.sync_on_truto import RUNS

    shown = line.shown()
    row = shown.wait(lambda client: client.record(RUNS, run))
    _finish(shown, shown.wait(lambda client: followed(client, row, shown, interval_s, watch=watch)), output)


@grouped
def stop(run: RunArgument, *, line: TrutoLine) -> None:
    """Stop a run in Truto."""
    from batchctl.execution.sync_on_truto import RUNS

    shown = line.shown()
    shown.wait(lambda client: client.delete(RUNS, run))
    shown.terminal.note(f"asked Truto to stop {run}")


def _finish(shown: SyncScreen, ended: tuple[JsonObject, JsonObject], output: TextOrJson) -> None:
    """Print a run and its errors, and end with its exit code."""
    row, errors = ended
    shown.result(row, errors, as_json=output is TextOrJson.JSON)
    state = row.get("status")
    if state in ("failed", "stopped") or errors:
        raise typer.Exit(ExitCode.FAILURES)
    if state not in ("completed", "created", "running", "rate_limited"):
        raise UsageError(f"the run is in a state that batchctl does not know: {str(state)[:40]}")

"""``batchctl sync``: a sync job, run on this machine."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.blocking import wait_for
from batchctl.cli.groups import grouped
from batchctl.cli.options import FileArgument, FixturesOption  # noqa: TC001 - typer reads them at run time
from batchctl.cli.run_options import (  # noqa: TC001 - as above
    ConnectionOptions,
    EngineOptions,
    InputOptions,
    ScreenOptions,
)
from batchctl.cli.sync_commands import SyncCommand
from batchctl.cli.sync_options import TrutoOptions  # noqa: TC001 - typer reads it at run time
from batchctl.errors import ExitCode, UsageError
from batchctl.json_types import write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.cli.inputs import Inputs
    from batchctl.cli.terminal import Terminal
    from batchctl.destinations.base import Destination
    from batchctl.engine.backends.base import Backend
    from batchctl.execution.sync import SyncPlan, SyncResult, SyncRunner
    from batchctl.json_types import JsonObject

SECRET_VARIABLE = "BATCHCTL_WEBHOOK_SECRET"  # noqa: S105 - its name


class SyncOutput(StrEnum):
    """How the run is shown."""

    TREE = "tree"
    JSON = "json"


class ErrorHandling(StrEnum):
    """What an error does to the run, in the API's words."""

    FAIL_FAST = "fail_fast"
    IGNORE = "ignore"
    BATCH = "batch"


@grouped
def sync(  # noqa: PLR0913 - the options of a command
    file: FileArgument,
    *,
    local: Annotated[bool, typer.Option("--local", help="Over fixtures: no token. This is the default.")] = False,
    direct: Annotated[bool, typer.Option("--direct", help="Over Truto's unified and proxy API.")] = False,
    on_truto: Annotated[
        bool, typer.Option("--on-truto", help="Push the job, start a run of it in Truto, and follow it.")
    ] = False,
    truto: TrutoOptions,
    fixtures: FixturesOption = None,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="[NAME=]URL",
            help="Where records go: dir:PATH, webhook:URL or a database [default: dir:sync-out].",
        ),
    ] = None,
    state: Annotated[Path | None, typer.Option("--state", metavar="FILE", help="The file of the job's state.")] = None,
    webhook_secret: Annotated[
        str | None, typer.Option("--webhook-secret", envvar=SECRET_VARIABLE, help="Signs what a webhook gets.")
    ] = None,
    error_handling: Annotated[
        ErrorHandling, typer.Option("--error-handling", help="fail_fast stops at the first error.")
    ] = ErrorHandling.IGNORE,
    ignore_previous_run: Annotated[
        bool, typer.Option("--ignore-previous-run", help="Take no date of an earlier run: everything is fetched.")
    ] = False,
    output: Annotated[SyncOutput, typer.Option("--output", "-o", help="How to show the run.")] = SyncOutput.TREE,
    inputs: InputOptions,
    connection: ConnectionOptions,
    engine: EngineOptions,
    screen: ScreenOptions,
) -> None:
    """Run a sync job on this machine and deliver its records."""
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.terminal import Terminal
    from batchctl.config.folders import state_folder
    from batchctl.destinations.choosing import Places, place_secrets
    from batchctl.execution.sync import SyncRunner, state_space
    from batchctl.store.sync_state import SyncState

    if local + direct + on_truto > 1:
        raise UsageError("--local, --direct and --on-truto can't be combined", hint="choose one")
    terminal = Terminal(screen.color, quiet=screen.quiet, ascii_only=screen.ascii_only)
    given = Inputs.of(file, inputs, engine.context)
    if on_truto:
        from batchctl.cli.sync_on_truto import sync_on_truto

        here = {"--to": to, "--state": state, "--fixtures": fixtures, "--context": engine.context}
        run_options: JsonObject = {
            "error_handling": error_handling.value,
            "ignore_previous_run": ignore_previous_run,
            **truto.run_options(),
        }
        sync_on_truto(given, here, truto, run_options, connection, screen, terminal, as_json=output is SyncOutput.JSON)
    truto.require_unused()
    planned = _planned(given, terminal)
    if webhook_secret is None:
        webhook_secret = secrets.token_hex(16)
        if "webhook" in planned.destinations.values():
            terminal.note(
                f"webhooks are signed with {webhook_secret}, made for this run; --webhook-secret names your own"
            )
    terminal.hide([webhook_secret, *place_secrets(to or [])])
    definition = planned.plan.definition
    path = state or state_folder(os.environ) / "sync-state.sqlite"
    options = replace(engine.chosen(), fail_fast=error_handling is ErrorHandling.FAIL_FAST)
    backend_for, account = _answers(planned, given, terminal, connection, fixtures, direct=direct)
    account = {**account, **given.account_context()}
    kept = SyncState(path, state_space(planned.job, definition.args))
    try:
        runner = SyncRunner(planned, backend_for, kept, options, account, ignore_previous_run)
        places = Places(to or [], webhook_secret, runner.moment)
        destinations = places.destinations(planned.destinations, runner.run)
        result = wait_for(_executed(runner, destinations))
    finally:
        kept.close()
    _show(result, output, terminal)
    if result.result.interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    raise typer.Exit(ExitCode.OK if result.result.ok else ExitCode.FAILURES)


sync.command_class = SyncCommand  # type: ignore[attr-defined]  # what the root asks for


def _planned(given: Inputs, terminal: Terminal) -> SyncPlan:
    from batchctl.cli.checking import show_problems_or_plan
    from batchctl.execution.sync import plan_sync

    prepared = given.prepare(required=None, jobs=True)
    if prepared.loaded.kind != "sync-job":
        raise UsageError(f"{given.shown} is no sync job", hint="batchctl run FILE runs a batch")
    show_problems_or_plan(prepared, terminal, quiet=terminal.quiet)
    return plan_sync(prepared)


def _answers(
    planned: SyncPlan,
    given: Inputs,
    terminal: Terminal,
    connection: ConnectionOptions,
    fixtures: Path | None,
    *,
    direct: bool,
) -> tuple[Callable[[str], Backend], JsonObject]:
    """What answers the calls of an account, and the context of the job's own account."""
    from batchctl.execution.local import fixtures_folder

    if direct:
        return _over_api(given, terminal, connection), {}
    from batchctl.config.user import user_fixture_cache
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.engine.backends.local import local_backend

    folder = FixtureFolder(fixtures_folder(fixtures, planned.plan, given.folder), cache=user_fixture_cache(os.environ))
    facts = folder.account(planned.plan.definition.integrated_account_id or None)
    account: JsonObject = {} if facts is None else {**facts.context, **_named("tenant_id", facts.tenant_id)}
    return lambda name: local_backend(folder, name or None), account


def _named(name: str, value: str | None) -> JsonObject:
    return {} if value is None else {name: value}


def _over_api(given: Inputs, terminal: Terminal, connection: ConnectionOptions) -> Callable[[str], Backend]:
    from batchctl.cli.executors import Setup
    from batchctl.cli.notices import speaker
    from batchctl.cli.run_options import CommandLine, ModeOptions
    from batchctl.config.user import user_store
    from batchctl.engine.backends.http import HttpBackend
    from batchctl.engine.backends.retrying import RetryingBackend
    from batchctl.truto.backoff import Backoff
    from batchctl.truto.retry import RetryLoop

    line = CommandLine(mode=ModeOptions(direct=True), connection=connection)
    setup = Setup("direct", line, given, terminal, speaker(terminal), user_store(os.environ))
    target = setup.target()
    terminal.note(f"sending to {target.connection.host}")
    loop = RetryLoop(Backoff(connection.retries))
    return lambda name: RetryingBackend(HttpBackend(target.connection, name), loop)


async def _executed(runner: SyncRunner, destinations: Mapping[str, Destination]) -> SyncResult:
    from batchctl.engine.events import ignore

    try:
        return await runner.execute(destinations, ignore)
    finally:
        for destination in destinations.values():
            await destination.aclose()


def _show(result: SyncResult, output: SyncOutput, terminal: Terminal) -> None:
    data = result.json()
    if output is SyncOutput.JSON:
        terminal.data([write_json(data, indent=2), "\n"])
        return
    from batchctl.render.result.sync import sync_lines

    terminal.result(line + "\n" for line in sync_lines(result))

"""``batchctl run``: on Truto, or with the embedded engine over a fixtures folder."""

from __future__ import annotations

import asyncio
import tempfile
import time
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from batchctl.cli.options import (
    DEFAULT_API_URL,
    AccountOption,
    ApiUrlOption,
    ArgOption,
    ArgsFileOption,
    Color,
    ColorOption,
    DebugOption,
    EnvFileOption,
    FileArgument,
    FixturesOption,
    OnlyOption,
    QuietOption,
)
from batchctl.errors import (
    BadAnswer,
    BatchctlError,
    ConnectionFailed,
    CredentialsError,
    ExitCode,
    Interrupted,
    TimedOut,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from batchctl.cli.inputs import Inputs
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.result import RunResult
    from batchctl.plan.planner import Plan


T = TypeVar("T")


class Output(StrEnum):
    """How the result is printed."""

    TREE = "tree"
    JSON = "json"
    NDJSON = "ndjson"


def run(  # noqa: PLR0913 - the options of a command are its parameters
    file: FileArgument,
    *,
    local: Annotated[
        bool, typer.Option("--local", help="Run with the embedded engine over fixtures: no token.")
    ] = False,
    fixtures: FixturesOption = None,
    account: AccountOption = None,
    arg: ArgOption = None,
    args_file: ArgsFileOption = None,
    env_file: EnvFileOption = None,
    only: OnlyOption = None,
    token: Annotated[
        str | None,
        typer.Option("--token", envvar="TRUTO_API_TOKEN", metavar="TOKEN", help="Truto API token.", show_envvar=True),
    ] = None,
    api_url: ApiUrlOption = DEFAULT_API_URL,
    timeout_s: Annotated[
        float,
        typer.Option("--timeout", min=0.001, metavar="SECONDS", help="Longest silence to wait through."),
    ] = 300,
    idempotency_key: Annotated[
        str | None, typer.Option("--idempotency-key", metavar="KEY", help="Sent as Idempotency-Key.")
    ] = None,
    output: Annotated[Output, typer.Option("--output", "-o", help="How to print the result.")] = Output.TREE,
    records: Annotated[int, typer.Option("--records", min=0, help="Records of each resource to show in the tree.")] = 3,
    quiet: QuietOption = False,
    color: ColorOption = Color.AUTO,
    debug: DebugOption = False,  # noqa: ARG001 - read by __main__ when something breaks
) -> None:
    """Run a batch and show what came back, resource by resource."""
    from batchctl.cli.checking import require_plan
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.terminal import Terminal

    terminal = Terminal(color, quiet=quiet, secrets=[token] if token else [])
    inputs = Inputs(file, account, arg or (), args_file or (), env_file, only or ())
    plan = require_plan(inputs.prepare(), terminal, quiet=quiet)
    if local:
        folder = fixtures_folder(fixtures, plan, inputs)
        where = f"embedded engine over {folder}"
        result = interruptible(_run_locally(plan, folder))
    else:
        where = f"{api_url} · account {plan.definition.integrated_account_id}"
        if not token:
            raise CredentialsError(
                "no API token",
                hint="set TRUTO_API_TOKEN or pass --token; --local runs over fixtures and needs none",
            )
        terminal.note(f"sending to {where}")
        result = _submit(plan, terminal, api_url, token, timeout_s, idempotency_key)
    _show(result, plan, terminal, output, where, inputs.shown, records)
    raise typer.Exit(exit_code(result))


def fixtures_folder(option: Path | None, plan: Plan, inputs: Inputs) -> Path:
    """``--fixtures``, else the file's ``fixtures`` key, else ``fixtures/``, both relative to the file."""
    return option or inputs.folder / (plan.definition.fixtures or "fixtures")


def exit_code(result: RunResult) -> ExitCode:
    """130 when interrupted, 3 when a resource has errors, else 0."""
    if result.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.OK if result.ok else ExitCode.FAILURES


async def _run_locally(plan: Plan, folder: Path) -> RunResult:
    from batchctl.engine.backends.fixtures import FixtureBackend
    from batchctl.engine.executor import execute

    return await execute(plan, FixtureBackend(folder))


def _submit(
    plan: Plan, terminal: Terminal, api_url: str, token: str, timeout_s: float, idempotency_key: str | None
) -> RunResult:
    """Send the batch. What was received of an answer that was cut off goes to a file, named on stderr."""
    from batchctl.service.answer import read_answer
    from batchctl.service.client import Connection, submit

    started = time.monotonic()
    received = bytearray()
    try:
        connection = Connection(api_url, token, timeout_s, idempotency_key)
        answer = interruptible(submit(plan.definition.payload, connection, received=received))
    except (BadAnswer, TimedOut, ConnectionFailed, asyncio.CancelledError, KeyboardInterrupt) as error:
        if received:
            terminal.problem(
                f"what was received is in {_kept(terminal.redactor.text(received.decode(errors='replace')))}"
            )
        if isinstance(error, BatchctlError):
            raise
        raise Interrupted("interrupted; the batch may go on at the service") from None
    return read_answer(answer.body, plan.steps, elapsed_s=time.monotonic() - started, request_id=answer.request_id)


def _kept(text: str) -> str:
    with tempfile.NamedTemporaryFile("w", prefix="batchctl-", suffix=".part", delete=False, encoding="utf-8") as file:
        file.write(text)
    return file.name


def interruptible(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work``; Ctrl-C cancels it, and what it returns then is still the result."""
    return asyncio.run(work)


def _show(result: RunResult, plan: Plan, terminal: Terminal, output: Output, where: str, file: str, rows: int) -> None:
    from batchctl.render.run_data import run_json, run_ndjson

    if output is Output.JSON:
        terminal.result(run_json(result))
    elif output is Output.NDJSON:
        terminal.result(run_ndjson(result))
    else:
        from batchctl.render.run_tree import RunView, run_tree

        title = plan.definition.name or file
        terminal.view(run_tree(result, plan, RunView(title, where, rows, terminal.redactor.text)))

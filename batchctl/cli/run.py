"""``batchctl run``: on Truto, or with the embedded engine over a fixtures folder."""

from __future__ import annotations

import asyncio
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from batchctl.errors import CredentialsError, ExitCode

if TYPE_CHECKING:
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.result import RunResult
    from batchctl.plan.planner import Plan


class Output(StrEnum):
    """How the result is printed."""

    TREE = "tree"
    JSON = "json"
    NDJSON = "ndjson"


def run(  # noqa: PLR0913 - the options of a command are its parameters
    file: FileArgument,
    *,
    local: Annotated[bool, typer.Option("--local", help="Run with the embedded engine over fixtures: no token.")] = False,
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
        float, typer.Option("--timeout", min=0.001, metavar="SECONDS", help="Longest silence to wait through.")
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
        result = run_locally(plan, folder)
    else:
        where = f"{api_url} · account {plan.definition.integrated_account_id}"
        result = _submit(plan, terminal, api_url, token, timeout_s, idempotency_key)
    _show(result, plan, terminal, output, where, inputs, records)
    raise typer.Exit(exit_code(result))

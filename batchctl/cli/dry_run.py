"""``batchctl dry-run``: every request that a batch would make; nothing is sent."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

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
    OnlyOption,
    QuietOption,
)


class Format(StrEnum):
    """How the preview is printed."""

    TREE = "tree"
    JSON = "json"


def dry_run(  # noqa: PLR0913 - the options of a command are its parameters
    file: FileArgument,
    *,
    output_format: Annotated[Format, typer.Option("--format", help="How to print the requests.")] = Format.TREE,
    account: AccountOption = None,
    arg: ArgOption = None,
    args_file: ArgsFileOption = None,
    env_file: EnvFileOption = None,
    only: OnlyOption = None,
    api_url: ApiUrlOption = DEFAULT_API_URL,
    summary: Annotated[bool, typer.Option("--summary", help="Only the closing line.")] = False,
    quiet: QuietOption = False,
    color: ColorOption = Color.AUTO,
    debug: DebugOption = False,  # noqa: ARG001 - read by __main__ when something breaks
) -> None:
    """Show every request that the batch would make. Needs no token and sends nothing."""
    from batchctl.cli.checking import require_plan
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.terminal import Terminal
    from batchctl.plan.preview import make_preview

    terminal = Terminal(color, quiet=quiet)
    inputs = Inputs(file, account, arg or (), args_file or (), env_file, only or ())
    prepared = inputs.prepare()
    plan = require_plan(prepared, terminal, quiet=quiet)
    preview = make_preview(plan)
    if output_format is Format.JSON:
        from batchctl.render.preview_data import preview_json

        data = preview_json(preview, file=inputs.shown, api_url=api_url, diagnostics=prepared.diagnostics)
        terminal.result([json.dumps(terminal.redactor.data(data), indent=2, ensure_ascii=False) + "\n"])
        return
    from batchctl.render.preview_tree import PreviewView, closing_line, preview_tree

    title = plan.definition.name or inputs.shown
    view = PreviewView(title, terminal.redactor.text)
    terminal.view(closing_line(preview) if summary else preview_tree(preview, view))

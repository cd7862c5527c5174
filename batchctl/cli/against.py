"""``dry-run --against``: the requests of this preview and of another, compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import typer

from batchctl.cli.dry_run_options import Format
from batchctl.cli.inputs import read_bytes
from batchctl.errors import ExitCode, UsageError
from batchctl.json_types import NotJson, read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.cli.dry_run_options import CompareOptions, ViewOptions
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.terminal import Terminal
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.plan.preview import Preview
    from batchctl.render.preview.changes import Side


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared: ``preview_of`` makes a preview of a plan as the command line asks."""

    options: CompareOptions
    view: ViewOptions
    inputs: Inputs
    terminal: Terminal
    preview_of: Callable[[Plan], Preview]

    def show(self, preview: Preview) -> None:
        """Print what changes; with ``--exit-code`` the exit code tells whether anything does."""
        from batchctl.render.preview.changes import compare, without_secrets
        from batchctl.render.preview.changes_view import changes_json, changes_view

        if self.view.output_format not in (Format.TREE, Format.JSON):
            raise UsageError("a comparison is printed as tree or json", hint="use --format json")
        other, is_saved = self._other()
        # Only now does the terminal know the secrets of both sides.
        here = self._side(preview)
        changes = compare(other, without_secrets(here) if is_saved else here)
        before, after = self._names()
        if self.view.output_format is Format.JSON:
            data = changes_json(changes, before=before, after=after)
            self.terminal.document([write_json(data, indent=2) + "\n"])
        else:
            views = changes_view(changes, before=before, after=after, everything=self.view.everything)
            self.terminal.views(views)
        if self.options.exit_code and any(change.differs for change in changes):
            raise typer.Exit(ExitCode.DEFINITION)

    def _other(self) -> tuple[Side, bool]:
        """The other side, and whether it is a saved one."""
        from batchctl.cli.checking import require_plan
        from batchctl.render.preview.changes import saved_side

        file = self.options.against or self.inputs.file
        saved = _saved(file) if self.options.against else None
        if saved is not None:
            try:
                return saved_side(saved), True
            except ValueError as error:
                raise UsageError(f"{file} is {error}", hint="save one with --format json") from None
        given = replace(self.inputs, file=file)
        if self.options.against_arg or self.options.against_args_file:
            given = replace(given, arg=self.options.against_arg or (), args_file=self.options.against_args_file or ())
        plan = require_plan(given.prepare(), self.terminal, quiet=True)
        return self._side(self.preview_of(plan)), False

    def _side(self, preview: Preview) -> Side:
        from batchctl.render.preview.changes import live_side
        from batchctl.render.preview.data import resource_data, shown

        view = shown(preview, api_url=self.view.api_url, redactor=self.terminal.redactor)
        return live_side(preview, view, resource_data)

    def _names(self) -> tuple[str, str]:
        before = self.options.against or self.inputs.shown
        other_arguments = self.options.against_arg or self.options.against_args_file
        return f"{before} with other arguments" if other_arguments else before, self.inputs.shown


def _saved(file: str) -> JsonObject | None:
    """The JSON of a dry run, or None for what is none, such as a definition."""
    if file == "-":
        raise UsageError("--against reads a file", hint="give the definition itself on stdin")
    try:
        value = read_json(read_bytes(file))
    except NotJson:
        return None
    return value if isinstance(value, dict) and "waves" in value and "format_version" in value else None

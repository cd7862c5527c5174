"""``dry-run --against``: the requests of this preview and of another, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from batchctl.cli.dry_run_options import PreviewFormat
from batchctl.errors import ExitCode, UsageError
from batchctl.files.revisions import read_other, reader_of_other
from batchctl.json_types import write_json
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.cli.dry_run_options import CompareOptions, ViewOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.launch.inputs import Inputs
    from batchctl.plan.flat_requests import Side
    from batchctl.plan.planner import Plan
    from batchctl.plan.preview import Preview


class Comparison(Struct, frozen=True):
    """A ``dry-run --against``: ``show`` compares a preview with another one, which the options name.

    ``view`` says how differences are printed, ``inputs`` are those of this side, and the other side's where the options
    name nothing else; ``preview_of`` makes the preview of a plan, as the command line asks.
    """

    options: CompareOptions
    view: ViewOptions
    inputs: Inputs
    terminal: Terminal
    preview_of: Callable[[Plan], Preview]

    def show(self, preview: Preview) -> None:
        """Print what differs between ``preview`` and the other side, a file or a saved dry run.

        Raises ``UsageError`` for a format other than tree and json, or another side that can't be read. It ends the
        command with 1 (``typer.Exit``) where the other side has errors, which are printed, and with ``--exit-code``
        when something differs.
        """
        from batchctl.plan.comparison import compare
        from batchctl.plan.flat_requests import without_secrets
        from batchctl.render.preview.changes import changes_json, changes_view

        if self.view.output_format not in (PreviewFormat.TREE, PreviewFormat.JSON):
            raise UsageError("a comparison is printed as tree or json", hint="use --format json")
        other, is_saved = self._other()
        # Only now does the terminal know the secrets of both sides.
        here = self._side(preview)
        changes = compare(other, without_secrets(here) if is_saved else here)
        before, after = self._names()
        if self.view.output_format is PreviewFormat.JSON:
            data = changes_json(changes, before=before, after=after)
            self.terminal.document([write_json(data, indent=2) + "\n"])
        else:
            views = changes_view(changes, before=before, after=after, everything=self.view.everything)
            self.terminal.views(views)
        if self.options.exit_code and any(change.differs for change in changes):
            raise typer.Exit(ExitCode.DEFINITION)

    def _other(self) -> tuple[Side, bool]:
        """The other side, and whether it is a saved one."""
        from batchctl.cli.checking import show_problems_or_plan
        from batchctl.plan.flat_requests import saved_dry_run, saved_side

        file = self.options.against or self.inputs.file
        text = read_other(file, self.inputs.file) if self.options.against else None
        saved = None if text is None else saved_dry_run(text)
        if saved is not None:
            try:
                return saved_side(saved), True
            except ValueError as error:
                raise UsageError(f"{file} is {error}", hint="save one with --format json") from None
        given = replace(self.inputs, file=file, text=text, read_file=reader_of_other(file, self.inputs.file))
        if self.options.against_arg or self.options.against_args_file:
            given = replace(given, arg=self.options.against_arg or (), args_file=self.options.against_args_file or ())
        plan = show_problems_or_plan(given.prepare(jobs=True), self.terminal, quiet=True)
        return self._side(self.preview_of(plan)), False

    def _side(self, preview: Preview) -> Side:
        from batchctl.render.preview.data import shown, side_of

        return side_of(preview, shown(preview.plan, api_url=self.view.api_url, redactor=self.terminal.redactor))

    def _names(self) -> tuple[str, str]:
        before = self.options.against or self.inputs.shown
        other_arguments = self.options.against_arg or self.options.against_args_file
        return f"{before} with other arguments" if other_arguments else before, self.inputs.shown

"""``batchctl dry-run A B …``: the previews of several files, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from batchctl.cli.dry_run_options import PreviewFormat
from batchctl.errors import ExitCode, UsageError
from batchctl.files import STDIN
from batchctl.launch.several import divided

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchctl.cli.dry_run_options import CompareOptions, ViewOptions
    from batchctl.cli.row_options import RowOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.launch.inputs import Inputs


def preview_files(
    files: Sequence[Inputs],
    view: ViewOptions,
    other: CompareOptions,
    rows: RowOptions,
    terminal: Terminal,
    preview: Callable[[Inputs], None],
) -> None:
    """Print the dry runs of several files, one after the other; ``preview`` prints that of one.

    For a file with errors ``preview`` raises ``typer.Exit``, and the others are still printed. As JSON they form a
    list, in which such a file is null. Raises ``UsageError`` for options that go with one file only, and
    ``typer.Exit(1)`` at the end if a file has errors.
    """
    asked = {"--query": view.query, "--against": other.asked or None, "--each": rows.each}
    for option, value in asked.items():
        if value is not None:
            raise UsageError(f"{option} is for one file, not for {len(files)}")
    if any(each.file == STDIN for each in files):
        raise UsageError("stdin can't be one of several files", hint="name files, or - alone")
    wrong = False
    signs = _signs(view)
    for number, each in enumerate(divided(files, jobs=True)):
        terminal.data([signs[0] if number == 0 else signs[1]])
        try:
            preview(each.inputs)
        except typer.Exit as ended:
            wrong = wrong or bool(ended.exit_code)
            if view.output_format is PreviewFormat.JSON:
                terminal.data(["null\n"])
    terminal.data([signs[2]])
    if wrong:
        raise typer.Exit(ExitCode.DEFINITION)


def _signs(view: ViewOptions) -> tuple[str, str, str]:
    """What stands before the first document, between two, and after the last."""
    if view.output_format is PreviewFormat.JSON:
        return "[\n", ",\n", "]\n"
    if view.output_format is PreviewFormat.YAML:
        return "", "---\n", ""
    return ("", "\n", "") if view.output_format is not PreviewFormat.NDJSON else ("", "", "")

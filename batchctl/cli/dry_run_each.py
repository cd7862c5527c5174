"""``dry-run --each``: what each row would ask for, and how long all rows take at least."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.cli.dry_run_options import PreviewFormat
from batchctl.cli.each_sources import previewed_rows
from batchctl.errors import UsageError
from batchctl.plan.accounts import all_accounts
from batchctl.plan.row_totals import RowTotals
from batchctl.render.preview.data import shown
from batchctl.render.preview.rows import RowPreview, rows_json, rows_lines, rows_ndjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from batchctl.cli.dry_run_options import ViewOptions
    from batchctl.cli.row_options import RowOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.launch.inputs import Inputs
    from batchctl.plan.planner import Plan
    from batchctl.plan.preview import Preview

_FORMATS = (PreviewFormat.TREE, PreviewFormat.JSON, PreviewFormat.NDJSON)


def preview_rows(
    inputs: Inputs,
    asked: RowOptions,
    view: ViewOptions,
    fixtures: Path | None,
    terminal: Terminal,
    preview: Callable[[Plan], Preview],
) -> None:
    """Print the dry run of each row of ``--each``: a line per row and the totals, or the requests as JSON or NDJSON.

    ``preview`` makes the preview of a row's plan, ``fixtures`` is a folder with records, None without one. Problems of
    the first row that has any are printed instead, and the command ends (``typer.Exit(1)``). Raises ``UsageError`` for
    rows or a format that can't be used; with the environment's accounts as rows also ``CredentialsError`` and
    ``ServiceError``.
    """
    if view.output_format not in _FORMATS:
        raise UsageError(
            f"dry-run --each prints {', '.join(_FORMATS)}, not {view.output_format.value}",
            hint="--format ndjson has a line per request, with its row",
        )
    if view.everything or (view.explain and view.output_format is not PreviewFormat.NDJSON):
        asked_for = "--all" if view.everything else "--explain"
        raise UsageError(
            f"{asked_for} is for the requests of one dry run; with --each the tree has a line per row",
            hint="--format ndjson has every request of each row, with --explain where its values came from",
        )
    rows = previewed_rows(inputs, asked, fixtures, terminal)
    totals = RowTotals()

    def previews() -> Iterator[RowPreview]:
        for row in rows.table:
            plan = rows.plan_of(row)
            found = preview(plan)
            totals.add(next(iter(all_accounts(plan)), ""), found)
            how = shown(plan, api_url=view.api_url, redactor=terminal.redactor)
            yield RowPreview(row, found, how)

    match view.output_format:
        case PreviewFormat.JSON:
            terminal.document(rows_json(previews(), totals, inputs.shown))
        case PreviewFormat.NDJSON:
            terminal.document(rows_ndjson(previews(), explain=view.explain))
        case _:
            title = rows.plan.definition.name or inputs.shown
            terminal.views(rows_lines(previews(), totals, title, summary=view.summary))

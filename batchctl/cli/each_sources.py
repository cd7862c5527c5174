"""The rows of a command: each is read, checked and planned before the first one starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.cli.checking import require_sync_job, show_problems_or_plan
from batchctl.cli.consent import checked_plan
from batchctl.diagnostics import Severity
from batchctl.errors import UsageError
from batchctl.execution.gathered_rows import gathered_rows
from batchctl.execution.notices import silent
from batchctl.execution.row_news import RowNews
from batchctl.execution.sync import plan_sync
from batchctl.launch.row_sources import recorded_rows
from batchctl.plain import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.terminal import Terminal
    from batchctl.definition.given import Given
    from batchctl.diagnostics import Diagnostic
    from batchctl.execution.gathered_rows import CheckedRows
    from batchctl.launch.inputs import Inputs
    from batchctl.launch.row_sources import RowSource
    from batchctl.launch.setup import Setup
    from batchctl.plan.planner import Plan
    from batchctl.preparation import Prepared


_SHOWS_ALL = "batchctl validate --each shows those of all"


def checked_rows(setup: Setup, line: CommandLine, terminal: Terminal) -> CheckedRows:
    """The rows of the command line, or else of the run that is resumed, all checked.

    The problems of the first row that has any are printed, and the command ends (``typer.Exit(1)``) before any row
    starts. Raises ``UsageError`` for rows that can't be read; with accounts as rows also ``CredentialsError`` and
    ``ServiceError``.
    """
    named, news = _named(line), _news(terminal)

    def prepare(given: Given, number: int) -> tuple[Prepared, Plan]:
        prepared = setup.inputs.prepare(given, required=Severity.ERROR)
        _name_row(prepared, given, f"row {number}", named, terminal)
        notify = silent if number > 1 else setup.notify
        return prepared, checked_plan(news.of(prepared), line.checks, terminal, notify)

    rows = _given(line.rows, setup)
    gathered = gathered_rows(rows, setup.inputs.given(), prepare, setup.secrets, None, news.alike)
    news.end()
    return gathered


def checked_job_rows(setup: Setup, line: CommandLine, terminal: Terminal, *, force: bool) -> CheckedRows:
    """The rows of a sync job, from the command line or else from the run that is resumed, all checked.

    The problems of the first row that has any are printed, and the command ends (``typer.Exit(1)``) before any row
    starts. With ``force`` rows whose jobs have the same mutex may run at the same time. Raises ``UsageError`` for rows
    that can't be read and a file that is no sync job; with accounts as rows also ``CredentialsError`` and
    ``ServiceError``.
    """
    from batchctl.execution.sync_rows import planned_row, shared_by

    named, news = _named(line), _news(terminal)

    def prepare(given: Given, number: int) -> tuple[Prepared, Plan]:
        prepared = setup.inputs.prepare(given, required=None, jobs=True)
        require_sync_job(
            prepared, setup.inputs.shown, terminal, advice="batchctl run FILE --each ROWS runs a batch for each row"
        )
        _name_row(prepared, given, f"row {number}", named, terminal)
        show_problems_or_plan(news.of(prepared), terminal, quiet=terminal.quiet)
        try:
            return prepared, plan_sync(prepared).plan
        except UsageError as error:
            raise UsageError(f"row {number} of {named}: {error}", hint=error.hint) from error

    gathered = gathered_rows(
        _given(line.rows, setup),
        setup.inputs.given(),
        prepare,
        setup.secrets,
        lambda plan, number: shared_by(planned_row(plan), number, force=force),
        news.alike,
    )
    news.end()
    return gathered


def previewed_rows(inputs: Inputs, asked: RowSource, fixtures: Path | None, terminal: Terminal) -> CheckedRows:
    """The rows of a dry run, all of them checked, except that arguments which are required may be missing.

    The problems of the first row that has any are printed, and the command ends (``typer.Exit(1)``). ``fixtures`` is a
    folder with records, None without one. Raises ``UsageError`` for rows that can't be read; with accounts as rows also
    ``CredentialsError`` and ``ServiceError``.
    """
    news = _news(terminal)

    def prepare(given: Given, number: int) -> tuple[Prepared, Plan]:
        prepared = inputs.prepare(given, jobs=True)
        _name_row(prepared, given, f"row {number}", str(asked.each), terminal)
        return prepared, show_problems_or_plan(news.of(prepared), terminal, quiet=terminal.quiet)

    if asked.is_accounts:
        from batchctl.cli.connecting import connected

        # A dry run has no options for an API: it is that of the environment or the profile.
        connection = None if fixtures is not None else connected(terminal)[0]
        rows = asked.accounts(connection, fixtures or inputs.folder / "fixtures")
    else:
        rows = asked.read()
    gathered = gathered_rows(rows, inputs.given(), prepare, alike=news.alike)
    news.end()
    return gathered


def _named(line: CommandLine) -> str:
    return line.rows.each or "the resumed run"


def _name_row(prepared: Prepared, given: Given, label: str, named: str, terminal: Terminal) -> None:
    """Say whose problems come next, where there are any that stop it."""
    if prepared.plan is None:
        shown = f"{label}{f' · {given.account}' if given.account else ''}"
        terminal.problem(f"{shown} of {named} is the first with an error; {_SHOWS_ALL}:")


def _news(terminal: Terminal) -> RowNews:
    def repeated(found: Diagnostic, count: int) -> None:
        terminal.note(f"{counted(count, 'more row')} with the same {found.severity}, {found.code}; {_SHOWS_ALL}")

    return RowNews(lambda: terminal.note(f"more rows have warnings; {_SHOWS_ALL}"), repeated)


def _given(asked: RowSource, setup: Setup) -> Iterator[Given]:
    if asked.is_accounts:
        connection = None if setup.kind == "local" else setup.target().connection
        return asked.accounts(connection, setup.fixtures or setup.inputs.folder / "fixtures")
    return asked.read() if asked.each is not None else recorded_rows(setup.store, setup.resumed)

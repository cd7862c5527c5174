"""Between reading a file and using it: show what is wrong, go on only when nothing is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from batchctl.cli.terminal import bounds
from batchctl.definition.secrets import innocent_words, secrets_of
from batchctl.diagnostics.kinds import NOT_IGNORABLE
from batchctl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from batchctl.cli.terminal import Terminal
    from batchctl.launch.inputs import Inputs
    from batchctl.plan.planner import Plan
    from batchctl.preparation import Prepared
    from batchctl.render.diagnostics.reporting import FileReport

_MAX_PROBLEMS = 50
_RUNS_A_BATCH = "batchctl run FILE runs a batch"
# With one of these nobody can tell what a file is.
_UNREAD = NOT_IGNORABLE | {"not-a-batch", "empty-file"}


def show_problems_or_plan(prepared: Prepared, terminal: Terminal, *, quiet: bool = False) -> Plan:
    """The plan of a checked file; from here on its secrets are masked in all output.

    Its problems are printed to stderr, warnings too unless ``quiet``. For a file with errors it ends the command:
    ``typer.Exit(1)``.
    """
    terminal.hide(secrets_of(prepared.loaded))
    terminal.spare(innocent_words(prepared.loaded))
    if (prepared.obstacles or prepared.input_files) and not (prepared.ok and quiet):
        from batchctl.render.diagnostics.reporting import FileReport, file_reports

        reports = file_reports(prepared.source, prepared.obstacles) if prepared.obstacles else []
        reports += [FileReport(each.source, each.source.file, each.diagnostics) for each in prepared.input_files]
        show_reports(reports, terminal)
    if prepared.plan is None:
        raise typer.Exit(ExitCode.DEFINITION)
    return prepared.plan


def show_reports(reports: Sequence[FileReport], terminal: Terminal) -> None:
    """Print the problems of files to stderr, at most 50 of them; also when quiet."""
    from batchctl.render.diagnostics.text import text_report

    text = text_report(
        reports,
        color=terminal.colored(sys.stderr),
        max_problems=_MAX_PROBLEMS,
        redactor=terminal.redactor,
        columns=bounds(sys.stderr),
    )
    terminal.problem(text.rstrip("\n"))


def prepared_job(given: Inputs, terminal: Terminal, written: Mapping[str, Path] | None = None) -> Prepared:
    """The sync job in ``given``, checked and planned; its problems are printed to stderr.

    ``written`` are the files that the command will write, by option. Raises ``UsageError`` for what can't be read, is
    no sync job, or would be written over, and ``typer.Exit(1)`` for a job with errors.
    """
    from batchctl.files.places import require_apart
    from batchctl.launch.read_files import parts_read

    prepared = given.prepare(required=None, jobs=True)
    require_sync_job(prepared, given.shown, terminal)
    require_apart(parts_read(prepared.source), written or {})
    show_problems_or_plan(prepared, terminal, quiet=terminal.quiet)
    return prepared


def require_sync_job(prepared: Prepared, shown: str, terminal: Terminal, *, advice: str = _RUNS_A_BATCH) -> None:
    """Raise ``UsageError`` for a file that is no sync job; ``advice`` is its hint, ``shown`` the file's name.

    For a file that can't be read its problems are printed, and it raises ``typer.Exit(1)``.
    """
    loaded = prepared.loaded
    if loaded.kind == "sync-job":
        return
    is_unread = loaded.definition is None and any(found.rule in _UNREAD for found in prepared.diagnostics)
    if is_unread or not isinstance(loaded.data, dict):
        show_problems_or_plan(prepared, terminal)
    raise UsageError(f"{shown} is no sync job", hint=advice)

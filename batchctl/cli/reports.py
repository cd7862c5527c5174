"""The reports of a run: files of their own, beside the result."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from batchctl.errors import UsageError
from batchctl.files import reason_of, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from batchctl.cli.run_options import OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.redaction import Redactor, Shown
    from batchctl.render.report.json import Report
    from batchctl.render.report.rows.report import RowsReport


def write_reports(report: Report, asked: OutputOptions, terminal: Terminal) -> None:
    """Write those that were asked for. Raises ``UsageError``."""
    from batchctl.render.report.formats import FORMATS

    _write(FORMATS, report, asked, terminal)


def write_row_reports(report: RowsReport, asked: OutputOptions, terminal: Terminal) -> None:
    """Write the reports of the rows of ``--each`` that were asked for. Raises ``UsageError``."""
    from batchctl.render.report.formats import ROW_FORMATS

    _write(ROW_FORMATS, report, asked, terminal)


def _write(
    formats: Mapping[str, Callable[[Any, Redactor, str], Iterator[str]]],
    report: Report | RowsReport,
    asked: OutputOptions,
    terminal: Terminal,
) -> None:
    redactor, when = terminal.redactor, time.strftime("%Y-%m-%d %H:%M %Z")
    for flag, path in asked.reports.items():
        written = formats[flag.removeprefix("--report-")]
        write_shown(path, redactor.document(written(report, redactor, when)))
    for path in asked.reports.values():
        terminal.note(f"wrote {path}")


def require_junit_cases(asked: OutputOptions, kind: str) -> None:
    """Raise ``UsageError`` where ``--junit-cases`` asks for what can't be written, before anything runs."""
    from batchctl.cli.run_options import JunitCases

    if asked.junit_cases is None:
        return
    if asked.report_junit is None:
        raise UsageError("--junit-cases goes with --report-junit", hint="--report-junit FILE names the file to write")
    if asked.junit_cases is JunitCases.CALLS and kind == "truto":
        raise UsageError(
            "--junit-cases calls needs the calls, which Truto does not tell", hint="use it with --local or --direct"
        )


def write_shown(path: Path, pieces: Iterable[Shown]) -> None:
    """Write a text for people, which has passed the gate. Raises ``UsageError``."""
    write_whole(path, pieces)


def write_job_summary(report: Report, path: Path, terminal: Terminal) -> None:
    """Append to the summary of a GitHub Actions job; one that can't be written is no reason to fail."""
    from batchctl.render.report.job_summary import job_summary

    text = "".join(terminal.redactor.document(job_summary(report, terminal.redactor.text)))
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        terminal.note(f"can't write the job's summary: {reason_of(error)}")

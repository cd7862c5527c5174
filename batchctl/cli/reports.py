"""The reports that a command line asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.cli.notices import speaker
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from batchctl.cli.output_options import OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.render.report.json import Report


def write_reports(report: Report, asked: OutputOptions, terminal: Terminal) -> None:
    """Write the report files that the command line asks for. Raises ``UsageError`` for one that can't be written."""
    from batchctl.outputs.reports import write_reports as write

    write(report, asked.reports_by_format, terminal.redactor, speaker(terminal))


def require_junit_cases(asked: OutputOptions, kind: str) -> None:
    """Raise ``UsageError``, before anything runs, where ``--junit-cases`` asks for a report that can't be written.

    ``kind`` says who runs it (``truto``, ``direct``, ``local``): Truto does not report calls.
    """
    from batchctl.cli.output_options import JunitCases

    if asked.junit_cases is None:
        return
    if asked.report_junit is None:
        raise UsageError("--junit-cases goes with --report-junit", hint="--report-junit FILE names the file to write")
    if asked.junit_cases is JunitCases.CALLS and kind == "truto":
        raise UsageError(
            "--junit-cases calls needs the calls, which Truto does not report", hint="use it with --local or --direct"
        )

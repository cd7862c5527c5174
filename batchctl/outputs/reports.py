"""The reports of a run, or of its rows: files of their own, beside the result."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from batchctl.errors import UsageError
from batchctl.execution.notices import Written
from batchctl.files import reason_of, write_whole
from batchctl.render.report.formats import FORMATS, ROW_FORMATS
from batchctl.render.report.job_summary import job_summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from batchctl.execution.notices import Notify
    from batchctl.redaction import Redactor
    from batchctl.render.report.json import Report
    from batchctl.render.report.rows.report import RowsReport


def write_reports(report: Report, asked: Mapping[str, Path], redactor: Redactor, notify: Notify) -> None:
    """Write the reports of a run, as ``asked``: format (``junit``, ``json``, ``html``) → file.

    ``notify`` gets a notice of each. Raises ``UsageError`` for a file that can't be written.
    """
    _write(asked, redactor, notify, lambda name, when: FORMATS[name](report, redactor, when))


def write_row_reports(report: RowsReport, asked: Mapping[str, Path], redactor: Redactor, notify: Notify) -> None:
    """Write the reports of a run of many rows, as ``asked``: format (``junit``, ``json``, ``html``) → file.

    ``notify`` gets a notice of each. Raises ``UsageError`` for a file that can't be written.
    """
    _write(asked, redactor, notify, lambda name, when: ROW_FORMATS[name](report, redactor, when))


def append_job_summary(report: Report, path: Path, redactor: Redactor) -> None:
    """Append a report to ``path``, the summary of a GitHub Actions job, in Markdown.

    Raises ``UsageError`` where it can't be written.
    """
    text = "".join(redactor.document(job_summary(report, redactor.text)))
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"can't write the job's summary: {reason_of(error)}") from error


def _write(
    asked: Mapping[str, Path], redactor: Redactor, notify: Notify, pieces: Callable[[str, str], Iterable[str]]
) -> None:
    """Write each report; ``pieces`` makes its text, given the name of its format, and when it is made."""
    when = time.strftime("%Y-%m-%d %H:%M %Z")
    for name, path in asked.items():
        write_whole(path, redactor.document(pieces(name, when)))
    for path in asked.values():
        notify(Written(str(path)))

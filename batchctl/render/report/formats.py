"""The formats of a run's report, by name; a writer's module is imported when it is used, not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchctl.redaction import Redactor
    from batchctl.render.report.json import Report
    from batchctl.render.report.rows.report import RowsReport


def _junit(report: Report, redactor: Redactor, _when: str) -> Iterator[str]:
    from batchctl.render.report.junit import report_junit

    return report_junit(report, redactor)


def _json(report: Report, redactor: Redactor, _when: str) -> Iterator[str]:
    from batchctl.render.report.json import report_json

    return report_json(report, redactor)


def _html(report: Report, redactor: Redactor, when: str) -> Iterator[str]:
    from batchctl.render.report.html import report_html

    return report_html(report, redactor, when=when)


# The last argument is the date that a reader sees.
FORMATS: Mapping[str, Callable[[Report, Redactor, str], Iterator[str]]] = {
    "junit": _junit,
    "json": _json,
    "html": _html,
}


def _rows_junit(report: RowsReport, redactor: Redactor, _when: str) -> Iterator[str]:
    from batchctl.render.report.rows.junit import rows_junit

    return rows_junit(report, redactor.text)


def _rows_json(report: RowsReport, redactor: Redactor, _when: str) -> Iterator[str]:
    from batchctl.render.report.rows.json import rows_report_json

    return rows_report_json(report, redactor)


def _rows_html(report: RowsReport, redactor: Redactor, when: str) -> Iterator[str]:
    from batchctl.render.report.rows.html import rows_html

    return rows_html(report, redactor, when=when)


ROW_FORMATS: Mapping[str, Callable[[RowsReport, Redactor, str], Iterator[str]]] = {
    "junit": _rows_junit,
    "json": _rows_json,
    "html": _rows_html,
}

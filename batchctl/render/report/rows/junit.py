"""Many rows as JUnit XML: a suite per row, in it a case per resource, or with ``junit_cases`` per call."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from batchctl.plain import clean
from batchctl.render.report.junit import write_case
from batchctl.render.report.junit_cases import Case, resource_cases
from batchctl.render.xml import Xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.execution.row_end import RowEnd
    from batchctl.redaction import Redact
    from batchctl.render.report.rows.report import RowsReport

_ATTRIBUTES = {"failures": "failed", "errors": "interrupted", "skipped": "skipped"}


def rows_junit(report: RowsReport, redact: Redact) -> Iterator[str]:
    """The report of many rows as JUnit XML, in pieces: a suite per row. ``redact`` masks secrets.

    A row without a result is a suite with one case, ``batch``, which has an error.
    """
    totals: Counter[str] = Counter()
    for end in report.rows.ends:
        totals += Counter(case.state for case in _cases(end, report))
    about = {"name": redact(report.title), **_attributes(totals), "time": f"{report.elapsed_s:.3f}"}
    xml = Xml()
    with xml.element("testsuites", about):
        for end in report.rows.ends:
            _suite(xml, end, report, redact)
            yield xml.taken()
    yield xml.taken()


def _suite(xml: Xml, end: RowEnd, report: RowsReport, redact: Redact) -> None:
    own, cases = report.of(end), _cases(end, report)
    counts: Counter[str] = Counter(case.state for case in cases)
    about = {"name": redact(end.label), **_attributes(counts), "time": f"{end.elapsed_s:.3f}"}
    with xml.element("testsuite", about):
        if own is None:
            with xml.element("testcase", {"classname": report.file, "name": "batch", "file": report.file}):
                kind = "refused" if end.error else "interrupted"
                message = clean(redact(str(end.error or "not finished")), 2000)
                xml.leaf("error", {"type": kind, "message": message}, (end.error and end.error.hint) or "")
            return
        for case in cases:
            write_case(xml, case, own, redact, by_call=report.junit_cases == "calls")


def _cases(end: RowEnd, report: RowsReport) -> list[Case]:
    own = report.of(end)
    if own is None:
        return [Case("batch", "batch", "interrupted", "")]
    if report.junit_cases == "calls" and end.calls.cases:
        return [Case(*each) for each in end.calls.cases]  # type: ignore[misc]  # as it was kept
    # Of a row that ran before its calls are not known.
    return list(resource_cases(own))


def _attributes(counts: Counter[str]) -> dict[str, str]:
    return {"tests": str(counts.total()), **{name: str(counts[state]) for name, state in _ATTRIBUTES.items()}}

"""Diagnostics as JUnit's XML: a suite per file, a case per problem, and a passing case for a file without any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.render.diagnostics.reporting import in_order, one_line
from batchctl.render.xml import Xml
from batchctl.render.xml import one_line as safe

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from batchctl.diagnostics import Diagnostic, Severity
    from batchctl.redaction import Redact
    from batchctl.render.diagnostics.reporting import FileReport


def junit_report(reports: Sequence[FileReport], *, failing: Collection[Severity], redact: Redact) -> str:
    """The problems as JUnit's XML: a suite per file, a case per problem.

    Those of a severity in ``failing`` are failures, others pass with their text. ``redact`` masks secrets.
    """
    xml = Xml()
    counts = [sum(found.severity in failing for found in report.diagnostics) for report in reports]
    tests = sum(max(1, len(report.diagnostics)) for report in reports)
    head = {"name": "batchctl validate", "tests": str(tests), "failures": str(sum(counts)), "errors": "0"}
    with xml.element("testsuites", head):
        for report, failures in zip(reports, counts, strict=True):
            file, tests = redact(report.file), max(1, len(report.diagnostics))
            suite = {"name": file, "tests": str(tests), "failures": str(failures), "errors": "0"}
            with xml.element("testsuite", suite):
                if not report.diagnostics:
                    xml.leaf("testcase", {"classname": file, "name": "no problems"})
                for found in in_order(report):
                    _case(xml, report, found, failing, redact)
    return xml.taken()


def _case(xml: Xml, report: FileReport, found: Diagnostic, failing: Collection[Severity], redact: Redact) -> None:
    line, column = found.span.start
    file, text = redact(report.file), safe(redact(one_line(report.file, found)))
    name = f"{found.code} {found.rule} at {line}:{column}"
    with xml.element("testcase", {"classname": file, "name": name, "file": file, "line": str(line)}):
        if found.severity in failing:
            xml.leaf("failure", {"type": found.severity, "message": redact(found.message)}, text)
        else:
            xml.leaf("system-out", {}, text)

"""Diagnostics as JUnit's XML: a suite per file, a case per problem, and a passing case for a file without any."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from batchctl.render.diagnostics.reporting import in_order, one_line
from batchctl.render.xml import one_line as safe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from batchctl.diagnostics import Diagnostic, Severity
    from batchctl.redaction import Redact
    from batchctl.render.diagnostics.reporting import FileReport


def junit_report(reports: Sequence[FileReport], *, failing: Collection[Severity], redact: Redact) -> str:
    """The XML. Problems of a severity in ``failing`` are failures, the others pass and say so."""
    return "\n".join(_lines(reports, failing, redact)) + "\n"


def _lines(reports: Sequence[FileReport], failing: Collection[Severity], redact: Redact) -> Iterator[str]:
    counts = [sum(found.severity in failing for found in report.diagnostics) for report in reports]
    tests = sum(max(1, len(report.diagnostics)) for report in reports)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="batchctl validate" tests="{tests}" failures="{sum(counts)}" errors="0">'
    for report, failures in zip(reports, counts, strict=True):
        file = _attribute(redact(report.file))
        tests = max(1, len(report.diagnostics))
        yield f'  <testsuite name="{file}" tests="{tests}" failures="{failures}" errors="0">'
        if not report.diagnostics:
            yield f'    <testcase classname="{file}" name="no problems"/>'
        for found in in_order(report):
            yield from _case(report, found, file, failing, redact)
        yield "  </testsuite>"
    yield "</testsuites>"


def _case(
    report: FileReport, found: Diagnostic, file: str, failing: Collection[Severity], redact: Redact
) -> Iterator[str]:
    line, column = found.span.start
    name = f"{found.code} {found.rule} at {line}:{column}"
    yield f'    <testcase classname="{file}" name="{name}" file="{file}" line="{line}">'
    text = _attribute(redact(one_line(report.file, found)))
    if found.severity in failing:
        message = _attribute(redact(found.message))
        yield f'      <failure type="{found.severity}" message="{message}">{text}</failure>'
    else:
        yield f"      <system-out>{text}</system-out>"
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return escape(safe(text))

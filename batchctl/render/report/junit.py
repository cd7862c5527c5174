"""A run as JUnit XML, in the shape that CI servers read: a case per resource, or with ``junit_cases`` per call."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from batchctl.render.report.junit_cases import call_cases, resource_cases
from batchctl.render.result.places import file_of, line_of
from batchctl.render.xml import Xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.redaction import Redact, Redactor
    from batchctl.render.report.json import Report
    from batchctl.render.report.junit_cases import Case


def report_junit(report: Report, redactor: Redactor) -> Iterator[str]:
    """The report of a run as JUnit XML, in pieces: a suite with a case per resource or call.

    Cases have their times, and those that failed cause, calls and advice. ``redactor`` masks secrets.
    """
    by_call = report.junit_cases == "calls"
    cases = list(call_cases(report, redactor) if by_call else resource_cases(report))
    states = Counter(case.state for case in cases)
    redact = redactor.text
    about = {
        "name": redact(report.title),
        "tests": str(len(cases)),
        "failures": str(states["failed"]),
        "errors": str(states["interrupted"]),
        "skipped": str(states["skipped"]),
        "time": f"{report.result.elapsed_s:.3f}",
    }
    xml = Xml()
    with xml.element("testsuites", about), xml.element("testsuite", about):
        if by_call and report.timeline.left_out:
            with xml.element("properties", {}):
                xml.leaf("property", {"name": "calls left out", "value": str(report.timeline.left_out)})
        for case in cases:
            write_case(xml, case, report, redact, by_call=by_call)
            yield xml.taken()
    yield xml.taken()


def write_case(xml: Xml, case: Case, report: Report, redact: Redact, *, by_call: bool = False) -> None:
    """Write one test case into ``xml``, as an element ``testcase`` with what its state asks for inside.

    ``report`` has the file and plan for its place; ``redact`` masks secrets. ``by_call`` means that it stands for a
    call, and not for a whole resource.
    """
    about = {
        "classname": f"{report.file}: {redact(case.key)}" if by_call else report.file,
        "name": redact(case.name),
        "time": f"{case.time_s:.3f}",
        "file": file_of(case.key, report.plan, report.file),
        "line": str(line_of(case.key, report.plan, case.about) or 1),
    }
    message = redact(case.message)
    with xml.element("testcase", about):
        match case.state:
            case "passed":
                xml.leaf("system-out", {}, message)
            case "failed":
                _origins(xml, case)
                xml.leaf("failure", {"type": "failed", "message": message}, redact(case.details))
            case "skipped":
                xml.leaf("skipped", {"message": message})
            case "interrupted":
                xml.leaf("error", {"type": "interrupted", "message": message})


def _origins(xml: Xml, case: Case) -> None:
    """Whose errors they are, a property each: definition, connection, service, provider or fixtures."""
    if case.origins:
        with xml.element("properties", {}):
            for name in case.origins:
                xml.leaf("property", {"name": "origin", "value": name})

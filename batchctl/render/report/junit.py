"""A run as JUnit XML, a case per resource, in the shape that CI servers read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.causes import causes
from batchctl.engine.result import Failed, NotReached, Skipped, Succeeded
from batchctl.plain import counted, listed
from batchctl.render.result.figures import outcome_figures, work_of
from batchctl.render.result.places import line_of
from batchctl.render.xml import Xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.engine.causes import Cause
    from batchctl.engine.result import Outcome
    from batchctl.redaction import Redact
    from batchctl.render.report.json import Report


def report_junit(report: Report, redact: Redact) -> Iterator[str]:
    """One suite, one case per resource with its time; failures with cause, calls and advice."""
    outcomes = report.result.outcomes
    bad = sum(isinstance(outcome, Failed) for outcome in outcomes.values())
    broken = sum(isinstance(outcome, NotReached) for outcome in outcomes.values())
    skipped = sum(isinstance(outcome, Skipped) for outcome in outcomes.values())
    about = {
        "name": redact(report.title),
        "tests": str(len(outcomes)),
        "failures": str(bad),
        "errors": str(broken),
        "skipped": str(skipped),
        "time": f"{report.result.elapsed_s:.3f}",
    }
    xml = Xml()
    with xml.element("testsuites", about), xml.element("testsuite", about):
        for key, outcome in outcomes.items():
            _case(xml, key, outcome, report, redact)
            yield xml.taken()
    yield xml.taken()


def _case(xml: Xml, key: str, outcome: Outcome, report: Report, redact: Redact) -> None:
    work = work_of(outcome)
    time_s = (work.elapsed_s if work else None) or 0.0
    about = {
        "classname": report.file,
        "name": redact(key),
        "time": f"{time_s:.3f}",
        "file": report.file,
        "line": str(line_of(key, report.plan) or 1),
    }
    with xml.element("testcase", about):
        match outcome:
            case Succeeded():
                xml.leaf("system-out", {}, ", ".join(outcome_figures(outcome)))
            case Failed(errors=errors):
                found = causes(errors)
                first = found[0].sentence if found else counted(len(errors), "error")
                _origins(xml, found)
                xml.leaf("failure", {"type": "failed", "message": redact(first)}, redact(_details(outcome)))
            case Skipped(because=because):
                xml.leaf("skipped", {"message": redact(f"{listed(because)} failed")})
            case NotReached():
                xml.leaf("error", {"type": "interrupted", "message": "not finished"})


def _origins(xml: Xml, found: Sequence[Cause]) -> None:
    """Whose errors they are, a property each: definition, connection, service, provider or fixtures."""
    if names := dict.fromkeys(cause.origin for cause in found):
        with xml.element("properties", {}):
            for name in names:
                xml.leaf("property", {"name": "origin", "value": name})


def _details(outcome: Failed) -> str:
    lines = []
    for cause in causes(outcome.errors):
        lines.append(f"{cause.count}× {cause.sentence}" if cause.count > 1 else cause.sentence)
        lines += [f"  at {origin}" for origin in cause.origins]
        if cause.words:
            lines.append(f"  provider: {cause.words}")
        if cause.advice:
            lines.append(f"  → {cause.advice}")
    return "\n".join(lines)

"""A run as JUnit XML, a case per resource, in the shape that CI servers read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from batchctl.engine.causes import causes
from batchctl.engine.result import Failed, NotReached, Skipped, Succeeded
from batchctl.plain import counted, listed
from batchctl.render.result.figures import outcome_figures, work_of
from batchctl.render.result.places import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.engine.causes import Cause
    from batchctl.engine.result import Outcome
    from batchctl.redaction import Redact
    from batchctl.render.report.json import Report

# XML 1.0 has no way to write these.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report_junit(report: Report, redact: Redact) -> Iterator[str]:
    """One suite, one case per resource with its time; failures with cause, calls and advice."""
    outcomes = report.result.outcomes
    bad = sum(isinstance(outcome, Failed) for outcome in outcomes.values())
    broken = sum(isinstance(outcome, NotReached) for outcome in outcomes.values())
    skipped = sum(isinstance(outcome, Skipped) for outcome in outcomes.values())
    counts = (
        f'tests="{len(outcomes)}" failures="{bad}" errors="{broken}" skipped="{skipped}"'
        f' time="{report.result.elapsed_s:.3f}"'
    )
    name = _attribute(redact(report.title))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites name={name} {counts}>\n  <testsuite name={name} {counts}>\n"
    for key, outcome in outcomes.items():
        yield from _case(key, outcome, report, redact)
    yield "  </testsuite>\n</testsuites>\n"


def _case(key: str, outcome: Outcome, report: Report, redact: Redact) -> Iterator[str]:
    work = work_of(outcome)
    time_s = (work.elapsed_s if work else None) or 0.0
    place = f' file={_attribute(report.file)} line="{line_of(key, report.plan) or 1}"'
    yield f'    <testcase classname={_attribute(report.file)} name={_attribute(redact(key))} time="{time_s:.3f}"{place}'
    match outcome:
        case Succeeded():
            yield f">\n      <system-out>{_text(', '.join(outcome_figures(outcome)))}</system-out>\n    </testcase>\n"
        case Failed(errors=errors):
            found = causes(errors)
            first = found[0].sentence if found else counted(len(errors), "error")
            message = _attribute(redact(first))
            yield ">\n" + _origins(found)
            yield f'      <failure type="failed" message={message}>{_text(redact(_details(outcome)))}</failure>\n'
            yield "    </testcase>\n"
        case Skipped(because=because):
            yield f">\n      <skipped message={_attribute(redact(f'{listed(because)} failed'))}/>\n    </testcase>\n"
        case NotReached():
            yield '>\n      <error type="interrupted" message="not finished"/>\n    </testcase>\n'


def _origins(found: Sequence[Cause]) -> str:
    """Whose errors they are, a property each: definition, connection, service, provider or fixtures."""
    names = dict.fromkeys(cause.origin for cause in found)
    inside = "".join(f'        <property name="origin" value={_attribute(name)}/>\n' for name in names)
    return f"      <properties>\n{inside}      </properties>\n" if inside else ""


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


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))

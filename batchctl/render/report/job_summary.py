"""A run as the Markdown that GitHub Actions shows beside a job."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from batchctl.engine.causes import causes, first_causes
from batchctl.engine.result import Failed, Skipped
from batchctl.plain import clean, duration, listed
from batchctl.render.report.json import status_of
from batchctl.render.result.figures import record_count, run_figures, work_of
from batchctl.render.result.places import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchctl.engine.result import Outcome
    from batchctl.redaction import Redact
    from batchctl.render.report.json import Report, Status

SIGNS: Mapping[Status, str] = {
    "succeeded": "✅",
    "failed": "❌",
    "accepted": "☑️",
    "skipped": "⏭️",
    "unfinished": "⏸️",
}
"""The sign of each way in which a resource can end."""
_MAX_RESOURCES = 200
# GitHub takes a megabyte.
_MAX_FAILURES = 50
_MAX_CAUSES = 5
# Characters that mean something to Markdown or HTML.
_SPECIAL = str.maketrans({sign: f"&#{ord(sign)};" for sign in "\\`*_{}[]<>()#+-!|~&@:$"})


def job_summary(report: Report, redact: Redact) -> Iterator[str]:
    """A run as Markdown for GitHub Actions, in pieces: a heading, a row per resource, and what failed, with advice.

    ``redact`` masks secrets.
    """

    def text(value: str) -> str:
        return clean(redact(value), 400).translate(_SPECIAL)

    result = report.result
    sign = "✅" if result.ok else "⏸️" if result.interrupted else "❌"
    yield f"### {sign} {text(report.title)}\n\n{text(' · '.join(run_figures(result)))}\n\n"
    yield "| | resource | records | calls | time |\n| --- | --- | ---: | ---: | ---: |\n"
    for number, (key, outcome) in enumerate(result.outcomes.items()):
        if number >= _MAX_RESOURCES:
            yield f"| | and {len(result.outcomes) - number:,} more | | | |\n"
            break
        yield _row(text(key), outcome)
    for key, bad in islice(first_causes(result), _MAX_FAILURES):
        yield from _failure(key, bad, report, text)
    if len(result.failed) > _MAX_FAILURES:
        yield f"\nand {len(result.failed) - _MAX_FAILURES:,} more\n"
    yield "\n"


def _row(name: str, outcome: Outcome) -> str:
    work = work_of(outcome)
    calls = f"{work.calls:,}" if work and work.calls is not None else ""
    time = duration(work.elapsed_s) if work and work.elapsed_s is not None else ""
    return f"| {SIGNS[status_of(outcome)]} | {name} | {record_count(outcome):,} | {calls} | {time} |\n"


def _failure(key: str, outcome: Failed | Skipped, report: Report, text: Callable[[str], str]) -> Iterator[str]:
    name = text(key)
    if isinstance(outcome, Skipped):
        yield f"\n**{name}** skipped: {text(listed(outcome.because))} failed\n"
        return
    found = causes(outcome.errors)
    place = place_of(key, report.plan, report.file, found[0].field if found else None)
    yield f"\n**{name}**{f' ({text(place)})' if place else ''}\n"
    for cause in found[:_MAX_CAUSES]:
        times = f"{cause.count:,}× " if cause.count > 1 else ""
        yield f"- {times}{text(cause.sentence)}\n"
        if cause.origins:
            yield f"  <br>{text(cause.origins[0])}\n"
        if cause.words:
            yield f"  <br>provider: {text(cause.words)}\n"
        if cause.advice:
            yield f"  <br>→ {text(cause.advice)}\n"
    if len(found) > _MAX_CAUSES:
        yield f"- and {len(found) - _MAX_CAUSES} other causes\n"

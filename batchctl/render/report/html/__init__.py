"""A run as one page to read, print and send on: everything is in it, nothing is loaded from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

from batchctl.engine.causes import causes, first_causes
from batchctl.engine.result import Failed, Skipped
from batchctl.plain import counted, duration, listed
from batchctl.render.graph.data import drawing
from batchctl.render.graph.svg import svg_graph
from batchctl.render.report.html.bars import timeline_section
from batchctl.render.report.html.browse import records_section
from batchctl.render.report.html.markup import Markup
from batchctl.render.report.json import status_of
from batchctl.render.result.figures import record_count, work_of
from batchctl.render.result.places import place_of
from batchctl.render.text.words import repetition, request_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.engine.causes import Cause
    from batchctl.redaction import Redactor
    from batchctl.render.report.json import Report

_SIGNS = {"succeeded": "✔", "failed": "✖", "skipped": "⊘", "unfinished": "⊘"}
_MAX_ORIGINS = 5


def report_html(report: Report, redactor: Redactor, *, when: str = "") -> Iterator[str]:
    """The page in pieces. ``when`` says when it ran, in words; ``redactor`` masks secrets in all that is shown."""
    markup = Markup(redactor)
    style, script = _asset("page.css"), _asset("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{markup.text(report.title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )
    yield from _head(report, markup, when)
    yield "<main>\n"
    yield from _errors(report, markup)
    yield from _resources(report, markup)
    yield from _graph(report, markup)
    yield from timeline_section(report, markup)
    yield from records_section(report, markup)
    yield f"</main>\n<script>{script}</script>\n</body>\n</html>\n"


def _asset(name: str) -> str:
    return (files("batchctl.render.report.html") / name).read_text("utf-8")


def _head(report: Report, markup: Markup, when: str) -> Iterator[str]:
    result = report.result
    state = "interrupted" if result.interrupted else "fine" if result.ok else "failed"
    said = {"interrupted": "interrupted", "fine": "all succeeded", "failed": f"{listed(result.failed[:3])} failed"}[
        state
    ]
    if state == "failed" and len(result.failed) > 3:
        said = f"{counted(len(result.failed), 'resource')} failed"
    yield f'<header class="{state}">\n<p class="state">{markup.text(said)}</p>\n<h1>{markup.text(report.title)}</h1>\n'
    about = [report.where, when, f"request id {result.request_id}" if result.request_id else ""]
    yield f'<p class="about">{" · ".join(markup.text(part) for part in about if part)}</p>\n'
    if report.plan.definition.description:
        yield f'<p class="about">{markup.text(report.plan.definition.description, 600)}</p>\n'
    calls = len(report.timeline.calls) + report.timeline.left_out
    retries = sum(len(call.retries) for call in report.timeline.calls)
    tiles = [
        (f"{len(result.outcomes) - len(result.failed):,}/{len(result.outcomes):,}", "resources succeeded"),
        (f"{sum(map(record_count, result.outcomes.values())):,}", "records"),
        *([(f"{calls:,}", "calls")] if calls else []),
        *([(f"{retries:,}", "retries")] if retries else []),
        (duration(result.elapsed_s), "in all"),
    ]
    yield '<dl class="tiles">\n'
    yield from (f"<div><dd>{markup.text(figure)}</dd><dt>{name}</dt></div>\n" for figure, name in tiles)
    yield "</dl>\n</header>\n"


def _errors(report: Report, markup: Markup) -> Iterator[str]:
    if not report.result.failed:
        return
    yield '<section id="errors">\n<h2>What failed</h2>\n'
    for key, outcome in first_causes(report.result):
        name = markup.text(key)
        if isinstance(outcome, Skipped):
            because = markup.text(listed(outcome.because))
            yield f'<article class="skipped"><h3>⊘ {name}</h3><p>skipped: {because} failed</p></article>\n'
            continue
        about = " · ".join(
            filter(None, (counted(len(outcome.errors), "error"), place_of(key, report.plan, report.file)))
        )
        yield f'<article class="failed"><h3>✖ {name} <small>{markup.text(about)}</small></h3>\n'
        for cause in causes(outcome.errors):
            yield from _cause(cause, markup)
        yield "</article>\n"
    yield "</section>\n"


def _cause(cause: Cause, markup: Markup) -> Iterator[str]:
    times = f'<b class="times">{cause.count:,}×</b> ' if cause.count > 1 else ""
    yield f'<div class="cause"><p class="sentence">{times}{markup.text(cause.sentence, 600)}</p>\n'
    for origin in cause.origins[:_MAX_ORIGINS]:
        yield f'<p class="origin">at <code>{markup.text(origin)}</code></p>\n'
    more = cause.count - min(len(cause.origins), _MAX_ORIGINS)
    if cause.origins and more > 0:
        yield f'<p class="origin">and {more:,} more</p>\n'
    yield f'<p class="origin">origin: <b>{markup.text(cause.origin)}</b></p>\n'
    if cause.words:
        yield f"<blockquote><span>the provider's words</span>{markup.text(cause.words, 2000)}</blockquote>\n"
    if cause.advice:
        yield f'<p class="advice">→ {markup.text(cause.advice, 600)}</p>\n'
    yield "</div>\n"


def _resources(report: Report, markup: Markup) -> Iterator[str]:
    outcomes = report.result.outcomes
    longest = max((work.elapsed_s or 0 for outcome in outcomes.values() if (work := work_of(outcome))), default=0) or 1
    yield '<section id="resources">\n<h2>Resources</h2>\n<div class="scroll"><table>\n<thead><tr><th></th><th>name</th>'
    yield '<th class="num">records</th><th class="num">calls</th><th class="num">time</th></tr></thead>\n<tbody>\n'
    for key, outcome in outcomes.items():
        state, work, step = status_of(outcome), work_of(outcome), report.plan.steps.get(key)
        how = ", ".join(filter(None, (request_line(step), repetition(step, report.plan)))) if step else ""
        if work and work.partial:
            how = ", ".join(filter(None, (how, f"{counted(work.partial, 'answer')} partial")))
        seconds = work.elapsed_s if work else None
        bar = f'<i class="bar" style="width:{100 * (seconds or 0) / longest:.1f}%"></i>' if seconds is not None else ""
        yield f'<tr class="{state}"><td class="sign" title="{state}">{_SIGNS[state]}</td><td><b>{markup.text(key)}</b>'
        yield f'<span class="how">{markup.text(how)}</span></td><td class="num">{record_count(outcome):,}</td>'
        calls = f"{work.calls:,}" if work and work.calls is not None else ""
        yield f'<td class="num">{calls}</td><td class="num time">'
        yield f"{markup.text(duration(seconds)) if seconds is not None else ''}{bar}</td></tr>\n"
    yield "</tbody></table></div>\n</section>\n"


def _graph(report: Report, markup: Markup) -> Iterator[str]:
    """The plan as a picture, each box with how its resource ended."""
    if not report.plan.steps:
        return
    plain = drawing(report.plan, title=report.title, redact=markup.redactor.text)
    outcomes = [report.result.outcomes.get(key) for key in report.plan.steps]
    boxes = tuple(
        box
        if outcome is None
        else replace(
            box,
            key=f"{_SIGNS[status_of(outcome)]} {box.key}",
            notes=(*box.notes, "skipped" if isinstance(outcome, Skipped) else _brought(outcome)),
        )
        for box, outcome in zip(plain.boxes, outcomes, strict=True)
    )
    svg = "".join(svg_graph(replace(plain, boxes=boxes)))
    picture = base64.b64encode(svg.encode("utf-8", "replace")).decode()
    words = markup.text(
        "; ".join(f"{key} after {listed(step.parents)}" for key, step in report.plan.steps.items() if step.parents)
    )
    yield '<section id="graph">\n<h2>Graph</h2>\n<div class="scroll graph">'
    yield f'<img alt="{words or "resources that wait for none"}" src="data:image/svg+xml;base64,{picture}"></div>\n'
    yield "</section>\n"


def _brought(outcome: object) -> str:
    count = counted(getattr(outcome, "count", 0), "record")
    return f"{count}, {counted(len(outcome.errors), 'error')}" if isinstance(outcome, Failed) else count

"""What a case of a JUnit report holds, and the cases of a run: one per resource, or one per call."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from batchctl.engine.causes import causes
from batchctl.engine.result import Failed, NotReached, Skipped, Succeeded, errors_of
from batchctl.json_types import write_json
from batchctl.plain import counted, listed
from batchctl.render.result.figures import outcome_figures, work_of
from batchctl.structs import Struct, field, replace
from batchctl.truto.calls import call_path
from batchctl.truto.query_string import query_string

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.engine.causes import Cause
    from batchctl.engine.observe.timeline import CallTrace
    from batchctl.engine.result import Outcome
    from batchctl.json_types import JsonValue
    from batchctl.redaction import Redactor
    from batchctl.render.report.json import Report

_MAX_QUERY = 200


class Case(Struct, frozen=True):
    """A test case of a JUnit report, which stands for a resource or for one call of it.

    ``key`` is the resource's name, ``name`` the case's, ``state`` how it ended, ``time_s`` its time in seconds.
    ``message`` is its first line, ``details`` are more lines about a failure, ``origins`` say whose errors they are
    (``provider``), ``about`` is the field of the resource that the first error names, None for none.
    """

    key: str
    name: str
    state: Literal["passed", "failed", "skipped", "interrupted"]
    message: str
    time_s: float = 0.0
    details: str = ""
    origins: Sequence[str] = field(default=())
    about: str | None = None


def resource_cases(report: Report) -> Iterator[Case]:
    """A test case for each resource, in the order of the file."""
    for key, outcome in report.result.outcomes.items():
        yield _of_resource(key, outcome)


def call_cases(report: Report, redactor: Redactor) -> Iterator[Case]:
    """A test case for each call, by resource and in the order of the calls.

    There is also one for every call that was not sent (something in it had no value, an empty id), and one for a
    resource that made no call. Where there were more calls than are remembered, a failed resource has a case of its
    own, too. ``redactor`` masks secrets.
    """
    traces: dict[str, list[CallTrace]] = {}
    for trace in report.timeline.calls:
        traces.setdefault(trace.key, []).append(trace)
    for key, outcome in report.result.outcomes.items():
        of_calls = [_of_call(trace, redactor) for trace in traces.get(key, ())]
        errors = [] if isinstance(outcome, Skipped) else errors_of(outcome)
        of_calls += [_of_error(key, error) for error in errors if not _has_call(error)]
        if not of_calls or (errors and report.timeline.left_out):
            of_calls.append(_of_resource(key, outcome))
        yield from _distinct(of_calls)


def _of_resource(key: str, outcome: Outcome) -> Case:
    work = work_of(outcome)
    time_s = (work.elapsed_s if work else None) or 0.0
    match outcome:
        case Succeeded():
            return Case(key, key, "passed", ", ".join(outcome_figures(outcome)), time_s)
        case Failed(accepted=True, errors=errors):
            return Case(key, key, "passed", _accepted(errors), time_s)
        case Failed(errors=errors):
            found = causes(errors)
            first = found[0].sentence if found else counted(len(errors), "error")
            return Case(key, key, "failed", first, time_s, _details(found), _origins(found), _about(found))
        case Skipped(because=because):
            return Case(key, key, "skipped", f"{listed(because)} failed")
        case NotReached():
            return Case(key, key, "interrupted", "not finished", time_s)


def _accepted(errors: Sequence[JsonValue]) -> str:
    return f"{counted(len(errors), 'accepted error')}: {'; '.join(cause.sentence for cause in causes(errors))}"


def _of_call(trace: CallTrace, redactor: Redactor) -> Case:
    name = _name(trace, redactor)
    if trace.ended_s is None:
        return Case(trace.key, name, "interrupted", "not finished")
    time_s = trace.ended_s - trace.started_s
    if trace.ok:
        figures = [counted(trace.records, "record"), counted(trace.pages, "page")]
        if trace.retries:
            figures.append(counted(len(trace.retries), "retry"))
        return Case(trace.key, name, "passed", ", ".join(figures), time_s)
    found = causes([trace.error or {"statusCode": trace.status}])
    return Case(trace.key, name, "failed", found[0].sentence, time_s, _details(found), _origins(found), _about(found))


def _of_error(key: str, error: JsonValue) -> Case:
    """Of something that did not become a call."""
    found = causes([error])
    made_for = error.get("for") if isinstance(error, dict) else None
    what = "not sent" if found[0].origin == "definition" else "another error"
    name = f"{what}, for {_short(made_for)}" if made_for else what
    return Case(key, name, "failed", found[0].sentence, 0.0, _details(found), _origins(found), _about(found))


def _name(trace: CallTrace, redactor: Redactor) -> str:
    call = trace.call
    query = redactor.data(call.query)
    text = query_string(query, str) if isinstance(query, dict) else ""
    path = f"{call.http_method} {call_path(call.resource, call.method, call.id)}"
    return f"{path}?{text[:_MAX_QUERY]}" if text else path


def _short(value: JsonValue) -> str:
    return write_json(value)[:_MAX_QUERY]


def _distinct(cases: Sequence[Case]) -> Iterator[Case]:
    """Names that occur again get a number: programs that read the report take a name for one case."""
    seen: Counter[str] = Counter()
    for case in cases:
        seen[case.name] += 1
        yield case if seen[case.name] == 1 else replace(case, name=f"{case.name} ({seen[case.name]})")


def _has_call(error: JsonValue) -> bool:
    """Whether a call was made; an entry of the definition's tells of one that was not sent."""
    return isinstance(error, dict) and "call" in error and error.get("origin") != "definition"


def _origins(found: Sequence[Cause]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cause.origin for cause in found))


def _about(found: Sequence[Cause]) -> str | None:
    return found[0].field if found else None


def _details(found: Sequence[Cause]) -> str:
    lines = []
    for cause in found:
        lines.append(f"{cause.count}× {cause.sentence}" if cause.count > 1 else cause.sentence)
        lines += [f"  {origin}" for origin in cause.origins]
        if cause.words:
            lines.append(f"  provider: {cause.words}")
        if cause.advice:
            lines.append(f"  → {cause.advice}")
    return "\n".join(lines)

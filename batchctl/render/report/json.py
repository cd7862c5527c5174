"""A run as JSON for programs that judge it: every resource, every call, times and retries. No records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

from batchctl.engine.result import Failed, NotReached, Skipped, Succeeded, errors_of
from batchctl.json_types import write_json
from batchctl.render.curl import call_as_curl
from batchctl.render.preview.data import shown
from batchctl.render.result.figures import record_count, work_of
from batchctl.render.result.places import file_of, line_of
from batchctl.structs import Struct
from batchctl.truto.calls import call_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.engine.observe.timeline import CallTrace, Timeline
    from batchctl.engine.result import Outcome, RunResult
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.redaction import Redactor
    from batchctl.render.preview.data import RequestView

FORMAT_VERSION = "1.0"
Status: TypeAlias = Literal["succeeded", "failed", "accepted", "skipped", "unfinished"]
"""How a resource ended; ``accepted``: it failed, and all of its errors are accepted."""


class Report(Struct, frozen=True):
    """What every report of one run is made from.

    ``timeline`` has the calls. ``where`` says in words who executed the run, ``file`` what was run. ``api_url`` is
    where the calls went, or for a local run would have gone; where it is empty, reports have no curl commands.
    ``junit_cases`` says whether a test case of the JUnit report stands for a resource or a call.
    """

    result: RunResult
    plan: Plan
    timeline: Timeline
    where: str
    file: str
    api_url: str = ""
    junit_cases: Literal["resources", "calls"] = "resources"

    @property
    def title(self) -> str:
        """The batch's name, or that of its file where it has none."""
        return self.plan.definition.name or self.file


def report_json(report: Report, redactor: Redactor) -> Iterator[str]:
    """The report of a run as JSON text, in pieces; times are in seconds. ``redactor`` masks secrets.

    It is ``{"format_version", "file", "name", "executed_by", "integrated_account_id", "request_id", "status",
    "elapsed_s", "summary", "resources": […], "calls": […]}``; ``name`` and ``request_id`` are None where there is none,
    ``status`` is ``succeeded``, ``failed`` or ``interrupted``. The summary has ``failed``, names of resources, and the
    numbers ``resources``, ``records``, ``calls``, ``calls_left_out`` and ``retries``. Each of ``resources`` has
    ``name``, ``status``, ``records``, ``errors`` and more (``resource_data`` makes them), each of ``calls``
    ``resource``, ``method``, ``path``, ``status`` and more (``call_data``).
    """
    redact = redactor.text
    result = report.result
    calls = report.timeline.calls
    view = shown(report.plan, api_url=report.api_url, redactor=redactor)
    head: JsonObject = {
        "format_version": FORMAT_VERSION,
        "file": redact(report.file),
        "name": redact(report.title) if report.plan.definition.name else None,
        "executed_by": redact(report.where),
        "integrated_account_id": redact(report.plan.definition.integrated_account_id),
        "request_id": redact(result.request_id) if result.request_id else None,
        "status": result.status,
        "elapsed_s": _seconds(result.elapsed_s),
        "summary": {
            "resources": len(result.outcomes),
            "failed": list(result.failed),
            "records": sum(map(record_count, result.outcomes.values())),
            "calls": len(calls) + report.timeline.left_out,
            "calls_left_out": report.timeline.left_out,
            "retries": sum(len(call.retries) for call in calls),
        },
        "resources": [resource_data(key, outcome, report.plan, redactor) for key, outcome in result.outcomes.items()],
    }
    yield from with_list(head, "calls", (call_data(call, view) for call in calls))


def with_list(head: JsonObject, name: str, items: Iterable[JsonObject]) -> Iterator[str]:
    """``head`` as JSON text with one more member, the list ``name``, whose ``items`` are written a line each."""
    yield write_json(head, indent=2).removesuffix("\n}") + f',\n  "{name}": ['
    lead = "\n    "
    for item in items:
        yield lead + write_json(item)
        lead = ",\n    "
    yield ("\n  " if lead[0] == "," else "") + "]\n}\n"


def status_of(outcome: Outcome) -> Status:
    """How a resource ended: ``succeeded``, ``failed``, ``accepted``, ``skipped`` or ``unfinished``.

    ``accepted`` means that it failed, and all of its errors are accepted.
    """
    match outcome:
        case Failed(accepted=True):
            return "accepted"
        case Succeeded():
            return "succeeded"
        case Failed():
            return "failed"
        case Skipped():
            return "skipped"
        case NotReached():
            return "unfinished"
        case _:
            assert_never(outcome)


def resource_data(key: str, outcome: Outcome, plan: Plan, redactor: Redactor) -> JsonObject:
    """The resource ``key`` in the report's JSON: how it ended, its numbers, its line in the file, its errors.

    Its keys are ``name`` (its key), ``resource`` (``crm/contacts``), ``method``, ``line``, ``depends_on``, ``status``
    (as in ``status_of``), ``skipped_because`` (names), the numbers ``records``, ``calls``, ``pages``, ``retries``,
    ``partial`` (answers that say that they are incomplete) and ``without_content`` (empty pages of lists),
    the times ``throttled_s`` and ``elapsed_s``, ``errors``, and ``file`` where an included file has it. ``errors`` are
    its entries in the answer's ``errors``, each with ``line`` where it names a field. Numbers that are not known are
    None. ``redactor`` masks secrets in the errors.
    """
    step, work = plan.steps.get(key), work_of(outcome)
    return {
        "name": key,
        "resource": getattr(step.node, "resource", None) if step else None,
        "method": getattr(step.node, "method", None) if step else None,
        "line": line_of(key, plan),
        **({} if (file := file_of(key, plan, "")) == "" else {"file": file}),
        "depends_on": list(step.parents) if step else [],
        "status": status_of(outcome),
        "skipped_because": list(outcome.because) if isinstance(outcome, Skipped) else [],
        "records": record_count(outcome),
        "calls": work.calls if work else None,
        "pages": work.pages if work else None,
        "retries": work.retries if work else None,
        "throttled_s": _seconds(work.throttled_s) if work else None,
        "partial": work.partial if work else None,
        "without_content": work.empty if work else None,
        "elapsed_s": _seconds(work.elapsed_s) if work else None,
        "errors": _errors(key, outcome, plan, redactor),
    }


def _errors(key: str, outcome: Outcome, plan: Plan, redactor: Redactor) -> list[JsonValue]:
    """The entries of the answer, each with the ``line`` of the field that it names."""
    entries: list[JsonValue] = []
    for entry in errors_of(outcome):
        field = entry.get("field") if isinstance(entry, dict) else None
        if isinstance(entry, dict) and isinstance(field, str):
            placed: JsonValue = {**entry, "line": line_of(key, plan, field)}
        else:
            placed = entry
        entries.append(redactor.data(placed))
    return entries


def call_data(trace: CallTrace, view: RequestView) -> JsonObject:
    """One call in the report's JSON, with its times in seconds; ``view`` masks secrets.

    Its keys are ``serial`` (from 1, over the run), ``resource`` (its key), ``method`` (``GET``), ``path``, ``query``,
    ``started_s`` (since the run began), ``elapsed_s`` (None while open), ``status`` (``ok``, ``failed`` or ``open``),
    ``http_status`` (of a failure, 0 without an answer; else None), ``records``, ``pages``, ``throttled_s`` and
    ``retries`` (``[{"attempt", "wait_s", "status", "at_s"}]``); and ``curl`` for one that failed. In a retry,
    ``attempt`` is 1 for the first time that a request was sent again, ``status`` that of the failure before it, and
    ``at_s`` when that failed, since the run began.
    """
    retries: list[JsonValue] = [
        {"attempt": each.attempt, "wait_s": _seconds(each.wait_s), "status": each.status, "at_s": _seconds(each.at_s)}
        for each in trace.retries
    ]
    call, redactor = trace.call, view.redactor
    failed = trace.ended_s is not None and not trace.ok
    return {
        "serial": trace.serial,
        "resource": trace.key,
        "method": call.http_method,
        "path": redactor.text(call_path(call.resource, call.method, call.id)),
        "query": redactor.data(call.query),
        "started_s": _seconds(trace.started_s),
        "elapsed_s": None if trace.ended_s is None else _seconds(trace.ended_s - trace.started_s),
        "status": "ok" if trace.ok else "failed" if failed else "open",
        "http_status": trace.status,
        "records": trace.records,
        "pages": trace.pages,
        "throttled_s": _seconds(trace.throttled_s),
        "retries": retries,
        **({"curl": call_as_curl(call, view)} if failed and view.api_url else {}),
    }


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, 6)

"""The body of a batch answer → outcomes, one per resource, whatever shape its maps have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.engine.accepting import accepts_all
from batchctl.engine.result import Failed, RunResult, Skipped, Succeeded, Work
from batchctl.service.records import StoredRecords
from batchctl.truto.envelope import unusable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.engine.result import Outcome
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Step


def read_answer(
    body: Mapping[str, object], steps: Mapping[str, Step], *, elapsed_s: float, request_id: str | None = None
) -> RunResult:
    """The result of a batch that Truto ran, from ``body``, the body of the response.

    It has the outcome of each resource in ``steps``, the plan's by name, in order, then of those that only the body
    names. ``body`` is kept unchanged, in ``raw``. A map in it (``result``, ``errors``) that is missing, null or of
    another type counts as empty; ``errors`` of another type are a failed outcome of that name. A Unified resource is
    always in the response to a batch that ran: one that must have made a call and is in neither map failed.
    ``elapsed_s`` is how long the batch took in seconds, ``request_id`` the service's id of the request, if any.
    """
    results, errors = _mapping(body.get("result")), _mapping(body.get("errors"))
    names = dict.fromkeys((*steps, *results, *errors))
    outcomes = {name: _outcome(results.get(name), errors.get(name), steps.get(name)) for name in names}
    if body:
        for name, step in steps.items():
            if name not in results and name not in errors and _must_be_there(step, outcomes):
                outcomes[name] = Failed([_absent()])
    loose = body.get("errors")
    if loose and not isinstance(loose, dict):
        outcomes["errors"] = Failed(_list(loose))
    return RunResult(outcomes, elapsed_s, request_id=request_id, raw=body)


def _must_be_there(step: Step, outcomes: Mapping[str, Outcome]) -> bool:
    """Whether a resource is a Unified request that surely made a call: no condition, no loop, parents with records."""
    node = step.node
    if not isinstance(node, Request) or not node.is_unified or node.run_if or node.loop_on:
        return False
    parents = [outcomes.get(name) for name in step.parents]
    return all(isinstance(parent, Succeeded) and parent.count > 0 for parent in parents)


def _absent() -> JsonObject:
    return unusable("the answer names it neither in result nor in errors")


def _outcome(result: object, errors: object, step: Step | None) -> Outcome:
    records = result if isinstance(result, StoredRecords) else _list(result)
    problems = _list(errors)
    # An object or a text without anything in it is no list of records, and no record either.
    work = Work(empty=1) if isinstance(result, dict | str) and not result else Work()
    if not problems:
        return Succeeded(records=records, work=work)
    because = _skipped_because(problems)
    if because:
        return Skipped(because, problems)
    return Failed(problems, accepts_all(step.node if step else None, problems), records=records, work=work)


def _skipped_because(errors: list[JsonValue]) -> tuple[str, ...]:
    """The resources because of which one was skipped, where the only entry says so."""
    entry = errors[0] if len(errors) == 1 else None
    because = entry.get("skipped_because") if isinstance(entry, dict) else None
    return tuple(map(str, because)) if isinstance(because, list) else ()


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[JsonValue]:
    if isinstance(value, list):
        return value
    return [] if value in (None, "", {}) else [value]  # type: ignore[list-item]  # what JSON holds

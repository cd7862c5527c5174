"""The body of a batch answer → outcomes, one per resource, whatever shape its maps have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.result import Failed, RunResult, Skipped, Succeeded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.engine.result import Outcome
    from batchctl.json_types import JsonObject, JsonValue


def read_answer(body: JsonObject, keys: Iterable[str], *, elapsed_s: float, request_id: str | None = None) -> RunResult:
    """Outcomes for ``keys``, the plan's resources in order, then for whatever else the answer names.

    ``body`` is kept as it is, in ``raw``. A map that is missing, null or of another type counts as empty.
    """
    results, errors = _mapping(body.get("result")), _mapping(body.get("errors"))
    names = dict.fromkeys((*keys, *results, *errors))
    outcomes = {name: _outcome(results.get(name), errors.get(name)) for name in names}
    loose = body.get("errors")
    if loose and not isinstance(loose, dict):
        outcomes["errors"] = Failed(_list(loose))
    return RunResult(outcomes, elapsed_s, request_id=request_id, raw=body)


def _outcome(result: JsonValue, errors: JsonValue) -> Outcome:
    records, problems = _list(result), _list(errors)
    if not problems:
        return Succeeded(records=records)
    because = _skipped_because(problems)
    return Skipped(because, problems) if because else Failed(problems, records=records)


def _skipped_because(errors: list[JsonValue]) -> tuple[str, ...]:
    """The resources because of which one was skipped, where the only entry says so."""
    entry = errors[0] if len(errors) == 1 else None
    because = entry.get("skipped_because") if isinstance(entry, dict) else None
    return tuple(map(str, because)) if isinstance(because, list) else ()


def _mapping(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _list(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, list):
        return value
    return [] if value in (None, "", {}) else [value]

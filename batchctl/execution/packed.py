"""A result as JSON text and back: how it is kept on disk while other rows run, and how it travels between processes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from batchctl.engine.remarks import RunRemark
from batchctl.engine.result import (
    Brought,
    Failed,
    NotReached,
    RunResult,
    Skipped,
    Succeeded,
    Work,
    errors_of,
    in_memory,
)
from batchctl.service.answer import read_answer
from batchctl.structs import astuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.engine.result import Outcome
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Step

_WORDS: Mapping[type, str] = {Succeeded: "succeeded", Failed: "failed", Skipped: "skipped", NotReached: "unfinished"}
_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def pack(result: RunResult) -> str:
    """The whole result of a run, its records included, as one JSON text that ``unpack`` reads."""
    data: JsonObject = {
        "elapsed_s": result.elapsed_s,
        "request_id": result.request_id,
        "interrupted": result.interrupted,
        "remarks": [[each.key, each.kind, each.sentence, each.count] for each in result.remarks],
    }
    if result.sync is not None:
        data["sync"] = result.sync
    if result.raw is not None:
        # Whatever is known of it stands in the answer itself.
        data["raw"] = {part: in_memory(value) for part, value in result.raw.items()}
    else:
        data["answered"] = None if result.answered is None else [*sorted(result.answered)]
        data["outcomes"] = {key: _packed(outcome) for key, outcome in result.outcomes.items()}
        data["accounts"] = {key: [*sorted(ids)] for key, ids in result.accounts.items()}
        data["left_out"] = [*sorted(result.left_out)]
    return _encode(data)


def unpack(text: str, steps: Mapping[str, Step]) -> RunResult:
    """The result in ``text``, which ``pack`` wrote; ``steps`` are those of the plan that was run, by key.

    Raises ``ValueError`` for any other text.
    """
    data = json.loads(text)
    elapsed_s = float(data["elapsed_s"])
    remarks = tuple(RunRemark(*each) for each in data["remarks"])
    if "raw" in data:
        return read_answer(data["raw"], steps, elapsed_s=elapsed_s, request_id=data["request_id"])
    outcomes = {key: _unpacked(each) for key, each in data["outcomes"].items()}
    answered = None if data["answered"] is None else frozenset(data["answered"])
    return RunResult(
        outcomes,
        elapsed_s,
        request_id=data["request_id"],
        interrupted=data["interrupted"],
        answered=answered,
        remarks=remarks,
        accounts={key: frozenset(ids) for key, ids in data.get("accounts", {}).items()},
        sync=data.get("sync"),
        left_out=frozenset(data.get("left_out", ())),
    )


def _packed(outcome: Outcome) -> JsonObject:
    data: JsonObject = {"is": _WORDS[type(outcome)]}
    if isinstance(outcome, Brought):
        data["records"] = list(outcome.records)
        data["total"] = outcome.total
        data["work"] = list(astuple(outcome.work))
    if errors_of(outcome):
        data["errors"] = errors_of(outcome)
    if isinstance(outcome, Failed):
        data["accepted"] = outcome.accepted
    if isinstance(outcome, Skipped):
        data["because"] = list(outcome.because)
    return data


def _unpacked(data: JsonObject) -> Outcome:
    errors = cast("list[JsonValue]", data.get("errors", []))
    if data["is"] == "skipped":
        return Skipped(tuple(map(str, cast("list[JsonValue]", data["because"]))), errors)
    records = cast("list[JsonValue]", data["records"])
    total, work = cast("int | None", data["total"]), Work(*cast("list[int | None]", data["work"]))
    match data["is"]:
        case "failed":
            return Failed(errors, bool(data.get("accepted")), records=records, total=total, work=work)
        case "unfinished":
            return NotReached(records=records, total=total, work=work, errors=errors)
        case _:
            return Succeeded(records=records, total=total, work=work)

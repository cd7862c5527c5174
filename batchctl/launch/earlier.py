"""An earlier run, read from the store: what is known of it, and what it brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.result import Brought, NotReached, errors_of
from batchctl.errors import BadAnswer, UsageError
from batchctl.json_types import read_json
from batchctl.launch.inputs import Inputs
from batchctl.redaction import MASK, without_marks
from batchctl.service.answer import read_answer
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore

# Of these there is nothing to show but what is known of them.
_WITHOUT_RESULT = ("running", "incomplete", "damaged", "refused")


class EarlierRun(Struct, frozen=True):
    """A recorded run: its ``facts``, and ``response``, the file with what it brought, where there is one.

    ``body`` is the content of that file, Truto's answer ``{"result": …, "errors": …}``, None where the result is not
    whole; of sync jobs none is stored. ``plan`` is None where the definition was not kept or can't be read any more.
    """

    facts: RunFacts
    response: Path | None = None
    body: JsonObject | None = None
    plan: Plan | None = None

    @classmethod
    def of(cls, store: RunStore, name: str) -> EarlierRun:
        """The run ``name`` in ``store``: its id, the beginning of it, or ``latest``.

        Raises ``StoreError`` for a name that no run or more than one has, ``BadAnswer`` for a result that can't be
        read.
        """
        facts = store.get(name)
        path = store.response(facts.id)
        # Of an interrupted run on Truto there is at most a part of the answer; the engine's own is always whole.
        in_part = facts.state in _WITHOUT_RESULT or (facts.kind, facts.state) == ("truto", "interrupted")
        if path is None or in_part:
            return cls(facts, path)
        return cls(facts, path, _body(path), _plan(facts))

    @property
    def result(self) -> RunResult | None:
        """What came back, by resource; None where there is no whole result, or no plan to read it by."""
        if self.body is None or self.plan is None:
            return None
        elapsed_s = (self.facts.finished_s or self.facts.started_s) - self.facts.started_s
        result = read_answer(self.body, self.plan.steps, elapsed_s=elapsed_s)
        return result if self.facts.state != "interrupted" else _stopped(result, self.facts.summary.get("unfinished"))


def _stopped(result: RunResult, unfinished: JsonValue) -> RunResult:
    """The result of a run that was stopped; what it brought does not say what was ``unfinished``."""
    keys = unfinished if isinstance(unfinished, list) else []
    outcomes = {
        key: NotReached(records=each.records, total=each.total, work=each.work, errors=errors_of(each))
        if key in keys and isinstance(each, Brought)
        else each
        for key, each in result.outcomes.items()
    }
    return replace(result, outcomes=outcomes, interrupted=True)


def _plan(facts: RunFacts) -> Plan | None:
    """The plan of a run whose definition was kept and can still be read."""
    if facts.inputs is None:
        return None
    try:
        return Inputs.of_run(facts).prepare().plan
    except UsageError:
        return None


def _body(path: Path) -> JsonObject:
    try:
        body = read_json(without_marks(path.read_text("utf-8"), MASK))
    except (OSError, ValueError):
        body = None
    if not isinstance(body, dict):
        raise BadAnswer(f"the response that is kept in {path} is incomplete")
    return body

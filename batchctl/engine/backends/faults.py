"""``faults.yaml`` in a fixtures folder: calls that fail, wait, throttle or break off."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from batchctl.definition.schema import schema_violations
from batchctl.diagnostics.spelling import suggestion
from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.fixture_files import DATA_FORMATS, find_file
from batchctl.engine.backends.fixture_store import clone
from batchctl.errors import FixtureError
from batchctl.structs import Struct, field, replace
from batchctl.template import to_text
from batchctl.truto.envelope import make_envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batchctl.definition.schema import Violation
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.truto.calls import Call


class Fault(Struct, frozen=True):
    """One rule of ``faults.yaml``: which calls it is about, and whether they fail, wait or get a changed answer.

    ``docs/fixtures.md`` describes its keys. ``resource``, ``method``, ``id`` and ``query`` say which calls it is about
    (None and empty: any); it leaves the first ``after`` of these alone and applies to the next ``times`` (None: to all
    that follow). ``status`` and ``message`` are those of the error; ``fails`` is False for a rule that only waits or
    changes the answer. ``remote`` makes it an error of the provider, ``insight`` is its ``truto_error_insight`` and
    ``raw_response`` the provider's own answer; ``partial`` marks an answer as incomplete, ``headers`` are added to the
    answer, ``retry_after`` and ``wait_s`` are in seconds (None and 0: none), ``drop`` closes the connection without an
    answer.
    """

    resource: str
    method: str | None = None
    id: str | int | None = None
    query: JsonObject = field(default_factory=dict)
    status: int = 500
    message: str = "this call fails because the faults file says so"
    remote: bool = False
    insight: JsonObject | None = None
    raw_response: JsonValue = None
    headers: JsonObject = field(default_factory=dict)
    partial: bool = False
    retry_after: float | None = None
    wait_s: float = 0
    times: int | None = None
    after: int = 0
    drop: bool = False
    fails: bool = True

    def matches(self, call: Call) -> bool:
        """Whether ``call`` has the resource, method, id and query parameters that the rule names, compared as text.

        Parameters that the rule does not name may be there, too.
        """
        return (
            self.resource == call.resource
            and self.method in (None, call.method)
            and (self.id is None or to_text(self.id) == call.id)
            and all(
                name in call.query and to_text(call.query[name]) == to_text(value) for name, value in self.query.items()
            )
        )

    def reply(self) -> Reply | None:
        """The error that a call gets by this rule; None for a rule that does not make calls fail.

        ``drop`` and ``wait_s`` are the caller's to apply.
        """
        if not self.fails:
            return None
        body = make_envelope(self.status, self.message)
        if self.remote:
            body["truto_is_remote_error"] = True
        if self.insight is not None:
            body["truto_error_insight"] = clone(self.insight)
        if self.raw_response is not None:
            body["raw_response"] = clone(self.raw_response)
        headers = self._headers()
        if self.retry_after is not None:
            headers["retry-after"] = to_text(self.retry_after)
        return Reply(self.status, body, headers)

    def changed(self, reply: Reply) -> Reply:
        """``reply``, an answer without the fault, with the rule's headers, and marked as partial where it says so."""
        body = reply.body
        if self.partial and isinstance(body, dict) and "is_partial_response" in body:
            body = {**body, "is_partial_response": True}
        return replace(reply, body=body, headers={**reply.headers, **self._headers()})

    def _headers(self) -> dict[str, str]:
        return {name.lower(): to_text(value) for name, value in self.headers.items()}


class FaultList:
    """The rules of a faults file, in the file's order, with a count of how many calls each has matched so far.

    Give each call to ``strike``, which returns the rule to apply to it.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._faults = faults
        self._seen = [0] * len(faults)

    def __bool__(self) -> bool:
        return bool(self._faults)

    def renewed(self, faults: Sequence[Fault]) -> FaultList:
        """The list for ``faults``, the rules as the file has them now.

        It is this list, with its counts, where the rules are unchanged, else a new one that counts from 0.
        """
        return self if faults == self._faults else FaultList(faults)

    def strike(self, call: Call) -> Fault | None:
        """Count ``call``, and return the rule that applies to it; None where there is none.

        That is the first rule that matches the call, whose first ``after`` calls are over, and that has applied to
        fewer than ``times`` calls. The call counts for each rule that it matches, up to the one returned.
        """
        for index, fault in enumerate(self._faults):
            if fault.matches(call):
                hit = self._seen[index] - fault.after
                self._seen[index] += 1
                if hit >= 0 and (fault.times is None or hit < fault.times):
                    return fault
        return None


def read_faults(folder: FixtureFolder) -> list[Fault]:
    """The rules in the file ``faults.yaml`` (or ``.json``) of ``folder``, in order; an empty list without a file.

    Raises ``FixtureError`` for a file that can't be read, or an entry that is no valid rule.
    """
    value = folder.data(["faults"])
    if isinstance(value, dict) and set(value) == {"faults"}:
        value = value["faults"]
    if value is None:
        return []  # no file, or every rule is commented out
    path = find_file(folder.path, ["faults"], DATA_FORMATS)
    if not isinstance(value, list):
        raise FixtureError(f"{path} holds no list of faults", hint="write a list, each with resource: …")
    return [_read_fault(entry, f"{path}, entry {number}") for number, entry in enumerate(value, 1)]


def _read_fault(entry: Any, where: str) -> Fault:
    schema, violations = _schema()
    for violation in violations(entry):
        _refuse(violation, where, schema)
    status = entry.get("status", 429 if "retry_after" in entry else 500)
    passes = any(key in entry for key in _PASSING)
    fails = not passes or any(entry.get(key) not in (None, False) for key in _FAILING)
    return Fault(**{**entry, "status": status, "fails": fails})


def _refuse(violation: Violation, where: str, schema: dict[str, Any]) -> NoReturn:
    begin = "begin it with resource: crm/contacts"
    if violation.keyword == "additionalProperties":
        known = tuple(schema["properties"])
        raise FixtureError(f'{where} has an unknown key "{violation.key}"', hint=suggestion(violation.key, known))
    if violation.keyword == "required":
        raise FixtureError(f"{where} names no resource", hint=begin)
    if not violation.path:
        raise FixtureError(f"{where} is not an object", hint=begin)
    key = violation.path[0]
    expected = schema["properties"][key]["description"]
    raise FixtureError(f"{where}: {key} has a wrong value", hint=f"give it {expected}")


@cache
def _schema() -> tuple[dict[str, Any], Callable[[JsonValue], Iterator[Violation]]]:
    schema: dict[str, Any] = json.loads(Path(__file__).with_name("faults.schema.json").read_text("utf-8"))
    return schema, schema_violations(schema)


# What makes a rule with one of ``_PASSING`` more than a delay or a remark on the answer.
_FAILING = ("status", "message", "remote", "insight", "raw_response", "retry_after", "drop")
_PASSING = ("wait_s", "partial", "headers")

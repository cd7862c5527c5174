"""``faults.yaml`` in a fixtures folder: calls that fail, wait, throttle or break off."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchctl.diagnostics.spelling import suggestion
from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.fixture_files import DATA_FORMATS, find_file, read_data
from batchctl.engine.backends.fixture_store import clone
from batchctl.errors import FixtureError
from batchctl.template import to_text
from batchctl.truto.envelope import make_envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.truto.calls import Call


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule; see ``docs/fixtures.md`` for its keys. ``fails`` is false for one that only waits."""

    resource: str
    method: str | None = None
    id: str | int | None = None
    query: JsonObject = field(default_factory=dict)
    status: int = 500
    message: str = "this call fails because the faults file says so"
    remote: bool = False
    insight: JsonObject | None = None
    raw_response: JsonValue = None
    retry_after: float | None = None
    wait_s: float = 0
    times: int | None = None
    after: int = 0
    drop: bool = False
    fails: bool = True

    def matches(self, call: Call) -> bool:
        """Whether the rule is about this call."""
        return (
            self.resource == call.resource
            and self.method in (None, call.method)
            and (self.id is None or to_text(self.id) == call.id)
            and all(
                name in call.query and to_text(call.query[name]) == to_text(value) for name, value in self.query.items()
            )
        )

    def reply(self) -> Reply | None:
        """The error that the call gets; None for a rule that only waits."""
        if not self.fails:
            return None
        body = make_envelope(self.status, self.message)
        if self.remote:
            body["truto_is_remote_error"] = True
        if self.insight is not None:
            body["truto_error_insight"] = clone(self.insight)
        if self.raw_response is not None:
            body["raw_response"] = clone(self.raw_response)
        headers = {} if self.retry_after is None else {"retry-after": to_text(self.retry_after)}
        return Reply(self.status, body, headers)


class FaultList:
    """The rules in order, and how many calls each has seen."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._faults = faults
        self._seen = [0] * len(faults)

    def strike(self, call: Call) -> Fault | None:
        """The first rule that matches the call and is neither used up nor still to come."""
        for index, fault in enumerate(self._faults):
            if fault.matches(call):
                turn = self._seen[index] - fault.after
                self._seen[index] += 1
                if turn >= 0 and (fault.times is None or turn < fault.times):
                    return fault
        return None


def read_faults(folder: Path) -> list[Fault]:
    """The rules of a folder; none without a file. Raises ``FixtureError``."""
    path = find_file(folder, ["faults"], DATA_FORMATS)
    if path is None:
        return []
    value = read_data(path)
    if isinstance(value, dict) and set(value) == {"faults"}:
        value = value["faults"]
    if value is None:
        return []  # every rule is commented out
    if not isinstance(value, list):
        raise FixtureError(f"{path} holds no list of faults", hint="write a list, each with resource: …")
    return [_read_fault(entry, f"{path}, entry {number}") for number, entry in enumerate(value, 1)]


def _read_fault(entry: JsonValue, where: str) -> Fault:
    if not isinstance(entry, dict):
        raise FixtureError(f"{where} is not an object", hint="begin it with resource: crm/contacts")
    for key, value in entry.items():
        if key not in _KEYS:
            raise FixtureError(f'{where} has an unknown key "{key}"', hint=suggestion(key, _KEYS))
        fits, expected = _KEYS[key]
        if not fits(value):
            raise FixtureError(f"{where}: {key} has a wrong value", hint=f"give it {expected}")
    if "resource" not in entry:
        raise FixtureError(f"{where} names no resource", hint="begin it with resource: crm/contacts")
    status = entry.get("status", 429 if "retry_after" in entry else 500)
    fails = "wait_s" not in entry or any(entry.get(key) not in (None, False) for key in _FAILING)
    return Fault(**{**entry, "status": status, "fails": fails})  # type: ignore[arg-type]  # checked above


def _is_text(value: JsonValue) -> bool:
    return isinstance(value, str) and value != ""


def _is_count(value: JsonValue) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_seconds(value: JsonValue) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0


def _is_mapping(value: JsonValue) -> bool:
    return isinstance(value, dict)


def _is_flag(value: JsonValue) -> bool:
    return isinstance(value, bool)


def _is_error_status(value: JsonValue) -> bool:
    return isinstance(value, int) and 400 <= value <= 599


def _is_id(value: JsonValue) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _is_anything(_value: JsonValue) -> bool:
    return True


# What makes a rule with ``wait_s`` more than a delay.
_FAILING = ("status", "message", "remote", "insight", "raw_response", "retry_after", "drop")
_SECONDS = (_is_seconds, "a number of seconds")
_COUNT = (_is_count, "a number of calls")
_FLAG = (_is_flag, "true or false")
_KEYS: dict[str, tuple[Callable[[JsonValue], bool], str]] = {
    "resource": (_is_text, "the name of a resource, such as crm/contacts"),
    "method": (_is_text, "the name of a method, such as list"),
    "id": (_is_id, "text or a whole number"),
    "query": (_is_mapping, "a map of query keys and values"),
    "status": (_is_error_status, "an HTTP status from 400 to 599"),
    "message": (_is_text, "text"),
    "remote": _FLAG,
    "insight": (_is_mapping, "a map, such as {forbidden_error: …}"),
    "raw_response": (_is_anything, "anything"),
    "retry_after": _SECONDS,
    "wait_s": _SECONDS,
    "times": _COUNT,
    "after": _COUNT,
    "drop": _FLAG,
}

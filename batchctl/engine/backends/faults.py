"""``faults.yaml`` in a fixtures folder: calls that fail, wait, throttle or break off."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.fixture_files import DATA_FORMATS, find_file, read_data
from batchctl.envelope import make_envelope
from batchctl.errors import FixtureError
from batchctl.rules.names import closest
from batchctl.template import to_text

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.definition.model import JsonObject, JsonValue
    from batchctl.plan.calls import Call


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule; see ``docs/fixtures.md`` for its keys. The first rule that matches a call decides."""

    resource: str
    method: str | None = None
    id: str | int | None = None
    query: JsonObject = field(default_factory=dict)
    status: int | None = None
    message: str | None = None
    remote: bool = False
    insight: JsonObject | None = None
    raw_response: JsonValue = None
    retry_after: int | float | None = None
    wait_s: int | float = 0
    times: int | None = None
    after: int = 0
    drop: bool = False

    def matches(self, call: Call) -> bool:
        """Whether the rule is about this call."""
        return (
            self.resource == call.resource
            and self.method in (None, call.method)
            and (self.id is None or str(self.id) == call.id)
            and all(
                name in call.query and to_text(call.query[name]) == to_text(value) for name, value in self.query.items()
            )
        )

    def reply(self) -> Reply | None:
        """The error that the call gets; None for a rule that only waits."""
        status = self.status or (429 if self.retry_after is not None else 500 if self.message else None)
        if status is None:
            return None
        body = make_envelope(status, self.message or "made to fail by faults.yaml")
        if self.remote:
            body["truto_is_remote_error"] = True
        if self.insight is not None:
            body["truto_error_insight"] = self.insight
        if self.raw_response is not None:
            body["raw_response"] = self.raw_response
        headers = {} if self.retry_after is None else {"retry-after": to_text(self.retry_after)}
        return Reply(status, body, headers)


_TYPES: dict[str, tuple[type, ...]] = {
    "resource": (str,), "method": (str,), "id": (str, int), "query": (dict,), "status": (int,), "message": (str,),
    "remote": (bool,), "insight": (dict,), "retry_after": (int, float), "wait_s": (int, float), "times": (int,),
    "after": (int,), "drop": (bool,),
}  # fmt: skip


def read_faults(folder: Path) -> list[Fault]:
    """The rules of a folder; none without a file. Raises ``FixtureError``."""
    path = find_file(folder, ["faults"], DATA_FORMATS)
    if path is None:
        return []
    value = read_data(path)
    entries = value.get("faults") if isinstance(value, dict) else value
    if not isinstance(entries, list):
        raise FixtureError(f"{path} holds no list of faults")
    return [_read_fault(entry, f"{path}, entry {number}") for number, entry in enumerate(entries, 1)]


def _read_fault(entry: JsonValue, where: str) -> Fault:
    if not isinstance(entry, dict) or "resource" not in entry:
        raise FixtureError(f"{where} names no resource", hint="begin it with resource: crm/contacts")
    known = {each.name for each in fields(Fault)}
    for key, value in entry.items():
        if key not in known:
            raise FixtureError(f'{where} has an unknown key "{key}"', hint=closest(key, known))
        kinds = _TYPES.get(key, (object,))
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds and object not in kinds):
            raise FixtureError(f"{where}: {key} has the wrong type", hint=f"give it a {kinds[0].__name__}")
    return Fault(**entry)  # type: ignore[arg-type]  # checked above

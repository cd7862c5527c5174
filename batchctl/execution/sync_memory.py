"""What a run of a sync job remembers of itself, so that resumed it is the same run: its id, its moments, its states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.destinations.base import ForgottenReceipts, Receipts
from batchctl.execution.history import Record
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.json_types import JsonValue
    from batchctl.store.sync_state import State


class SyncRecord(Record, Receipts, Protocol):
    """The record of a sync job's run, with stored values besides the journal and the receipts.

    The methods raise ``StoreError``.
    """

    def fact(self, name: str) -> JsonValue:
        """The stored value called ``name``; None where there is none."""

    def put(self, **facts: JsonValue) -> None:
        """Store values under their names."""


class RecordedRun(Struct, frozen=True):
    """The record of a run, open for writing; ``resumed`` means that it has content from an earlier attempt."""

    record: SyncRecord
    resumed: bool = False


class RunMemory(Struct, frozen=True):
    """Values that must be the same when a run is resumed, stored in the record of ``run``; None stores nothing.

    The methods raise ``StoreError``.
    """

    run: RecordedRun | None = None

    @property
    def receipts(self) -> Receipts:
        """The receipts of what the run has delivered."""
        return ForgottenReceipts() if self.run is None else self.run.record

    def kept(self, name: str, make: Callable[[], JsonValue]) -> JsonValue:
        """The value stored under ``name``; the first time it is what ``make`` returns, which is stored."""
        if self.run is None:
            return make()
        found = self.run.record.fact(f"sync:{name}")
        if isinstance(found, dict):
            return found.get("value")
        value = make()
        self.run.record.put(**{f"sync:{name}": {"value": value}})
        return value


class RememberedState(Struct, frozen=True):
    """The state of a job, of which a resumed run reads the values that it read when it began."""

    state: State
    memory: RunMemory

    def get(self, key: str) -> JsonValue:
        """The value under ``key``, the same in every attempt at the run; None where there is none."""
        return self.memory.kept(f"state:{key}", lambda: self.state.get(key))

    def put(self, key: str, value: JsonValue) -> None:
        """Store ``value`` under ``key``: it is on disk when this returns."""
        self.state.put(key, value)

    def delete(self, key: str) -> None:
        """Delete the value under ``key``."""
        self.state.delete(key)

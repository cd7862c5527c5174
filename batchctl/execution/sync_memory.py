"""What a run of a sync job remembers of itself, so that resumed it is the same run: its id, its moments, its states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.destinations.base import ForgottenReceipts
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.execution.history import OpenRun
    from batchctl.json_types import JsonValue
    from batchctl.store.receipts import Receipts
    from batchctl.store.sync_state import State


class RunMemory(Struct, frozen=True):
    """Values that must be the same whenever a run is resumed, stored in the record of ``run``.

    None as ``run`` stores nothing: then values are made anew each time, and receipts are forgotten. The methods raise
    ``StoreError``.
    """

    run: OpenRun | None = None

    @property
    def receipts(self) -> Receipts:
        """The receipts of deliveries, by which a resumed run knows what is delivered already."""
        return ForgottenReceipts() if self.run is None else self.run.record

    def kept(self, name: str, make: Callable[[], JsonValue]) -> JsonValue:
        """The value stored under ``name``; the first time, the value that ``make`` returns, which is then stored."""
        if self.run is None:
            return make()
        found = self.run.record.fact(f"sync:{name}")
        if isinstance(found, dict):
            return found.get("value")
        value = make()
        self.run.record.put(**{f"sync:{name}": {"value": value}})
        return value


class RememberedState:
    """The state of a job for one run: when the run is resumed, it reads the same values as in its first attempt.

    Writes go to ``state`` at once; values that were read are kept in ``memory``. With ``ignored`` the run reads nothing
    that an earlier run stored, as if its ``state_key`` were wiped, and what it stores itself replaces that (Truto: the
    reference of sync jobs, ``ignore_previous_run``).
    """

    def __init__(self, state: State, memory: RunMemory, *, ignored: bool = False) -> None:
        self._state = state
        self._memory = memory
        self._ignored = ignored
        # The keys that this run has stored or deleted.
        self._own: set[str] = set()

    def get(self, key: str) -> JsonValue:
        """The value of ``key``, the same in every attempt at the run; None where there is none."""
        return self._memory.kept(f"state:{key}", lambda: self._read(key))

    def put(self, key: str, value: JsonValue) -> None:
        """Store ``value`` under ``key``: it is on disk when this returns."""
        self._state.put(key, value)
        self._own.add(key)

    def delete(self, key: str) -> None:
        """Delete the value of ``key``, if there is one."""
        self._state.delete(key)
        self._own.add(key)

    def _read(self, key: str) -> JsonValue:
        return None if self._ignored and key not in self._own else self._state.get(key)

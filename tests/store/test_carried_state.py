"""A state that travels with a row: what changed is written where the run was started, once."""

import sqlite3
from pathlib import Path

import pytest

from batchctl.errors import StoreError
from batchctl.store.sync_state import CarriedState, SyncState


def test_changes_are_written_once(tmp_path: Path) -> None:
    state = SyncState(tmp_path / "state.sqlite", "space")
    state.put("last", 1)
    state.put("gone", "x")
    carried = CarriedState(state.values())
    assert (carried.get("last"), carried.get("gone"), carried.get("none")) == (1, "x", None)
    carried.put("last", {"at": 2})
    carried.delete("gone")
    assert (carried.get("last"), carried.get("gone")) == ({"at": 2}, None)
    assert state.get("last") == 1
    state.change(carried.changes, "run 1")
    assert state.values() == {"last": {"at": 2}}
    # Somebody else has gone on meanwhile, and the first run is resumed.
    state.put("last", 3)
    state.change(carried.changes, "run 1")
    assert state.values() == {"last": 3}
    state.change(carried.changes, "run 2")
    assert state.values() == {"last": {"at": 2}}
    state.close()
    carried.close()


def test_a_state_that_can_not_be_used(tmp_path: Path) -> None:
    state = SyncState(tmp_path / "state.sqlite", "space")
    state.close()
    with pytest.raises(StoreError, match="can't use "):
        state.values()
    with pytest.raises(StoreError, match="can't use "):
        state.change({"last": [1]}, "run")


def test_a_damaged_state_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    state = SyncState(path, "space")
    state.put("last", 1)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE state SET value = 'x'")
    connection.close()
    said = r"^can't use .*state\.sqlite: "
    with pytest.raises(StoreError, match=said):
        state.values()
    with pytest.raises(StoreError, match=said):
        state.get("last")
    with pytest.raises(StoreError, match=said):
        state.put("\ud800", 1)
    state.close()
    path.write_bytes(path.read_bytes().replace(b"TABLE state", b"TABLE \xff\xff\xff\xff\xff"))
    with pytest.raises(StoreError, match=said):
        SyncState(path, "space")

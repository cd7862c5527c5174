from pathlib import Path

import pytest

from batchctl.execution.row_end import Row
from batchctl.fleet.row_record import RESULT, RowRecord, TakenOver, row_prefix
from batchctl.fleet.store import open_store
from batchctl.store.facts import RunInfo

SALT = b"0123456789abcdef"
ROW = Row(3, "acc-1", {"n": 1})


def claimed(folder: Path, row: Row = ROW, worker: str = "w-1") -> RowRecord:
    store = open_store(str(folder))
    return RowRecord.claim(store, row_prefix("run-1", row, SALT), SALT, row, worker)


def test_equal_rows_are_kept_apart() -> None:
    first, second = ROW, Row(4, "acc-1", {"n": 1}, occurrence=1)
    assert row_prefix("run-1", first, SALT) != row_prefix("run-1", second, SALT)
    # A row that moved down in its file is still the same.
    assert row_prefix("run-1", Row(9, "acc-1", {"n": 1}), SALT) == row_prefix("run-1", first, SALT)


def test_what_a_write_depends_on_is_kept_before_it_is_sent(tmp_path: Path) -> None:
    record = claimed(tmp_path)
    record.record_call(b"read", 0, "seen", 200, "[1]")
    assert claimed(tmp_path).recall(b"read", 0) is None
    # The second claim took the row over; of the first one nothing was kept, since it had not written.
    record = claimed(tmp_path)
    record.record_call(b"read", 0, "seen", 200, "[1]")
    record.announce(b"write", 0)
    again = claimed(tmp_path)
    assert again.recall(b"read", 0) == (200, "[1]")
    assert again.recall(b"write", 0) is None


def test_the_answer_to_a_write_is_safe_at_once(tmp_path: Path) -> None:
    record = claimed(tmp_path)
    record.announce(b"write", 0)
    record.record_call(b"write", 0, "first", 200, '{"id": 1}')
    again = claimed(tmp_path)
    assert again.resumed
    assert again.recall(b"write", 0) == (200, '{"id": 1}')
    assert again.open(RunInfo("direct", "a.yaml", {}, key="k-3")).resumed


def test_a_worker_that_lost_its_row_writes_no_more(tmp_path: Path) -> None:
    lost = claimed(tmp_path, worker="lost")
    lost.announce(b"write", 0)
    claimed(tmp_path, worker="other")
    with pytest.raises(TakenOver):
        lost.announce(b"write", 1)
    with pytest.raises(TakenOver):
        lost.save_end({"state": "succeeded"})
    assert open_store(str(tmp_path)).read(f"{lost.prefix}/{RESULT}") is None


def test_keys_are_made_from_the_number_of_the_first_claim(tmp_path: Path) -> None:
    assert claimed(tmp_path).number == 3
    assert claimed(tmp_path, Row(9, "acc-1", {"n": 1})).number == 3


def test_what_failed_in_a_run_that_ended_is_asked_for_again(tmp_path: Path) -> None:
    record = claimed(tmp_path)
    record.announce(b"write", 0)
    record.record_call(b"write", 0, "first", 200, "{}")
    record.announce(b"write", 1)
    record.record_call(b"write", 1, "second", 422, "{}")
    assert claimed(tmp_path).recall(b"write", 1) == (422, "{}")
    claimed(tmp_path).save_end({"state": "failed"})
    again = claimed(tmp_path)
    assert again.recall(b"write", 0) == (200, "{}")
    assert again.recall(b"write", 1) is None

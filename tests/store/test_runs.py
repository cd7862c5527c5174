import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from batchctl.errors import StoreError
from batchctl.store import pruning
from batchctl.store.database import create, put_facts, reopen
from batchctl.store.facts import RunInfo
from batchctl.store.pruning import PruneLimits
from batchctl.store.runs import RunStore

DAY_S = 86_400
NOW_S = 1_800_000_000.0


def about(file: str = "a.yaml") -> RunInfo:
    return RunInfo("direct", file, {"args": {"a": 1}}, "api.truto.one", {"text": "x"}, "k-1")


class Clock:
    def __init__(self) -> None:
        self.now_s = NOW_S

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> RunStore:
    return RunStore(tmp_path / "state", clock)


def test_an_answer_is_there_again_after_reopening(store: RunStore) -> None:
    run = store.begin(about())
    name = run.call_name(["contacts", "list", {"q": "x"}])
    run.record_call(name, 0, "contacts", 200, '{"id": 1}')
    run.close()
    again = store.reopen("latest")
    assert again.recall(again.call_name(["contacts", "list", {"q": "x"}]), 0) == (200, '{"id": 1}')
    assert again.recall(name, 1) is None
    assert again.recall(again.call_name(["contacts", "list", {"q": "y"}]), 0) is None
    assert again.key == "k-1"
    again.close()


def test_answers_stored_together_are_there_one_by_one(store: RunStore) -> None:
    run = store.begin(about())
    run.record_calls([(b"a", 0, "n", 200, "1"), (b"a", 1, "n", 404, "2"), (b"b", 0, "n", 200, "3")])
    run.record_calls([(b"c", 0, "n", 200, "4")])
    run.close()
    again = store.reopen("latest")
    assert [again.recall(b"a", 1), again.recall(b"b", 0), again.recall(b"c", 0)] == [(404, "2"), (200, "3"), (200, "4")]
    again.close()


def test_two_runs_name_the_same_call_differently(store: RunStore) -> None:
    one, other = store.begin(about()), store.begin(about())
    assert one.call_name("x") != other.call_name("x")
    one.close()
    other.close()


def test_states(store: RunStore) -> None:
    run = store.begin(about())
    assert store.get(run.id).state == "running"
    run.close()
    assert store.get(run.id).state == "incomplete"
    run = store.reopen(run.id)
    run.finish("failed", {"records": 3})
    run.close()
    facts = store.get(run.id)
    assert (facts.state, facts.summary, facts.finished_s) == ("failed", {"records": 3}, NOW_S)


def test_a_run_under_way_is_not_reopened_nor_deleted(store: RunStore) -> None:
    run = store.begin(about())
    with pytest.raises(StoreError, match="still in progress"):
        store.reopen(run.id)
    with pytest.raises(StoreError, match="still in progress"):
        store.remove(run.id)
    run.close()
    store.remove(run.id)
    assert store.list() == []


def test_going_on_with_a_failed_run_forgets_its_refusals_alone(store: RunStore) -> None:
    run = store.begin(about())
    run.record_call(b"a", 0, "n", 200, "1")
    run.record_call(b"b", 0, "n", 404, "2")
    run.resume()
    assert run.recall(b"b", 0) is not None  # it broke off: what was answered stands
    run.finish("failed", {})
    run.resume()
    assert run.recall(b"a", 0) == (200, "1")
    assert run.recall(b"b", 0) is None
    run.close()


def test_only_the_same_batch_to_the_same_host_is_gone_on_with(store: RunStore) -> None:
    run = store.begin(about())
    assert run.is_about({"args": {"a": 1}}, "api.truto.one")
    assert not run.is_about({"args": {"a": 2}}, "api.truto.one")
    assert not run.is_about({"args": {"a": 1}}, "localhost")
    run.close()


def test_a_damaged_run_is_listed_and_harms_no_other(store: RunStore) -> None:
    good, bad = store.begin(about("good.yaml")), store.begin(about("bad.yaml"))
    good.close()
    bad.close()
    for file in (store.folder / bad.id).iterdir():
        file.write_bytes(b"\0garbage" * 1000)
    by_id = {facts.id: facts for facts in store.list()}
    assert by_id[good.id].file == "good.yaml"
    assert by_id[bad.id].state == "damaged"
    assert "not a database" in by_id[bad.id].problem
    with pytest.raises(StoreError, match=r"run\.lock is damaged"):
        store.reopen(bad.id)
    store.remove(bad.id)
    assert [facts.id for facts in store.list()] == [good.id]


def test_a_run_of_another_version(store: RunStore) -> None:
    run = store.begin(about())
    run.close()
    connection = sqlite3.connect(store.folder / run.id / "run.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="another version"):
        store.reopen(run.id)


@pytest.mark.parametrize(
    ("asked", "message"), [("2019", "no run is called"), ("", "more than one"), ("2", "more than one")]
)
def test_unknown_and_ambiguous_ids(store: RunStore, asked: str, message: str) -> None:
    store.begin(about()).close()
    store.begin(about()).close()
    with pytest.raises(StoreError, match=message):
        store.get(asked)


def test_old_runs_go_when_a_new_one_begins(store: RunStore, clock: Clock) -> None:
    old = store.begin(about())
    old.close()
    clock.now_s += 31 * DAY_S
    new = store.begin(about())
    assert [facts.id for facts in store.list()] == [new.id]
    new.close()


def test_a_run_under_way_is_never_pruned(store: RunStore, clock: Clock) -> None:
    run = store.begin(about())
    clock.now_s += 31 * DAY_S
    assert store.prune() == ()
    run.close()
    assert store.prune() == (run.id,)


def test_the_oldest_go_when_all_take_too_much(store: RunStore, clock: Clock) -> None:
    ids = []
    for _ in range(3):
        run = store.begin(about())
        run.save_response([b"x" * 100_000])
        run.close()
        ids.append(run.id)
        clock.now_s += 100
    assert store.prune(PruneLimits(size_bytes=300_000)) == (ids[0],)
    assert set(store.prune(PruneLimits(size_bytes=0))) == {ids[1]}  # the latest stays


def test_what_workers_leave_counts_as_well(store: RunStore, clock: Clock) -> None:
    """It is in folders of the run's own; what is counted once is not counted again, until the run is resumed."""
    ids = []
    for _ in range(2):
        run = store.begin(about())
        run.close()
        ids.append(run.id)
        clock.now_s += 100
    rows = store.folder / ids[0] / "fleet" / "rows" / "ab"
    rows.mkdir(parents=True)
    (rows / "result").write_bytes(b"x" * 400_000)
    clock.now_s += 3_600
    assert store.prune(PruneLimits(size_bytes=1_000_000)) == ()
    (rows / "calls").write_bytes(b"x" * 800_000)
    assert store.prune(PruneLimits(size_bytes=1_000_000)) == ()
    store.reopen(ids[0]).close()
    assert store.prune(PruneLimits(size_bytes=1_000_000)) == (ids[0],)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_others_can_read_nothing(store: RunStore) -> None:
    run = store.begin(about())
    run.record_call(b"a", 0, "n", 200, "1")
    run.save_response([b"{}"])
    folder = store.folder / run.id
    assert {path.stat().st_mode & 0o077 for path in (store.folder, folder, *folder.iterdir())} == {0}
    run.close()


def test_a_killed_process_loses_no_answer(store: RunStore) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from batchctl.store.runs import RunStore; from batchctl.store.facts import RunInfo\n"
        "run = RunStore(Path(sys.argv[1])).begin(RunInfo('direct', 'a', {}))\n"
        "for number in range(50): run.record_call(bytes([number]), 0, 'n', 200, str(number))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(store.folder)], check=False, cwd=Path(__file__).parents[2])
    assert store.get("latest").state == "incomplete"
    run = store.reopen("latest")
    assert [run.recall(bytes([number]), 0) for number in range(50)] == [(200, str(number)) for number in range(50)]
    run.close()


def test_processes_share_a_store(store: RunStore) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from batchctl.store.runs import RunStore; from batchctl.store.facts import RunInfo\n"
        "run = RunStore(Path(sys.argv[1])).begin(RunInfo('direct', 'a', {}))\n"
        "for number in range(200): run.record_call(bytes([number]), 0, 'n', 200, str(number))\n"
        "run.finish('ok', {}); run.close()\n"
    )
    command = [sys.executable, "-c", code, str(store.folder)]
    started = [subprocess.Popen(command, cwd=Path(__file__).parents[2]) for _ in range(4)]
    assert [process.wait() for process in started] == [0] * 4
    assert [(facts.state, facts.calls) for facts in store.list()] == [("succeeded", 200)] * 4


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't use"):
        RunStore(tmp_path / "file" / "state").begin(about())


def test_the_latest_of_two_runs_in_one_second(tmp_path: Path) -> None:
    for place in range(5):
        RunStore(tmp_path, clock=iter([7 + place / 100] * 9).__next__).begin(RunInfo("direct", str(place), {})).close()
    assert [facts.file for facts in RunStore(tmp_path).list()] == ["4", "3", "2", "1", "0"]


def test_latest_is_what_began_last_whatever_the_clock_says(store: RunStore, clock: Clock) -> None:
    ids = []
    for step_s in (0, -DAY_S, DAY_S, -2 * DAY_S):
        clock.now_s += step_s
        run = store.begin(about())
        ids.append(run.id)
        run.close()
    assert [run.id for run in store.list()] == ids[::-1]
    assert store.get("latest").id == ids[-1]


def test_a_run_of_an_older_version_is_brought_up_to_date(store: RunStore) -> None:
    run = store.begin(about())
    run.record_call(b"a", 0, "n", 200, "1")
    run.close()
    connection = sqlite3.connect(store.folder / run.id / "run.db")
    connection.executescript("DROP TABLE each_row; DROP TABLE IF EXISTS receipt; PRAGMA user_version = 1;")
    connection.close()
    again = store.reopen(run.id)
    assert again.recall(b"a", 0) == (200, "1")
    again.close()
    assert store.get(run.id).rows == 0


def test_a_run_whose_database_is_gone(store: RunStore) -> None:
    run = store.begin(about())
    run.close()
    (store.folder / run.id / "run.db").unlink()
    assert (store.get(run.id).state, store.get(run.id).problem) == (
        "damaged",
        f"{store.folder / run.id / 'run.db'} is missing",
    )
    with pytest.raises(StoreError, match="is missing"):
        store.reopen(run.id)


def test_a_lock_that_is_gone_holds_nothing(store: RunStore) -> None:
    run = store.begin(about())
    run.close()
    (store.folder / run.id / "run.lock").unlink()
    assert store.get(run.id).state == "incomplete"
    assert store.remove(run.id)


@pytest.mark.parametrize("damaged", ["null", "[]", '"x"', "[" * 100_000, "{", "\xff"])
def test_rows_that_are_damaged_are_one_sentence(store: RunStore, damaged: str) -> None:
    run = store.begin(about())
    run.save_rows(["{}"])
    run.close()
    (store.folder / run.id / "rows.ndjson").write_text(f"{{}}\n{damaged}\n", "utf-8")
    with pytest.raises(StoreError, match=r"^can't use .*rows\.ndjson: "):
        list(store.rows(run.id))


def test_rows_come_back_as_they_were_kept_and_none_where_none_were(store: RunStore) -> None:
    with_rows, without = store.begin(about()), store.begin(about())
    rows = [{"account": "a", "args": {"since": "2026-01-01", "name": "Zoë"}}, {"account": None, "args": {}}]
    with_rows.save_rows(json.dumps(row) for row in rows)
    with_rows.close()
    without.close()
    assert [*store.rows(with_rows.id)] == rows
    assert [*store.rows(without.id)] == []


def test_a_run_that_is_gone_is_not_deleted_again(store: RunStore) -> None:
    run = store.begin(about())
    run.close()
    assert not pruning.remove(store.folder / "20200101-000000-000000")
    assert pruning.remove(store.folder / run.id)
    with pytest.raises(StoreError, match="there are no runs yet"):
        store.get("latest")


def test_one_that_need_not_outlive_a_power_cut_is_read_again_all_the_same(tmp_path: Path) -> None:
    connection = create(tmp_path / "run.db", durable=False)
    put_facts(connection, {"file": "a.yaml"})
    connection.close()
    again = reopen(tmp_path / "run.db", durable=False)
    assert again.execute("SELECT value FROM fact WHERE name = 'file'").fetchone() == ('"a.yaml"',)
    again.close()

"""Databases that can't be used, writers in the way, and destinations that end before they had anything to do."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from batchctl.destinations.base import Missing, SyncRun
from batchctl.destinations.folder import FolderDestination
from batchctl.destinations.objects import safe_place
from batchctl.destinations.tables.destination import TableDestination
from batchctl.destinations.tables.duckdb import DuckDatabase
from batchctl.destinations.tables.store import TableStore, marks_for
from batchctl.engine.outlets import Delivery
from batchctl.errors import DeliveryFailed
from destinations.reading import NOW, open_destination, page, put, query, records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HERE = ("sqlite", "duckdb", "parquet")


@pytest.mark.parametrize("kind", HERE)
def test_a_place_that_no_folder_can_be_at_is_a_sentence(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    destination = open_destination(f"{kind}:{tmp_path / 'file' / 'x'}")

    async def work() -> None:
        await destination.deliver(page([{"id": "a"}]))
        (settled,) = await destination.flush()
        assert "can't be written: " in str(settled.error)
        with pytest.raises(DeliveryFailed, match="can't be written: "):
            await destination.finish(completed=True)
        await destination.aclose()

    asyncio.run(work())


@pytest.mark.parametrize("kind", HERE)
def test_what_was_never_written_to_is_closed(kind: str, tmp_path: Path) -> None:
    asyncio.run(open_destination(f"{kind}:{tmp_path / 'x'}").aclose())
    assert list(tmp_path.iterdir()) == []


def test_nothing_matches_a_field_that_no_record_has(url: str) -> None:
    async def forget(resource: str) -> int:
        destination = open_destination(url, "run-2")
        count = await destination.forget(Missing(resource, None, hard=True, matching={"space": 1}))
        await destination.aclose()
        return count

    asyncio.run(put(url, [{"id": "a"}]))
    assert [asyncio.run(forget(name)) for name in ("crm/contacts", "crm/deals")] == [0, 0]
    assert records(url) == [{"id": "a"}]


def test_a_writer_in_the_way_is_waited_for(folder: Path) -> None:
    path = folder / "x"
    asyncio.run(put(f"duckdb:{path}", [{"id": "a", "n": 1}]))
    other = DuckDatabase(path)
    other.begin()
    other.rows("DELETE FROM crm_contacts")
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            other.commit()

    store = TableStore(DuckDatabase(path), sleep=sleep)
    store.write([page([{"id": "a", "n": 3}])], marks_for("run-2", "job-1", "acc", NOW), "acc")
    store.close()
    other.close()
    assert waited == [0.1, 0.2]
    assert records(f"duckdb:{path}") == [{"id": "a", "n": 3}]


def test_a_writer_that_never_ends_is_a_sentence(folder: Path) -> None:
    path = folder / "x"
    asyncio.run(put(f"duckdb:{path}", [{"id": "a", "n": 1}]))
    other = DuckDatabase(path)
    other.begin()
    other.rows("DELETE FROM crm_contacts")
    waited: list[float] = []
    destination = TableDestination(
        TableStore(DuckDatabase(path), sleep=waited.append), SyncRun("run-2", "acc"), lambda: NOW
    )

    async def work() -> str | None:
        await destination.deliver(page([{"id": "a", "n": 3}]))
        (settled,) = await destination.flush()
        await destination.aclose()
        return settled.error

    error = asyncio.run(work())
    other.roll_back()
    other.close()
    assert len(waited) == 4
    assert "can't be written: " in str(error)
    assert records(f"duckdb:{path}") == [{"id": "a", "n": 1}]


@pytest.mark.parametrize("again", [True, False], ids=["asked-again", "closed"])
def test_what_is_being_written_when_a_run_is_interrupted_is_written(url: str, again: bool) -> None:
    async def work() -> None:
        destination = open_destination(url)
        await destination.deliver(page([{"id": "a"}]))
        writing = asyncio.ensure_future(destination.flush())
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        if again:
            assert [(each.delivery.place, each.error) for each in await destination.flush()] == [("0.1.0", None)]
        await destination.aclose()

    asyncio.run(work())
    assert query(url, "SELECT id FROM crm_contacts") == [("a",)]


def in_folder(folder: Path, kind: str, work: Callable[[FolderDestination], object]) -> None:
    run = SyncRun("run-1", "acc", {"sync_job_id": "job-1"})
    work(FolderDestination(folder, "files", kind, run, "shared", lambda: NOW))


def test_a_datastore_gets_objects_as_its_settings_say(tmp_path: Path) -> None:
    def work(destination: FolderDestination) -> None:
        for number, config in enumerate(
            [
                {},
                {"documents": [1]},
                {"content": "text", "file_name": "a.md", "path": "/wiki"},
                {"content": {"a": 1}, "file_name": "b.json"},
            ]
        ):
            delivery = Delivery("files", "pages", "wiki/pages", [{"id": "a"}], config, f"0.{number}.0")  # type: ignore[arg-type]  # a mapping of JSON
            (settled,) = asyncio.run(destination.deliver(delivery))
            assert settled.error is None

    in_folder(tmp_path, "datastore", work)
    found = {str(path.relative_to(tmp_path)): path.read_text("utf-8") for path in tmp_path.rglob("*.*")}
    assert found.pop("wiki/a.md") == "text"
    assert {name: json.loads(text) for name, text in found.items()} == {
        "files/00001.json": [{"id": "a"}],
        "files/00002.json": [1],
        "b.json": {"a": 1},
    }


@pytest.mark.parametrize("kind", ["datastore", "superquery"])
def test_a_folder_that_can_not_be_made_is_an_error_of_the_page(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")

    def work(destination: FolderDestination) -> None:
        (settled,) = asyncio.run(destination.deliver(page([{"id": "a"}])))
        assert "can't be written" in str(settled.error)

    in_folder(tmp_path / "file", kind, work)


@pytest.mark.parametrize(
    ("folder", "name"),
    [("..", "a"), ("a/../..", "b"), ("", "../a"), ("", "a\\b"), ("c:", "a"), ("", ""), ("", "a\0b"), ("", "\ud800")],
    ids=ascii,
)
def test_an_object_stays_below_its_destination(folder: str, name: str) -> None:
    with pytest.raises(DeliveryFailed, match="leads out of the destination"):
        safe_place(folder, name)


def test_a_path_that_begins_at_the_root_begins_at_the_destination() -> None:
    assert str(safe_place("/wiki/./x", "a.md")) == "wiki/x/a.md"
    assert str(safe_place("wiki", "/etc/a.md")) == "wiki/etc/a.md"
    assert str(safe_place("", "//a.md")) == "a.md"


@pytest.mark.parametrize("attempt", range(4))
def test_a_duckdb_file_is_whole_whenever_its_maker_is_killed(tmp_path: Path, attempt: int) -> None:
    path = tmp_path / f"{attempt}.duckdb"
    maker = (
        "import pathlib, sys; from batchctl.destinations.tables.duckdb import DuckDatabase\n"
        "DuckDatabase(pathlib.Path(sys.argv[1])).begin()"
    )
    with subprocess.Popen([sys.executable, "-c", maker, str(path)]) as making:
        while making.poll() is None and not any(tmp_path.iterdir()):
            pass
        making.kill()
    database = DuckDatabase(path)
    database.begin()
    assert database.rows("SELECT 1") == [(1,)]
    database.close()


def test_a_duckdb_file_that_another_process_made_first_stays(tmp_path: Path) -> None:
    path = tmp_path / "db.duckdb"
    first = DuckDatabase(path)
    first.begin()
    first.rows("CREATE TABLE kept (id INTEGER)")
    first.commit()
    first.close()
    DuckDatabase(path)._make()
    assert [each.name for each in tmp_path.iterdir()] == ["db.duckdb"]
    again = DuckDatabase(path)
    again.begin()
    assert again.rows("SELECT count(*) FROM kept") == [(0,)]
    again.close()


FULL = """
import resource, sys
from pathlib import Path
from batchctl.destinations.tables.duckdb import DuckDatabase
from batchctl.destinations.tables.store import TableStore, marks_for
from batchctl.engine.outlets import Delivery

database, slept = DuckDatabase(Path(sys.argv[1])), []
store = TableStore(database, sleep=slept.append)
store.open()
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
for number in range(500):
    records = [{"id": f"{number}-{each}", "text": str(number * each * 7919) * 5} for each in range(500)]
    try:
        store.write([Delivery("rows", "c", "crm/c", records, {}, str(number))], marks_for("r", None, "a", "now"), "a")
    except database.errors as error:
        print(type(error).__name__, database.is_conflict(error), database.is_lost(error), slept)
        break
store.close()
"""


def test_a_disk_without_room_is_not_taken_for_another_writer(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path / "db.duckdb")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "TransactionException False True []\n", done.stderr

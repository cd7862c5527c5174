"""``dir:``: a run adds to what earlier ones left, and goes on where it was stopped."""

import asyncio
import json
from pathlib import Path

import pytest

from batchctl.destinations.base import SyncRun
from batchctl.destinations.folder import FolderDestination
from batchctl.engine.outlets import Delivery


class Kept:
    """Receipts in memory."""

    def __init__(self) -> None:
        self._notes: dict[tuple[str, str], str] = {}

    def note_of(self, node: str, place: str) -> str | None:
        return self._notes.get((node, place))

    def notes(self, node: str) -> list[str]:
        return [note for (owner, _), note in self._notes.items() if owner == node]

    def add(self, node: str, place: str, note: str = "") -> None:
        self._notes[node, place] = note


def open_folder(folder: Path, run: str, receipts: Kept, kind: str = "superquery") -> FolderDestination:
    return FolderDestination(folder, "rows", kind, SyncRun(run, "", {}, receipts), "s", lambda: "2026-01-01T00:00:00Z")


def page(number: int, *ids: str) -> Delivery:
    return Delivery("rows", "contacts", "crm/contacts", [{"id": each} for each in ids], {}, f"page-{number}")


def deliver(destination: FolderDestination, *pages: Delivery) -> None:
    async def all_of_them() -> None:
        for each in pages:
            assert [settled.error for settled in await destination.deliver(each)] == [None]

    asyncio.run(all_of_them())


def rows(folder: Path) -> list[str]:
    lines = (folder / "rows" / "crm_contacts.ndjson").read_text("utf-8").splitlines()
    return [f"{row['truto_sync_job_run_id']}:{row['id']}" for row in map(json.loads, lines)]


def test_rows_of_a_second_run_stand_after_those_of_the_first(tmp_path: Path) -> None:
    deliver(open_folder(tmp_path, "first", Kept()), page(1, "a", "b"))
    deliver(open_folder(tmp_path, "second", Kept()), page(1, "c"))
    assert rows(tmp_path) == ["first:a", "first:b", "second:c"]


def test_half_a_page_of_a_killed_run_is_written_whole_when_it_goes_on(tmp_path: Path) -> None:
    deliver(open_folder(tmp_path, "earlier", Kept()), page(1, "x"))
    receipts = Kept()
    deliver(open_folder(tmp_path, "killed", receipts), page(1, "a"))
    with (tmp_path / "rows" / "crm_contacts.ndjson").open("a", encoding="utf-8") as file:
        file.write('{"id": "b", "truto_sync_job_run_id": "killed"}\n{"id": "c')
    deliver(open_folder(tmp_path, "killed", receipts), page(1, "a"), page(2, "b", "c"))
    assert rows(tmp_path) == ["earlier:x", "killed:a", "killed:b", "killed:c"]


def test_a_page_that_was_written_and_not_noted_is_not_there_twice(tmp_path: Path) -> None:
    deliver(open_folder(tmp_path, "earlier", Kept()), page(1, "x"))
    receipts = Kept()
    begun = open_folder(tmp_path, "killed", receipts)
    asyncio.run(begun.put(page(1, "a")))
    deliver(open_folder(tmp_path, "killed", receipts), page(1, "a"))
    assert rows(tmp_path) == ["earlier:x", "killed:a"]


def test_what_another_run_added_since_stays_when_a_run_goes_on(tmp_path: Path) -> None:
    receipts = Kept()
    deliver(open_folder(tmp_path, "first", receipts), page(1, "a"))
    deliver(open_folder(tmp_path, "second", Kept()), page(1, "b"))
    deliver(open_folder(tmp_path, "first", receipts), page(1, "a"), page(2, "c"))
    assert rows(tmp_path) == ["first:a", "second:b", "first:c"]


@pytest.mark.parametrize("line", ["a note", "[1]", '{"id": "x", "truto_sync_job_run_id": null}'])
def test_what_somebody_added_by_hand_stays_when_a_run_goes_on(tmp_path: Path, line: str) -> None:
    receipts = Kept()
    deliver(open_folder(tmp_path, "first", receipts), page(1, "a"))
    path = tmp_path / "rows" / "crm_contacts.ndjson"
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    deliver(open_folder(tmp_path, "first", receipts), page(1, "a"), page(2, "b"))
    assert path.read_text("utf-8").splitlines()[1] == line
    assert len(path.read_text("utf-8").splitlines()) == 3


def test_a_long_half_line_that_a_run_left_is_cut_off(tmp_path: Path) -> None:
    deliver(open_folder(tmp_path, "first", Kept()), page(1, "a"))
    with (tmp_path / "rows" / "crm_contacts.ndjson").open("a", encoding="utf-8") as file:
        file.write('{"id": "' + "x" * 200_000)
    deliver(open_folder(tmp_path, "second", Kept()), page(1, "b"))
    assert rows(tmp_path) == ["first:a", "second:b"]


def test_a_file_that_is_gone_begins_anew(tmp_path: Path) -> None:
    receipts = Kept()
    deliver(open_folder(tmp_path, "first", receipts), page(1, "a"))
    (tmp_path / "rows" / "crm_contacts.ndjson").unlink()
    deliver(open_folder(tmp_path, "first", receipts), page(2, "b"))
    assert rows(tmp_path) == ["first:b"]


def test_posts_are_numbered_on_from_run_to_run(tmp_path: Path) -> None:
    first, second = Kept(), Kept()
    deliver(open_folder(tmp_path, "first", first, "webhook"), page(1, "a"), page(2, "b"))
    (tmp_path / "rows" / "notes.json").write_text("{}", "utf-8")
    deliver(open_folder(tmp_path, "second", second, "webhook"), page(1, "c"))
    deliver(open_folder(tmp_path, "second", second, "webhook"), page(1, "c"), page(2, "d"))
    names = sorted(path.name for path in (tmp_path / "rows").glob("0*.json"))
    assert names == ["00001.json", "00002.json", "00003.json", "00004.json"]
    bodies = [json.loads((tmp_path / "rows" / name).read_text("utf-8"))["body"] for name in names]
    assert [body["payload"]["records"][0]["id"] for body in bodies] == ["a", "b", "c", "d"]


def test_a_post_that_was_written_and_not_noted_keeps_its_number(tmp_path: Path) -> None:
    receipts = Kept()
    asyncio.run(open_folder(tmp_path, "killed", receipts, "webhook").put(page(1, "a")))
    deliver(open_folder(tmp_path, "killed", receipts, "webhook"), page(1, "a"))
    assert [path.name for path in (tmp_path / "rows").iterdir()] == ["00001.json"]

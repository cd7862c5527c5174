"""``batchctl run`` in a real terminal: what is seen on the way, what is left, and what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from terminal_session import Session

if TYPE_CHECKING:
    from pathlib import Path

FILE = """\
name: A slow one
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: contacts, resource: crm/contacts, method: list}
  - {name: notes, resource: crm/notes, method: list, depends_on: contacts, query: {c: "{{resources.crm.contacts.id}}"}}
"""
NOWHERE = ("--token", "made-up-token", "--api-url", "http://127.0.0.1:9", "--retries", "0")
DELETES = FILE.replace("method: list}", "method: delete, id: c-1}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(FILE, "utf-8")
    records = tmp_path / "fixtures" / "unified" / "crm"
    records.mkdir(parents=True)
    (records / "contacts.json").write_text('[{"id": "c-1", "name": "東京"}, {"id": "c-2", "name": "Zoë"}]', "utf-8")
    (records / "notes.json").write_text("[]", "utf-8")
    (tmp_path / "fixtures" / "faults.yaml").write_text("- {resource: crm/notes, wait_s: 0.5}\n", "utf-8")
    return tmp_path


def test_the_live_tree_goes_when_the_result_comes(folder: Path) -> None:
    session = Session(folder, "run", "a.yaml", "--local", "--concurrency", "1")
    assert session.end() == 0
    assert any("● notes  0 records · 0 of 2 calls" in seen for seen in session.seen)
    lines = session.text.splitlines()
    assert lines[:5] == [
        "A slow one",
        "embedded engine over fixtures",
        lines[2],
        "    GET /unified/crm/contacts",
        "      id   name",
    ]
    assert lines[2].startswith("└── ✔ contacts  2 records")
    assert lines[5].startswith("      c-1  東京")
    assert "●" not in session.text
    assert not session.screen.cursor.hidden


def test_quiet_shows_nothing_on_the_way(folder: Path) -> None:
    session = Session(folder, "run", "a.yaml", "--local", "--concurrency", "1", "-q", "-o", "ndjson")
    assert session.end() == 0
    assert not any("●" in seen for seen in session.seen)


@pytest.mark.parametrize(("answer", "code"), [("n\n", 4), ("\n", 4), ("y\n", 4)])
def test_deletes_are_asked_about(folder: Path, answer: str, code: int) -> None:
    (folder / "a.yaml").write_text(DELETES, "utf-8")
    session = Session(
        folder, "run", "a.yaml", "--token", "made-up-token", "--api-url", "http://127.0.0.1:9", "--retries", "0"
    )
    session.until("[y/N]")
    assert "this batch deletes in 1 resource: contacts" in " ".join(session.text.split())
    session.answer(answer)
    assert session.end() == code
    assert ("nothing was sent" in session.text) == (answer != "y\n")


def test_an_interrupted_question_sends_nothing(folder: Path) -> None:
    (folder / "a.yaml").write_text(DELETES, "utf-8")
    session = Session(
        folder, "run", "a.yaml", "--token", "made-up-token", "--api-url", "http://127.0.0.1:9", "--retries", "0"
    )
    session.until("[y/N]")
    session.interrupt()
    assert session.end() == 130
    assert "nothing was sent" in session.text


def test_rows_in_progress_are_a_picture_and_each_is_said_once_at_the_end(folder: Path) -> None:
    accounts = "".join(f"{number:08d}-1111-4111-8111-111111111111\n" for number in range(6))
    (folder / "rows.csv").write_text(f"account\n{accounts}", "utf-8")
    session = Session(folder, "run", "a.yaml", "--local", "--each", "rows.csv", "--parallel", "2", "--records", "0")
    session.until("of 6 rows done")
    session.until("● row 1")
    assert session.end() == 0
    assert any("2 under way" in screen and "waiting" in screen for screen in session.seen)
    assert "of 6 rows done" not in session.text
    assert "6 of 6 rows succeeded" in session.text
    assert session.text.count("✔ row 3") == 1

"""``batchctl login`` in a real terminal: the token is asked for unseen, and whoever gives up leaves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from terminal_session import Session

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "made-up-" + "token-of-a-test"


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def session_in(folder: Path, *arguments: str) -> Session:
    outside = {"XDG_CONFIG_HOME": str(folder / "config"), "TRUTO_API_TOKEN": "", "BATCHCTL_CONFIG": ""}
    return Session(folder, "login", *arguments, environment=outside)


def test_ctrl_c_saves_nothing(tmp_path: Path) -> None:
    session = session_in(tmp_path)
    session.until("Truto API token:")
    session.interrupt()
    assert session.end() == 130
    assert "interrupted; nothing was saved" in session.text
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("keys", ["\n", "\x04", "  \n"])
def test_no_token_is_an_error(tmp_path: Path, keys: str) -> None:
    session = session_in(tmp_path)
    session.until("Truto API token:")
    session.answer(keys)
    assert session.end() == 2
    assert "error: no token was given" in session.text
    assert files_in(tmp_path) == []


def test_a_token_is_not_seen(tmp_path: Path) -> None:
    session = session_in(tmp_path, "--api-url", "http://127.0.0.1:9")
    session.until("Truto API token:")
    session.answer(f"{TOKEN}\n")
    session.end()
    assert not any(TOKEN in seen for seen in session.seen)

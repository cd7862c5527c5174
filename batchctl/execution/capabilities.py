"""A snapshot of an account's capabilities, kept beside definitions as ``capabilities.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import Refused, UsageError
from batchctl.json_types import NotJson, read_json

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.json_types import JsonObject

FILE = "capabilities.json"


def read_snapshot(folder: Path) -> JsonObject | None:
    """The snapshot in a folder, None without one. Raises ``UsageError`` for a file that is none."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        value = read_json(path.read_bytes())
    except (OSError, NotJson) as error:
        raise UsageError(f"can't read {path}: {error}") from error
    if not isinstance(value, dict):
        raise UsageError(f"{path} is no snapshot of capabilities", hint="batchctl capabilities pull writes one")
    return value


def refuse_blocked(snapshot: JsonObject | None, account: str) -> None:
    """Raise ``Refused`` for an account that the snapshot says is blocked: the service would answer 503."""
    about = snapshot.get("account") if snapshot else None
    if isinstance(about, dict) and about.get("id") == account and about.get("is_blocked") is True:
        raise Refused(
            f"the account {account} is blocked, says {FILE}; nothing was sent",
            hint="see the account in Truto; batchctl capabilities pull brings the snapshot up to date",
            status=503,
        )

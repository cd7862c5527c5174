"""A snapshot of an account's capabilities, kept beside definitions as ``capabilities.json``."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from batchctl.errors import Refused, UsageError
from batchctl.files import not_read
from batchctl.json_types import NotJson, read_json
from batchctl.truto.capabilities import read_capabilities

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.truto.capabilities import Capabilities

FILE = "capabilities.json"
_HINT = "batchctl capabilities pull writes one"


def read_snapshot(folder: Path) -> Capabilities | None:
    """What an account can do, from ``capabilities.json`` in ``folder``; None where there is no such file.

    Raises ``UsageError`` for a file that can't be read, or has another form.
    """
    path = folder / FILE
    try:
        changed_ns = path.stat().st_mtime_ns
    except OSError:
        return None
    return _read(path, changed_ns)


# A folder has many definitions, and one snapshot.
@lru_cache(maxsize=16)
def _read(path: Path, _changed_ns: int) -> Capabilities:
    try:
        value = read_json(path.read_bytes())
    except OSError as error:
        raise not_read(path, error) from error
    except NotJson as error:
        raise UsageError(f"can't read {path}: {error}", hint=_HINT) from error
    try:
        return read_capabilities(value, str(path))
    except ValueError as error:
        raise UsageError(f"{path} is no snapshot of capabilities: {error}", hint=_HINT) from error


def refuse_blocked(snapshot: Capabilities | None, account: str) -> None:
    """Raise ``Refused`` where ``snapshot`` is of the account with the id ``account`` and says that it is blocked.

    The service would answer any call for it with 503. Nothing is raised where there is no snapshot.
    """
    if snapshot is not None and snapshot.is_blocked and snapshot.account == account:
        raise Refused(
            f"the account {account} is blocked, says {FILE}; nothing was sent",
            hint="see the account in Truto; batchctl capabilities pull brings the snapshot up to date",
            status=503,
        )

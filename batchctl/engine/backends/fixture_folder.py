"""A fixtures folder: its files, each read once for everyone, and again when one changes; its accounts."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Generic, TypeVar

from batchctl.engine.backends.fixture_account import Account, read_account
from batchctl.engine.backends.fixture_database import BIG_BYTES, open_database
from batchctl.engine.backends.fixture_files import DATA_FORMATS, FORMATS, find_file, is_name, read_fixture, read_records
from batchctl.engine.backends.fixture_records import MemoryRecords
from batchctl.errors import FixtureError
from batchctl.files import path_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from batchctl.engine.backends.fixture_records import Records
    from batchctl.json_types import JsonValue

    # Size, time and ending of a file.
    _Stamp = tuple[int, int, str]

T = TypeVar("T")
# How often a folder that is watched is looked at, at most.
_WATCH_EVERY_S = 0.25
# No file system counts in longer steps (FAT: two seconds).
_TICK_NS = 3 * 10**9


class _Files(Generic[T]):
    """The files below ``folder`` with one of the endings ``formats``: each is read once, by ``read``, and remembered.

    A file is named by the segments of its path, without the ending.
    """

    def __init__(self, folder: Path, formats: Sequence[str], read: Callable[[Path], T]) -> None:
        self._folder = folder
        self._formats = formats
        self._read = read
        # What each file held, and its size and time then; of a missing file None.
        self._known: dict[tuple[str, ...], tuple[_Stamp | None, T | None]] = {}
        # Files that were looked for in vain, which many rows do again, with their folder and when that last changed.
        self._absent: dict[tuple[str, ...], tuple[str, int]] = {}

    def value(self, key: tuple[str, ...], *, watch: bool) -> T | None:
        """What the file holds; None where there is none, which with ``watch`` is remembered, too."""
        known = self._known.get(key)
        if known is None:
            if self._is_still_absent(key):
                return None
            path = find_file(self._folder, key, self._formats)
            if path is None and not watch:
                self._note_absent(key)
                return None
            stamp = _stamp(path)
            known = self._known[key] = stamp, None if path is None else self._read(path)
        return known[1]

    def forget_changed(self) -> int:
        """Forget the files that have changed since they were read; returns how many."""
        changed = [
            key
            for key, (stamp, _value) in self._known.items()
            if _stamp(find_file(self._folder, key, self._formats)) != stamp
        ]
        for key in changed:
            del self._known[key]
        return len(changed)

    def _note_absent(self, key: tuple[str, ...]) -> None:
        """It may be created later, which its folder shows."""
        if all(map(is_name, key)):
            folder = str(self._folder.joinpath(*key).parent)
            changed_ns = _changed_ns(folder)
            # What happens within one tick of a file system's clock leaves its time as it is.
            if changed_ns < time.time_ns() - _TICK_NS:
                self._absent[key] = folder, changed_ns

    def _is_still_absent(self, key: tuple[str, ...]) -> bool:
        known = self._absent.get(key)
        return known is not None and _changed_ns(known[0]) == known[1]


class FixtureFolder:
    """A folder of fixtures: reads its files when they are first asked for, and remembers what they hold.

    An index of each file of more than ``big_bytes`` bytes is kept in the folder ``cache`` (None: only while the process
    runs). With ``watch`` a file that has changed is read again. ``clock`` returns seconds that never go back. Raises
    ``FixtureError`` where ``folder`` is no folder.
    """

    def __init__(
        self,
        folder: Path,
        *,
        cache: Path | None = None,
        watch: bool = False,
        clock: Callable[[], float] = time.monotonic,
        big_bytes: int = BIG_BYTES,
    ) -> None:
        try:
            usable, there = folder.is_dir(), folder.exists()
        except (OSError, ValueError) as error:
            raise FixtureError(f"can't read the fixtures folder {folder}: {path_reason(error)}") from error
        if not usable:
            what = "is not a folder" if there else "does not exist"
            raise FixtureError(
                f"the fixtures folder {folder} {what}",
                hint="create it, or name another with --fixtures",
            )
        self.path = folder
        # Rises whenever a file was found changed.
        self.version = 0
        self._cache = cache
        self._clock = clock
        self._big_bytes = big_bytes
        self._next_look_s = clock() if watch else None
        self._records = _Files(folder, FORMATS, self._open)
        self._data = _Files(folder, DATA_FORMATS, read_fixture)
        # Whether accounts have folders of their own.
        self.has_accounts = (folder / "accounts").is_dir()

    def accounts(self) -> list[str]:
        """The ids of the accounts that have a folder in ``accounts/``, sorted; empty where accounts have no folders."""
        if not self.has_accounts:
            return []
        return sorted(path.name for path in (self.path / "accounts").iterdir() if path.is_dir())

    def root_of(self, account: str | None) -> tuple[str, ...] | None:
        """Where the files of an account are, as path segments below the folder: ``("accounts", ID)``.

        It is ``()`` where accounts have no folders of their own, None where they do and ``account`` (an id) has none.
        """
        if not self.has_accounts:
            return ()
        if account is None or not is_name(account) or not (self.path / "accounts" / account).is_dir():
            return None
        return ("accounts", account)

    def account(self, account: str | None) -> Account | None:
        """The integrated account with the id ``account``, as its ``account.yaml`` describes it.

        Where accounts have no folders it is the one account of the whole folder, whatever ``account`` is; where they
        have, it is None for an account without one, and for None. Raises ``FixtureError`` for a file that can't be
        used.
        """
        root = self.root_of(account)
        if root is None:
            return None
        return read_account(self.data((*root, "account")), self.path.joinpath(*root), account)

    def records(self, segments: Sequence[str]) -> Records | None:
        """The records in the file at ``segments`` below the folder; None where there is none.

        ``segments`` is the path without the ending: ``("unified", "crm", "contacts")``. The file may be JSON, YAML,
        NDJSON or CSV. Raises ``FixtureError`` for a file that can't be read.
        """
        return self._records.value(tuple(segments), watch=self._next_look_s is not None)

    def data(self, segments: Sequence[str]) -> JsonValue:
        """The value in the JSON or YAML file at ``segments`` below the folder; None where there is none.

        ``segments`` is the path without the ending. Raises ``FixtureError`` for a file that can't be read.
        """
        return self._data.value(tuple(segments), watch=self._next_look_s is not None)

    def look(self) -> None:
        """Check whether files have changed since they were read, so that those are read again when next asked for.

        It does nothing unless the folder is watched; files are looked at every 0.25 seconds at most. Raises
        ``FixtureError`` where a file is there with two endings.
        """
        if self._next_look_s is None or self._clock() < self._next_look_s:
            return
        self._next_look_s = self._clock() + _WATCH_EVERY_S
        self.has_accounts = (self.path / "accounts").is_dir()
        self.version += self._records.forget_changed() + self._data.forget_changed()

    def _open(self, path: Path) -> Records:
        if path.stat().st_size > self._big_bytes and path.suffix not in (".yaml", ".yml"):
            return open_database(path, self._cache)
        return MemoryRecords(read_records(path))


def _changed_ns(folder: str) -> int:
    """When something was last added to a folder or taken away; -1 without one."""
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116 - asked for every row: pathlib takes three times as long
    except OSError:
        return -1


def _stamp(path: Path | None) -> _Stamp | None:
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, path.suffix

"""Which runs have to go: the old ones, then the oldest of too many bytes."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from typing import TYPE_CHECKING

from batchctl.errors import StoreError
from batchctl.store.lock import Lock, is_locked
from batchctl.store.run import LOCK
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_DAY_S = 86_400
# One that has only just begun may not have its lock yet.
_TOO_YOUNG_S = 60
# The file that has the size of a run that is over.
_SIZE = "size"


class PruneLimits(Struct, frozen=True):
    """How many recorded runs are kept: none older than ``age_s`` seconds, and no more than ``size_bytes`` in all.

    Beyond ``size_bytes`` the oldest are deleted.
    """

    age_s: float = 30 * _DAY_S
    size_bytes: int = 2**30


def prune(folders: Sequence[Path], limits: PruneLimits, now_s: float) -> tuple[str, ...]:
    """Delete runs that are beyond the limits, and return their ids, the latest first. Nothing is raised.

    ``folders`` are those of all runs, the latest first; ``now_s`` is the current Unix time in seconds. Runs in progress
    and those of the last minute are never deleted, and the latest is not deleted for its size.
    """
    removed = []
    total = 0
    for position, folder in enumerate(folders):
        age_s = now_s - began_s(folder)
        total += _size(folder)
        beyond = age_s > limits.age_s or (total > limits.size_bytes and position > 0)
        if beyond and age_s > _TOO_YOUNG_S and remove(folder):
            removed.append(folder.name)
    return tuple(removed)


def remove(folder: Path) -> bool:
    """Delete the run in ``folder``; False when it is in progress, or does not exist.

    Nothing is raised: files that can't be deleted are left.
    """
    if not folder.is_dir():
        return False
    try:
        lock = Lock.take(folder / LOCK)
    except StoreError:
        pass  # a damaged lock holds nothing
    else:
        if lock is None:
            return False
        lock.release()
    # Another process may be at the same.
    shutil.rmtree(folder, ignore_errors=True)
    return True


def began_s(folder: Path) -> float:
    """When the run in ``folder`` began, in Unix time (seconds), from the folder's name; 0 for any other name."""
    try:
        # ``strptime`` reads it as well, and imports the names of months in every language.
        return datetime.fromisoformat(f"{folder.name[:15].replace('-', 'T')}Z").timestamp()
    except ValueError:
        return 0.0


def forget_size(folder: Path) -> None:
    """Have the size of the run in ``folder`` measured again: it is going to grow."""
    (folder / _SIZE).unlink(missing_ok=True)


def _size(folder: Path) -> int:
    """The bytes of a run, those of its rows and workers included; 0 where it can't be read."""
    noted = folder / _SIZE
    try:
        if noted.exists():
            return int(noted.read_text("ascii"))
        size, has_folders = _bytes_in(folder)
        # Workers leave hundreds of thousands of files, which every new run would count again.
        if has_folders and not is_locked(folder / LOCK):
            noted.touch(0o600)
            noted.write_text(str(size), "ascii")
    except (OSError, ValueError):
        return 0
    return size


def _bytes_in(folder: str | Path) -> tuple[int, bool]:
    """The bytes of all files below a folder, and whether there are folders in it."""
    size, has_folders = 0, False
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                size, has_folders = size + _bytes_in(entry.path)[0], True
            else:
                size += entry.stat(follow_symlinks=False).st_size
    return size, has_folders

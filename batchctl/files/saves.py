"""Notices that files are saved: by looking at their times and sizes again and again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# How often it looks, in seconds, and at how many files.
INTERVAL_S = 0.2
MAX_FILES = 5_000


def saves(places: Callable[[], Sequence[Path]]) -> Iterator[None]:
    """Yields once at the start, and again each time that a file was saved, without end.

    Between two of these it blocks the thread, and looks at the files every 0.2 seconds. ``places`` is called at each
    look: it returns the files to watch, and folders, of which all files below are watched.
    """
    seen: object = None
    while True:
        now = dict(_stamps(places()))
        if now != seen:
            # An editor writes in several steps: what it wrote is looked at once it is done.
            while (after := dict(_stamps(places()))) != now:
                now = after
                time.sleep(INTERVAL_S)
            seen = now
            yield
        time.sleep(INTERVAL_S)


def _stamps(places: Sequence[Path]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Time and size of each file that is there."""
    left = MAX_FILES
    for place in places:
        try:
            files = place.rglob("*") if place.is_dir() and place != Path() else [place]
            for found in files:
                if left <= 0:
                    return
                left -= 1
                if found.is_file():
                    known = found.stat()
                    yield str(found), (known.st_mtime_ns, known.st_size)
        except (OSError, ValueError):
            # Gone in this moment, or no path at all: a change will show.
            continue

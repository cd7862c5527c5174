"""``dir:PATH``: what a destination would get, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.destinations.objects import ObjectDestination
from batchctl.destinations.tables.names import table_name
from batchctl.errors import DeliveryFailed, UsageError
from batchctl.files import reason_of, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path, PurePosixPath

    from batchctl.destinations.base import SyncRun
    from batchctl.engine.outlets import Delivery


class FolderDestination(ObjectDestination):
    """Writes below ``folder``; the rows of all pages of a table come together in one file."""

    def __init__(self, folder: Path, name: str, kind: str, run: SyncRun, secret: str, now: Callable[[], str]) -> None:
        super().__init__(name, kind, run, secret, now)
        self._folder = folder
        self._ends: dict[str, int] = {}

    async def write(self, place: PurePosixPath, text: str) -> None:
        """Write a file."""
        path = self._folder.joinpath(*place.parts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, [text])
        except OSError as error:
            raise DeliveryFailed(f"{path} can't be written: {reason_of(error)}") from error
        except UsageError as error:
            raise DeliveryFailed(str(error)) from error

    async def put_rows(self, delivery: Delivery) -> str:
        """Append; half a page that a killed run left is cut off first. The note says where its file ends now."""
        name = f"{table_name(delivery.resource)}.ndjson"
        path = self._folder / self.receiver / name
        lines = self.lines(delivery).encode("utf-8", "backslashreplace")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            end = self._end_of(name)
            with path.open("r+b" if path.exists() else "wb") as file:
                file.truncate(end)
                file.seek(end)
                file.write(lines)
        except OSError as error:
            raise DeliveryFailed(f"{path} can't be written: {reason_of(error)}") from error
        self._ends[name] = end + len(lines)
        return f"{self._ends[name]} {name}"

    def _end_of(self, name: str) -> int:
        """Where a file of rows ends as far as this run wrote it: at 0 for a run that begins."""
        if not self._ends:
            noted = (note.partition(" ") for note in self._run.receipts.notes(self.receiver) if note)
            self._ends = {"": 0, **{file: int(end) for end, _, file in noted}}
        return self._ends.get(name, 0)

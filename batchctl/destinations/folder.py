"""``dir:PATH``: what a destination would get, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.destinations.base import CREATED
from batchctl.destinations.objects import ObjectDestination, highest_number
from batchctl.destinations.tables.batch import RUN
from batchctl.destinations.tables.names import table_name
from batchctl.errors import DeliveryFailed, UsageError
from batchctl.files import reason_of, write_bytes, write_whole
from batchctl.json_types import NotJson, read_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path, PurePosixPath

    from batchctl.destinations.base import SyncRun
    from batchctl.engine.outlets import Delivery
    from batchctl.json_types import JsonValue

# Bytes that are read at once from the end of a file, to find its last line.
_BLOCK = 65_536


class FolderDestination(ObjectDestination):
    """Writes into ``folder`` what a destination would get: a JSON file per post or object, NDJSON for rows.

    Files of earlier runs stay, and rows are appended to the one file of their table. ``name`` is the node's name,
    ``kind`` its type: ``webhook`` writes posts, ``datastore`` objects, any other type rows. ``secret`` signs posts;
    ``now`` returns the current time in ISO 8601.
    """

    def __init__(self, folder: Path, name: str, kind: str, run: SyncRun, secret: str, now: Callable[[], str]) -> None:
        super().__init__(name, kind, run, secret, now)
        self._folder = folder
        self._ends: dict[str, int] = {}

    async def announce(self, event: str, payload: JsonValue, place: str | None = None) -> None:
        """Write an event as a post, if the node is a webhook; the first one of a run creates the folder.

        ``event`` is its name, ``payload`` what is posted, ``place`` the key of its receipt within the run (None: the
        event's name). Raises ``DeliveryFailed``.
        """
        if event == CREATED:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise DeliveryFailed(f"{self._folder} can't be written: {reason_of(error)}") from error
        await super().announce(event, payload, place)

    async def write(self, place: PurePosixPath, content: str | bytes) -> None:
        """Write a file, whole or not at all. Raises ``DeliveryFailed``.

        ``place`` is its path inside the folder, ``content`` its text or its bytes.
        """
        path = self._folder.joinpath(*place.parts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                write_bytes(path, [content])
            else:
                write_whole(path, [content])
        except OSError as error:
            raise DeliveryFailed(f"{path} can't be written: {reason_of(error)}") from error
        except UsageError as error:
            raise DeliveryFailed(str(error)) from error

    async def highest(self) -> int:
        """The highest number in the names of the node's JSON files (``00007.json``), 0 for none."""
        return highest_number(path.name for path in (self._folder / self.receiver).glob("*.json"))

    async def put_rows(self, delivery: Delivery) -> str:
        """Append the rows of a page to the table's NDJSON file. Raises ``DeliveryFailed``.

        The result is the note to keep in the page's receipt: the file's length in bytes afterwards, a space, and its
        name. Half a page that a killed run left at the end of the file is removed first.
        """
        name = f"{table_name(delivery.resource)}.ndjson"
        path = self._folder / self.receiver / name
        lines = self.lines(delivery).encode("utf-8", "backslashreplace")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            end = self._end_of(name, path)
            with path.open("r+b" if path.exists() else "wb") as file:
                file.truncate(end)
                file.seek(end)
                file.write(lines)
        except OSError as error:
            raise DeliveryFailed(f"{path} can't be written: {reason_of(error)}") from error
        self._ends[name] = end + len(lines)
        return f"{self._ends[name]} {name}"

    def _end_of(self, name: str, path: Path) -> int:
        """Where this run goes on in a file of rows: behind its own last page, at first behind those of earlier runs."""
        if name not in self._ends:
            receipts = self._run.receipts
            noted = (note.partition(" ") for note in receipts.notes(self.receiver) if note)
            end = {file: end for end, _, file in noted}.get(name) or receipts.note_of(self.beginning, name)
            if end is None:
                end = str(_end_of_lines(path))
                receipts.add(self.beginning, name, end)
            self._ends[name] = _end_of_lines(path) if self._others_after(int(end), path) else int(end)
        return min(self._ends[name], _size(path))

    def _others_after(self, end: int, path: Path) -> bool:
        """Whether another run has added rows since this one stopped; a line that breaks off is half a page of ours."""
        if _size(path) <= end:
            return False
        with path.open("rb") as file:
            file.seek(end)
            line = file.readline()
        if not line.endswith(b"\n"):
            return False
        try:
            row = read_json(line)
        except NotJson:
            # What somebody wrote by hand stays, too.
            return True
        return not isinstance(row, dict) or row.get(RUN) != self._run.id


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _end_of_lines(path: Path) -> int:
    """The place after the last whole line; 0 where there is none."""
    end = _size(path)
    if not end:
        return 0
    with path.open("rb") as file:
        while end:
            start = max(0, end - _BLOCK)
            file.seek(start)
            found = file.read(end - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            end = start
    return 0

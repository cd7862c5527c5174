"""``dir:PATH``: what a destination would get, as files: posts of a webhook, objects of a datastore, rows of a table."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from batchctl.destinations.envelope import body_of, headers_for, make_event, record_payload
from batchctl.destinations.immediate import ImmediateDestination
from batchctl.destinations.tables.names import table_name
from batchctl.destinations.tables.store import marks_for
from batchctl.errors import DeliveryFailed, UsageError
from batchctl.files import reason_of, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.destinations.base import SyncRun
    from batchctl.engine.outlets import Delivery
    from batchctl.json_types import JsonObject, JsonValue


class FolderDestination(ImmediateDestination):
    """Writes below ``folder``. ``kind`` is the destination's own type; ``now`` answers a moment in ISO 8601."""

    def __init__(self, folder: Path, name: str, kind: str, run: SyncRun, secret: str, now: Callable[[], str]) -> None:
        super().__init__(run)
        self._folder = folder
        self._name = name
        self._kind = kind
        self._secret = secret
        self._now = now
        # Files have the number of their delivery, also in a run that is resumed.
        self._count = len(run.receipts.notes(name))
        self._ends: dict[str, int] = {}

    @property
    def receiver(self) -> str:
        """The node's name."""
        return self._name

    async def tell(self, event: str, payload: JsonValue) -> bool:
        """Write the post, where it is a webhook's."""
        if self._kind != "webhook":
            return False
        self._post(event, payload, event)
        return True

    async def put(self, delivery: Delivery) -> str:
        """Write the page; of rows, where they end in their file."""
        if self._kind == "webhook":
            self._post("sync_job_run:record", record_payload(delivery, self._run.facts), delivery.key)
        elif self._kind == "datastore":
            self._object(delivery)
        else:
            return self._rows(delivery)
        return ""

    def _post(self, event: str, payload: JsonValue, place: str) -> None:
        body = make_event(self._run.id, event, payload, place, self._now(), None)
        post: JsonObject = {"headers": dict(headers_for(body_of(body), self._secret)), "body": body}
        self._write(self._numbered(), _pretty(post))

    def _object(self, delivery: Delivery) -> None:
        config, numbered = delivery.config, self._numbered()
        if config.get("file_name") is None:
            documents = config.get("documents", config.get("content", list(delivery.records)))
            self._write(numbered, _pretty(documents))
            return
        place = safe_place(str(config.get("path") or ""), str(config["file_name"]))
        content = config.get("content", list(delivery.records))
        text = content if isinstance(content, str) else _pretty(content)
        self._write(self._folder.joinpath(*place.parts), text)

    def _numbered(self) -> Path:
        self._count += 1
        return self._folder / self._name / f"{self._count:05}.json"

    def _rows(self, delivery: Delivery) -> str:
        """Append; half a page that a killed run left is cut off first. The note says where its file ends now."""
        name = f"{table_name(delivery.resource)}.ndjson"
        path = self._folder / self._name / name
        account = delivery.account or self._run.account
        marks = marks_for(self._run.id, self._run.facts.get("sync_job_id"), account, self._now())
        lines = "".join(
            json.dumps({**(record if isinstance(record, dict) else {"value": record}), **marks}, ensure_ascii=False)
            + "\n"
            for record in delivery.records
        ).encode("utf-8", "backslashreplace")
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
            noted = (note.partition(" ") for note in self._run.receipts.notes(self._name) if note)
            self._ends = {"": 0, **{file: int(end) for end, _, file in noted}}
        return self._ends.get(name, 0)

    def _write(self, path: Path, text: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, [text])
        except OSError as error:
            raise DeliveryFailed(f"{path} can't be written: {reason_of(error)}") from error
        except UsageError as error:
            raise DeliveryFailed(str(error)) from error


def safe_place(folder: str, name: str) -> PurePosixPath:
    """Where an object goes below the folder. Raises ``DeliveryFailed`` for a place that leads out of it."""
    steps = [step for step in PurePosixPath(folder.lstrip("/"), name).parts if step not in ("", ".")]
    if not steps or ".." in steps or any("\\" in step or "\0" in step or ":" in step for step in steps):
        raise DeliveryFailed(f"the object's place {folder}/{name} leads out of the destination")
    return PurePosixPath(*steps)


def _pretty(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

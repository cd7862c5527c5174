"""What a destination would get, as objects: posts of a webhook, objects of a datastore, rows of a table."""

from __future__ import annotations

import json
from abc import abstractmethod
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from batchctl.destinations.envelope import body_of, headers_for, make_event, record_payload
from batchctl.destinations.immediate import ImmediateDestination
from batchctl.destinations.tables.batch import ACCOUNT
from batchctl.destinations.tables.names import table_name
from batchctl.destinations.tables.store import marks_for
from batchctl.errors import DeliveryFailed
from batchctl.files import is_usable
from batchctl.json_types import FileData

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from batchctl.destinations.base import SyncRun
    from batchctl.engine.outlets import Delivery
    from batchctl.json_types import JsonObject, JsonValue

# What a datastore of documents is asked to do: Qdrant, then MongoDB (Truto's public skills, datastores).
DOCUMENT_METHODS = ("upsertPoints", "insertMany", "update", "deleteMany")


class ObjectDestination(ImmediateDestination):
    """Writes what a destination would get as files, or objects in a bucket, in a folder named after its node.

    ``name`` is the node's name, ``kind`` its type: ``webhook`` writes posts, ``datastore`` objects, any other type rows
    of tables. ``secret`` signs posts for webhooks; ``now`` returns the current time in ISO 8601. A subclass supplies
    ``write`` and ``highest``. Posts and objects are numbered from 00001 on, after those of earlier runs.
    """

    def __init__(self, name: str, kind: str, run: SyncRun, secret: str, now: Callable[[], str]) -> None:
        super().__init__(run)
        self._name = name
        self._kind = kind
        self._secret = secret
        self._now = now
        self._count: int | None = None
        # What this run found when it began: it adds to that, also when it is resumed.
        self.beginning = f"{name} begins"

    @abstractmethod
    async def write(self, place: PurePosixPath, content: str | bytes) -> None:
        """Write an object as a whole; where that fails, nothing of it is written. Raises ``DeliveryFailed``.

        ``place`` is its path, relative to the destination's folder or URL; ``content`` is its text or its bytes.
        """

    @abstractmethod
    async def highest(self) -> int:
        """The highest number in the names of this node's objects (7 for ``00007.json``), 0 for none.

        Raises ``DeliveryFailed``.
        """

    @property
    def receiver(self) -> str:
        """The node's name."""
        return self._name

    async def tell(self, event: str, payload: JsonValue, place: str) -> bool:
        """Write the post about an event if the node is a webhook, else nothing; whether it was written.

        ``event`` is its name, ``payload`` what is posted; ``place`` is a key that no other event of this name in the
        run has. Raises ``DeliveryFailed``.
        """
        if self._kind != "webhook":
            return False
        await self._post(event, payload, place)
        return True

    async def put(self, delivery: Delivery) -> str:
        """Write a page as the node's type has it: a post, an object, or rows. Raises ``DeliveryFailed``.

        The result is the note to keep in the page's receipt (empty for posts and objects).
        """
        if self._kind == "webhook":
            await self._post("sync_job_run:record", record_payload(delivery, self._run.facts), delivery.key)
        elif self._kind == "datastore":
            await self._object(delivery)
        else:
            return await self.put_rows(delivery)
        return ""

    async def put_rows(self, delivery: Delivery) -> str:
        """Write the rows of a page as an object of its own, ``NAME/TABLE/NUMBER.ndjson``. Raises ``DeliveryFailed``.

        The result is the note to keep in the page's receipt, here an empty one.
        """
        place = PurePosixPath(self._name, table_name(delivery.resource), f"{await self._number()}.ndjson")
        await self.write(place, self.lines(delivery))
        return ""

    def lines(self, delivery: Delivery) -> str:
        """The records of a page as NDJSON, each with columns that say where it comes from.

        These are ``truto_sync_job_id``, ``truto_integrated_account_id``, ``truto_sync_job_run_id`` and
        ``truto_synced_at``. A record that is no object is under ``value``.
        """
        marks = marks_for(self._run.id, self._run.facts.get("sync_job_id"), "", self._now())
        rows = (record if isinstance(record, dict) else {"value": record} for record in delivery.records)
        owners = delivery.owners(self._run.account)
        marked = ({**row, **marks, ACCOUNT: owner or None} for row, owner in zip(rows, owners, strict=True))
        return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in marked)

    async def _post(self, event: str, payload: JsonValue, place: str) -> None:
        body = make_event(self._run.id, event, payload, place, self._now(), self._run.webhooks.get(self._name))
        post: JsonObject = {"headers": dict(headers_for(body_of(body), self._secret)), "body": body}
        await self.write(await self._numbered(), _pretty(post))

    async def _object(self, delivery: Delivery) -> None:
        config = delivery.config
        if delivery.method in DOCUMENT_METHODS:
            # All that the datastore would be asked, filters included; the records where the settings name none.
            asked: JsonObject = {"method": delivery.method, **(config or {"records": list(delivery.records)})}
            await self.write(await self._numbered(), _pretty(asked))
            return
        numbered, content = await self._numbered(), config.get("content", list(delivery.records))
        if config.get("file_name") is None:
            await self.write(numbered, _pretty(config.get("documents", content)))
            return
        place = safe_place(str(config.get("path") or ""), str(config["file_name"]))
        if isinstance(content, FileData):
            await self.write(place, content.data)
        else:
            await self.write(place, content if isinstance(content, str) else _pretty(content))

    async def _numbered(self) -> PurePosixPath:
        return PurePosixPath(self._name, f"{await self._number()}.json")

    async def _number(self) -> str:
        """Objects are numbered by their delivery, also in a run that is resumed, behind those of earlier runs."""
        if self._count is None:
            receipts = self._run.receipts
            before = receipts.note_of(self.beginning, "number")
            if before is None:
                before = str(await self.highest())
                receipts.add(self.beginning, "number", before)
            self._count = int(before) + len(receipts.notes(self._name))
        self._count += 1
        return f"{self._count:05}"


def highest_number(names: Iterable[str]) -> int:
    """The highest number among ``names`` of the form ``00007.json`` (any ending, any folder); 0 for none."""
    stems = (PurePosixPath(name).stem for name in names)
    return max((int(stem) for stem in stems if stem.isascii() and stem.isdecimal()), default=0)


def safe_place(folder: str, name: str) -> PurePosixPath:
    """The relative path of the object ``name`` in ``folder``; slashes that either begins with don't count.

    Raises ``DeliveryFailed`` if it leads out of the destination.
    That is the case for ``..``, a backslash, a colon or what no path can have (NUL) in either, and for an empty path.
    """
    steps = [step for step in PurePosixPath(folder.lstrip("/"), name.lstrip("/")).parts if step not in ("", ".")]
    if not steps or ".." in steps or any(set(step) & set("\\:") or not is_usable(step) for step in steps):
        raise DeliveryFailed(f"the object's place {folder}/{name} leads out of the destination")
    return PurePosixPath(*steps)


def _pretty(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

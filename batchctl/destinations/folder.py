"""``dir:PATH``: what a destination would get, as files: posts of a webhook, objects of a datastore, rows of a table."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from batchctl.destinations.envelope import body_of, headers_for, make_event
from batchctl.errors import DeliveryFailed
from batchctl.files import reason_of, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.destinations.base import SyncRun
    from batchctl.engine.outlets import Delivery
    from batchctl.json_types import JsonObject, JsonValue


class FolderDestination:
    """Writes below ``folder``. ``kind`` is the destination's own type; ``now`` answers a moment in ISO 8601."""

    def __init__(self, folder: Path, name: str, kind: str, run: SyncRun, secret: str, now: Callable[[], str]) -> None:
        self._folder = folder
        self._name = name
        self._kind = kind
        self._run = run
        self._secret = secret
        self._now = now
        self._count = 0
        self._begun: set[Path] = set()

    async def announce(self, event: str, payload: JsonValue) -> None:
        """Write the post, where it is a webhook's."""
        if self._kind == "webhook":
            self._post(event, payload, event)

    async def deliver(self, delivery: Delivery) -> None:
        """Write the page."""
        if self._kind == "webhook":
            payload: JsonObject = {
                "resource": delivery.resource,
                "records": list(delivery.records),
                "meta": self._run.facts.get("meta"),
            }
            self._post("sync_job_run:record", payload, f"{delivery.node}:{delivery.place}")
        elif self._kind == "datastore":
            self._object(delivery)
        else:
            self._rows(delivery)

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _post(self, event: str, payload: JsonValue, place: str) -> None:
        self._count += 1
        body = make_event(self._run.id, event, payload, place, self._now(), None)
        post: JsonObject = {"headers": dict(headers_for(body_of(body), self._secret)), "body": body}
        self._write(self._folder / self._name / f"{self._count:05}.json", _pretty(post))

    def _object(self, delivery: Delivery) -> None:
        config = delivery.config
        if config.get("file_name") is None:
            self._count += 1
            documents = config.get("documents", config.get("content", list(delivery.records)))
            self._write(self._folder / self._name / f"{self._count:05}.json", _pretty(documents))
            return
        place = safe_place(str(config.get("path") or ""), str(config["file_name"]))
        content = config.get("content", list(delivery.records))
        text = content if isinstance(content, str) else _pretty(content)
        self._write(self._folder.joinpath(*place.parts), text)

    def _rows(self, delivery: Delivery) -> None:
        path = self._folder / self._name / f"{table_name(delivery.resource)}.ndjson"
        marks = marks_of(self._run, self._now())
        lines = "".join(
            json.dumps({**(record if isinstance(record, dict) else {"value": record}), **marks}, ensure_ascii=False)
            + "\n"
            for record in delivery.records
        )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a" if path in self._begun else "w", encoding="utf-8") as file:
                file.write(lines)
            self._begun.add(path)
        except OSError as error:
            raise DeliveryFailed(f"{path} can't be written: {reason_of(error)}") from error

    def _write(self, path: Path, text: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, [text])
        except OSError as error:
            raise DeliveryFailed(f"{path} can't be written: {reason_of(error)}") from error


def safe_place(folder: str, name: str) -> PurePosixPath:
    """Where an object goes below the folder. Raises ``DeliveryFailed`` for a place that leads out of it."""
    steps = [step for step in PurePosixPath(folder.lstrip("/"), name).parts if step not in ("", ".")]
    if not steps or ".." in steps or any("\\" in step or "\0" in step or ":" in step for step in steps):
        raise DeliveryFailed(f"the object's place {folder}/{name} leads out of the destination")
    return PurePosixPath(*steps)


def table_name(resource: str) -> str:
    """``crm/contacts`` → ``crm_contacts``."""
    return "".join(letter if letter.isalnum() else "_" for letter in resource)


def marks_of(run: SyncRun, now: str) -> JsonObject:
    """The columns that say where a row comes from, as SuperQuery has them."""
    return {
        "truto_sync_job_id": run.facts.get("sync_job_id"),
        "truto_integrated_account_id": run.account or None,
        "truto_sync_job_run_id": run.id,
        "truto_synced_at": now,
    }


def _pretty(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

"""Records of one table as columns, with the key by which each is found again and where it comes from."""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING

from batchctl.destinations.tables.columns import as_json
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchctl.engine.outlets import Delivery
    from batchctl.json_types import JsonObject, JsonValue

KEY, JOB, ACCOUNT, RUN, SYNCED, DELETED = (
    "truto_key",
    "truto_sync_job_id",
    "truto_integrated_account_id",
    "truto_sync_job_run_id",
    "truto_synced_at",
    "truto_deleted_at",
)
# What every table has beside the fields of its records, all of it text. The middle four are SuperQuery's.
FIXED = (KEY, JOB, ACCOUNT, RUN, SYNCED, DELETED)


class Batch(Struct, frozen=True):
    """Records of one ``resource`` that are written to its table together, one row each; no two have the same key.

    ``marks`` has a tuple for each record, in the same order: the values of its columns ``truto_key``,
    ``truto_sync_job_id``, ``truto_integrated_account_id``, ``truto_sync_job_run_id``, ``truto_synced_at`` and
    ``truto_deleted_at``. A record that was no object is here as ``{"value": …}``. ``resource`` is as in ``Delivery``
    (``crm/contacts``).
    """

    resource: str
    records: Sequence[JsonObject]
    marks: Sequence[tuple[JsonValue, ...]]

    @property
    def fields(self) -> Sequence[str]:
        """The names of the fields of all records, in the order in which they first occur."""
        return list(dict.fromkeys(chain.from_iterable(self.records)))

    def values(self, field: str) -> list[JsonValue]:
        """The value that each record has under ``field``, in the order of ``records``; None if it has no such field."""
        return [record.get(field) for record in self.records]


def batches(deliveries: Iterable[Delivery], marks: Mapping[str, JsonValue], account: str) -> list[Batch]:
    """The records of ``deliveries``, one batch per resource; of records with the same key the last one is kept.

    Batches are in the order in which their resources first occur, records in that in which their keys last occur.
    ``marks`` has the values of ``truto_sync_job_id``, ``truto_sync_job_run_id`` and ``truto_synced_at`` by these names;
    ``account`` is the id of the integrated account of deliveries that name none. The key is the account with the
    record's ``id``; a record without ``id`` has a key of its content and place.
    """
    found: dict[str, dict[str, tuple[JsonObject, tuple[JsonValue, ...]]]] = {}
    for delivery in deliveries:
        rows = found.setdefault(delivery.resource, {})
        for index, (record, owner) in enumerate(zip(delivery.records, delivery.owners(account), strict=True)):
            where = (marks[JOB], owner or None, marks[RUN], marks[SYNCED], None)
            key = _key(record, owner, f"{delivery.place}.{index}")
            # Taken out first, so that the order is that in which they were last seen.
            rows.pop(key, None)
            rows[key] = (record if isinstance(record, dict) else {"value": record}, (key, *where))
    return [
        Batch(resource, [record for record, _ in rows.values()], [row for _, row in rows.values()])
        for resource, rows in found.items()
        if rows
    ]


def _key(record: JsonValue, account: str, place: str) -> str:
    """The account and ``id``; for a record without one, what is in it and where it came.

    Two records without ``id`` may be the same and yet two; delivered once more at the same place they are one.
    """
    name = record.get("id") if isinstance(record, dict) else None
    if isinstance(name, str | int | float) and not isinstance(name, bool):
        return as_json([account, name])
    digest = hashlib.sha256(f"{place}:{as_json(record)}".encode("utf-8", "surrogatepass")).hexdigest()
    return as_json([account, None, digest])

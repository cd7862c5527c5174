"""A destination that is a table: pages come together until they are worth a transaction."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchctl.destinations.base import CREATED
from batchctl.destinations.tables.store import marks_for
from batchctl.engine.outlets import Settled
from batchctl.errors import DeliveryFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchctl.destinations.base import Missing, SyncRun
    from batchctl.destinations.tables.store import TableStore
    from batchctl.engine.outlets import Delivery
    from batchctl.json_types import JsonValue

# How many records one transaction has, about.
BATCH = 5_000


class TableDestination:
    """A ``Destination`` that collects pages and writes them to the tables of a database, a table for each resource.

    A transaction has about 5,000 records, and a receipt of each page, so that no page is written twice.
    ``store`` is that database's, and may be shared by several nodes; ``run`` is the run that delivers; ``now`` returns
    the current time in ISO 8601.
    """

    def __init__(self, store: TableStore, run: SyncRun, now: Callable[[], str]) -> None:
        self._store = store
        self._run = run
        self._now = now
        self._taken: list[Delivery] = []
        self._records = 0
        self._writing: asyncio.Future[Sequence[Settled]] | None = None

    async def announce(self, event: str, payload: JsonValue, place: str | None = None) -> None:  # noqa: ARG002 - unused
        """Open the database at the first ``event`` of a run (``CREATED``). Raises ``DeliveryFailed`` where it can't be.

        Events are not stored in tables: ``payload`` and ``place`` are not used.
        """
        if event == CREATED:
            await self._done(self._store.open)

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        """Take a page; once about 5,000 records have come together, write all of them.

        The result is the outcome of each page written now, empty where none was.
        """
        self._taken.append(delivery)
        self._records += len(delivery.records)
        return await self.flush() if self._records >= BATCH else ()

    async def flush(self) -> Sequence[Settled]:
        """Write all pages that were taken and not yet written; the outcome of each.

        A transaction that is under way when this is cancelled is still completed; its outcomes are in the next result.
        """
        settled: list[Settled] = []
        while self._writing or self._taken:
            if self._writing is None:
                batch, self._taken, self._records = self._taken, [], 0
                self._writing = asyncio.ensure_future(asyncio.to_thread(self._write, batch))
            settled += await asyncio.shield(self._writing)
            self._writing = None
        return settled

    async def forget(self, missing: Missing) -> int:
        """Delete the rows that ``missing`` describes, or mark them as deleted; how many. Raises ``DeliveryFailed``."""
        marks = marks_for(self._run.id, self._job, missing.account or self._run.account, self._now())
        return await self._done(
            lambda: self._store.forget(missing.resource, marks, missing.matching, hard=missing.hard)
        )

    async def finish(self, *, completed: bool) -> None:
        """Write the Parquet files, if the database has such, and delete the receipts of a ``completed`` run.

        A run that is not completed keeps its receipts, since it may be resumed. Raises ``DeliveryFailed``.
        """
        if completed:
            await self._done(lambda: self._store.finish(self._run.id))
        await self._done(self._store.publish)

    async def aclose(self) -> None:
        """Wait for a transaction that is under way, then close the connection to the database.

        Pages that were only collected are not written: ``flush`` does that.
        """
        if self._writing is not None:
            await self._writing
        await asyncio.to_thread(self._store.close)

    @property
    def _job(self) -> JsonValue:
        return self._run.facts.get("sync_job_id")

    async def _done(self, work: Callable[[], int | None]) -> int:
        database = self._store.database
        try:
            return await asyncio.to_thread(work) or 0
        except database.errors as error:
            raise DeliveryFailed(f"{database.title} can't be written: {database.reason(error)}") from error

    def _write(self, batch: Sequence[Delivery]) -> Sequence[Settled]:
        """All in one transaction; where that fails, each by itself, so that one page spoils no other."""
        database = self._store.database
        marks = marks_for(self._run.id, self._job, self._run.account, self._now())
        try:
            self._store.write(batch, marks, self._run.account)
        except database.errors as error:
            sentence = f"{database.title} can't be written: {database.reason(error)}"
            if len(batch) == 1 or database.is_lost(error):
                return [Settled(each, sentence) for each in batch]
            return [settled for each in batch for settled in self._write([each])]
        return [Settled(each) for each in batch]

"""One ``POST /batch-request`` to Truto, or to what else answers as Truto does."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from batchctl.engine.response_text import json_pieces
from batchctl.engine.result import in_memory
from batchctl.errors import BadAnswer, Interrupted, ServiceError, UsageError
from batchctl.execution.executor import ApiExecutor
from batchctl.execution.history import open_response, stored_summary
from batchctl.execution.notices import KeyChosen, RecordsSaved, ResponseSaved, Retrying
from batchctl.files import write_whole
from batchctl.plain import duration
from batchctl.redaction import Redactor
from batchctl.service.answer import read_answer
from batchctl.service.client import BATCH_BOUNDS, Retries, submit
from batchctl.structs import replace
from batchctl.truto.backoff import Backoff

if TYPE_CHECKING:
    from batchctl.engine.backends.gate import Gate
    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.execution.history import History, SavedResponse
    from batchctl.execution.notices import Notify
    from batchctl.service.client import BatchAnswer
    from batchctl.truto.connection import Connection
    from batchctl.truto.unpacking import Bounds

_BACKOFF, _NO_SECRETS = Backoff(), Redactor()


class RemoteExecutor(ApiExecutor, frozen=True):
    """Runs a plan on Truto: sends the batch, and stores the response on disk as it comes, before anything reads it.

    ``about`` is what is recorded of the run in ``history``; without a history only a response that can't be used stays
    on disk. ``bounds`` limit the size of the response. ``new_key`` means that the idempotency key was generated for
    this run. ``gate`` keeps rate limits (None: calls are not held back), and is shared by all executors that these
    apply to.
    """

    history: History | None = None
    redactor: Redactor = _NO_SECRETS
    backoff: Backoff = _BACKOFF
    bounds: Bounds = BATCH_BOUNDS
    new_key: bool = False
    gate: Gate | None = None

    async def run(self, observer: Observer, notify: Notify) -> RunResult:  # noqa: ARG002 - Truto reports no progress
        """Send the batch and read the response; failed calls are part of the result.

        ``notify`` gets notices; ``observer`` gets nothing, since Truto reports no progress. Raises ``ServiceError``
        where no usable response comes, ``StoreError`` when it can't be recorded, and ``Interrupted`` when cancelled.
        """
        if self.new_key and self.about.key:
            notify(KeyChosen(self.about.key))
        started = time.monotonic()
        with open_response(self.history, self.about, self.redactor, notify) as saved:
            answer = await self._submitted(saved, notify, started)
            elapsed_s = time.monotonic() - started
            result = read_answer(answer.body, self.plan.steps, elapsed_s=elapsed_s, request_id=answer.request_id)
            saved.finish(result.status, stored_summary(result))
        return result

    async def _submitted(self, saved: SavedResponse, notify: Notify, started_s: float) -> BatchAnswer:
        connection = self.target.connection
        if saved.earlier_key:
            connection = replace(connection, idempotency_key=saved.earlier_key)
        retries = Retries(
            self.backoff,
            repeatable=connection.idempotency_key is not None or not self.plan.writes,
            tell=lambda attempt, wait_s, why: notify(Retrying(attempt, wait_s, why)),
        )
        try:
            return await submit(
                self.plan.definition.payload,
                connection,
                saved.bytes,
                retries=retries,
                bounds=self.bounds,
                gate=self.gate,
            )
        except ServiceError as error:
            self._save_remains(error, saved, notify)
            saved.finish("refused", {"error": self.redactor.text(str(error))})
            raise
        except asyncio.CancelledError:
            self._save_remains(None, saved, notify)
            saved.finish("interrupted", {})
            raise self._interrupted(saved, connection, time.monotonic() - started_s) from None

    def _interrupted(self, saved: SavedResponse, connection: Connection, after_s: float) -> Interrupted:
        """What is known of a batch that nobody waits for any more, and how to get at its answer."""
        came = f"{saved.bytes.size:,} bytes of its answer had come" if saved.bytes.size else "no answer had come"
        again = "it only reads: to have its answer, run it again"
        if self.plan.writes and connection.idempotency_key:
            key = connection.idempotency_key
            again = f"to have its answer without writing twice, run it again with --idempotency-key {key}"
        elif self.plan.writes:
            again = "look at what it writes before you run it again"
        error = Interrupted(
            f"interrupted after {duration(after_s)}, when {came}; the batch may still be running on Truto", hint=again
        )
        if saved.run is not None:
            error.add_note(f"batchctl runs show {saved.run.record.id} shows what is recorded here")
        return error

    def _save_remains(self, error: ServiceError | None, saved: SavedResponse, notify: Notify) -> None:
        """Name the files that hold a partial response."""
        if not saved.bytes.size:
            return
        saved.bytes.flush()
        path = saved.file.path
        if path is None:
            return
        if not saved.file.moved:
            notify(ResponseSaved(path))
        if isinstance(error, BadAnswer) and error.salvaged:
            whole = path.with_name("salvaged.json" if not saved.file.moved else f"{path.stem}-salvaged.json")
            shown = self.redactor.data({part: in_memory(each) for part, each in error.salvaged.items()})
            with suppress(UsageError):  # what came is on disk in any case
                write_whole(whole, [*json_pieces(shown, "\n", 3, ascii_only=False), "\n"], mode=0o600)
                notify(RecordsSaved(whole))

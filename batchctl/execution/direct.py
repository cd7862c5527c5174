"""The embedded engine over Truto's unified and proxy API, every response kept as it comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchctl.engine.backends.journalled import JournalledBackend
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions
from batchctl.engine.response_text import run_json
from batchctl.errors import BatchctlError, Interrupted, StoreError, TimedOut
from batchctl.execution.account import context_of
from batchctl.execution.api_backend import api_backend
from batchctl.execution.debugging import saying
from batchctl.execution.executor import ApiExecutor
from batchctl.execution.history import stored_summary
from batchctl.execution.notices import KeyChosen, NotRecorded, ResponsesReused, Resumable, RunStarted
from batchctl.redaction import Redactor
from batchctl.structs import replace
from batchctl.truto.backoff import Backoff
from batchctl.truto.unpacking import Bounds

if TYPE_CHECKING:
    from batchctl.engine.backends.gate import Gate
    from batchctl.engine.backends.recording import Recorder
    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.execution.history import History, OpenRun
    from batchctl.execution.notices import Notify

_USUAL, _BACKOFF, _NO_SECRETS, _BOUNDS = RunOptions(), Backoff(), Redactor(), Bounds()


class DirectExecutor(ApiExecutor, frozen=True):
    """Runs a plan with the embedded engine, which makes every call over Truto's unified and proxy API.

    Answers are recorded in ``history``, so that a resumed run does not write twice; ``about`` is what is recorded of
    the run, with its idempotency key, and ``new_key`` says that this key was generated for it. ``gate`` keeps rate
    limits (None: calls are not held back), and is shared by all executors that these apply to. ``bounds`` limit the
    size of answers, ``run_timeout_s`` the whole run in seconds (None: no limit). A ``recorder`` gets every call and its
    answer.
    """

    history: History
    redactor: Redactor = _NO_SECRETS
    backoff: Backoff = _BACKOFF
    gate: Gate | None = None
    options: RunOptions = _USUAL
    bounds: Bounds = _BOUNDS
    run_timeout_s: float | None = None
    new_key: bool = False
    recorder: Recorder | None = None

    async def run(self, observer: Observer, notify: Notify) -> RunResult:
        """Make the plan's calls, except those whose answers are recorded already.

        ``observer`` gets the engine's events, ``notify`` all other notices. Raises ``TimedOut`` when the run takes
        longer than ``run_timeout_s``, ``StoreError`` when it can't be recorded, ``Interrupted`` when cancelled before
        any call, ``UsageError`` and ``ServiceError`` when it can't run.
        """
        run = self.history.open(self.about)
        try:
            if self.new_key and self.about.key and not run.resumed:
                notify(KeyChosen(self.about.key))
            notify(RunStarted(run.record.id))
            return await self._executed(run, observer, notify)
        except asyncio.CancelledError:
            # Before the engine could answer with what there is.
            run.finish("interrupted", {}, notify)
            notify(Resumable(run.record.id))
            raise Interrupted("interrupted") from None
        except TimedOut:
            raise
        except BatchctlError as error:
            run.finish("refused", {"error": self.redactor.text(str(error))}, notify)
            if isinstance(error, StoreError):
                notify(Resumable(run.record.id))
            raise
        finally:
            run.record.close()

    async def _executed(self, run: OpenRun, observer: Observer, notify: Notify) -> RunResult:
        connection, options = self.target.connection, self.options
        account = await context_of(
            self.plan,
            connection,
            options.account,
            notify,
            backoff=self.backoff,
            allow_unresolved=options.allow_unresolved,
        )
        options = replace(options, account={**account.values, **options.account})
        redactor = self.redactor.with_secrets(account.secrets) if account.secrets else self.redactor
        observer = saying(observer, notify, self.plan)
        backend = self._backend(run, observer, redactor)
        try:
            answering = self.recorder.watch(backend) if self.recorder else backend
            async with asyncio.timeout(self.run_timeout_s) as limit:
                result = await execute(self.plan, answering, observer=observer, options=options)
        finally:
            await backend.aclose()
        if backend.replayed:
            notify(ResponsesReused(backend.replayed))
        self._save(run, result, notify, redactor)
        if limit.expired():
            notify(Resumable(run.record.id))
            late = TimedOut(f"the run did not end within {self.run_timeout_s:g} s")
            late.result = result
            raise late
        if result.interrupted:
            notify(Resumable(run.record.id))
        return result

    def _save(self, run: OpenRun, result: RunResult, notify: Notify, redactor: Redactor) -> None:
        """The response as a whole, before anything shows it. A full disk takes nothing from the result."""
        pieces = (piece.encode("utf-8", "replace") for piece in run_json(result))
        try:
            run.record.save_response(redactor.seal().chunks(pieces))
        except StoreError as error:
            notify(NotRecorded(str(error)))
            return
        run.finish(result.status, stored_summary(result), notify)

    def _backend(self, run: OpenRun, observer: Observer, redactor: Redactor) -> JournalledBackend:
        sending = api_backend(
            self.target.connection,
            self.plan.definition.integrated_account_id,
            self.gate,
            observer,
            concurrency=self.options.concurrency,
            backoff=self.backoff,
            bounds=self.bounds,
        )
        key = run.record.key if run.resumed else self.about.key
        return JournalledBackend(sending, run.record, redactor=redactor, key=key, resumed=run.resumed)

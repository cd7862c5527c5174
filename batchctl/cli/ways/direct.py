"""``--direct``: the embedded engine over Truto's unified and proxy API, every answer kept as it comes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.cli.connecting import batch_key, command_credentials, described, make_connection
from batchctl.cli.resuming import kept_inputs, reopened
from batchctl.cli.run_store import run_status, run_summary, user_store
from batchctl.cli.ways.rate_limits import rate_limits
from batchctl.errors import BatchctlError, TimedOut
from batchctl.store.facts import Keeping
from batchctl.truto.backoff import Backoff

if TYPE_CHECKING:
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.run_options import CommandLine, EngineOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.config.credentials import Credentials
    from batchctl.engine.backends.journalled import JournalledBackend
    from batchctl.engine.backends.throttled import Limit
    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.plan.planner import Plan
    from batchctl.store.run import Run
    from batchctl.truto.connection import Connection


@dataclass(frozen=True, slots=True)
class DirectWay:
    """Makes every call from here. ``resumed`` is the run to go on with, if any."""

    plan: Plan
    connection: Connection
    credentials: Credentials
    about: Keeping
    backoff: Backoff
    limits: list[Limit]
    engine: EngineOptions
    terminal: Terminal
    resumed: Run | None = None

    @classmethod
    def make(cls, plan: Plan, inputs: Inputs, line: CommandLine, terminal: Terminal) -> DirectWay:
        """Raises ``CredentialsError``, ``UsageError`` and, where a run can't be gone on with, ``StoreError``."""
        credentials = command_credentials(line.connection, terminal)
        connection = make_connection(credentials, line.connection)
        definition = plan.definition
        limits = rate_limits(line.engine.rate_limit, connection, definition.integrated_account_id)
        resume = None if line.way.each else line.way.resume
        resumed = reopened(resume, definition.payload, connection.host) if resume else None
        key = resumed.key if resumed else batch_key(plan, line.connection, terminal)
        kept = kept_inputs(plan, inputs, credentials.token)
        about = Keeping("direct", inputs.shown, definition.payload, connection.host, kept, key)
        backoff = Backoff(line.connection.retries)
        return cls(plan, connection, credentials, about, backoff, limits, line.engine, terminal, resumed)

    @property
    def where(self) -> str:
        """Which host, for which account, with whose token."""
        return described(self.connection, self.credentials, self.plan)

    @property
    def host(self) -> str:
        """The API's host."""
        return self.connection.host

    async def run(self, observer: Observer) -> RunResult:
        """Make the calls that the journal has no answer to. Raises ``TimedOut`` when the run takes too long."""
        run = self.resumed or user_store().begin(self.about)
        try:
            self.terminal.note(f"run {run.id}")
            result = await self._executed(run, observer)
        except TimedOut:
            raise
        except BatchctlError as error:
            run.finish("refused", {"error": self.terminal.redactor.text(str(error))})
            raise
        finally:
            run.close()
        return result

    async def _executed(self, run: Run, observer: Observer) -> RunResult:
        from batchctl.engine.executor import execute

        if self.resumed:
            run.go_on()
        backend = self._backend(run, observer)
        try:
            async with asyncio.timeout(self.engine.run_timeout_s) as limit:
                result = await execute(self.plan, backend, observer=observer, options=self.engine.chosen())
        finally:
            await backend.aclose()
        if backend.replayed:
            self.terminal.note(f"{backend.replayed} answers were there already")
        self._keep(run, result)
        if limit.expired():
            raise TimedOut(f"the run did not end within {self.engine.run_timeout_s:g} s", hint=_go_on(run))
        if result.interrupted:
            self.terminal.note(f"interrupted; {_go_on(run)}")
        return result

    def _keep(self, run: Run, result: RunResult) -> None:
        """The answer as a whole, before anything shows it."""
        from batchctl.render.result.data import run_json

        run.keep_answer(
            self.terminal.redactor.stream().masked(piece.encode("utf-8", "replace") for piece in run_json(result))
        )
        run.finish(run_status(result), run_summary(result))

    def _backend(self, run: Run, observer: Observer) -> JournalledBackend:
        from batchctl.engine.backends.http import HttpBackend
        from batchctl.engine.backends.journalled import JournalledBackend
        from batchctl.engine.backends.retrying import RetryingBackend
        from batchctl.engine.backends.throttled import ThrottledBackend

        account, began_s = self.plan.definition.integrated_account_id, time.monotonic()
        http = HttpBackend(self.connection, account, connections=self.engine.concurrency)
        sending = ThrottledBackend(http, self.limits, observer, began_s=began_s) if self.limits else http
        retrying = RetryingBackend(sending, self.backoff, observer, began_s=began_s)
        return JournalledBackend(
            retrying, run, redactor=self.terminal.redactor, key=self.about.key, resumed=self.resumed is not None
        )


def _go_on(run: Run) -> str:
    return f"batchctl run --resume {run.id} does the rest"

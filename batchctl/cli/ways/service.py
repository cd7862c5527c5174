"""The default way: one ``POST /batch-request`` to Truto, or to what ``--api-url`` names."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.cli.connecting import batch_key, command_credentials, described, make_connection
from batchctl.cli.resuming import kept_inputs
from batchctl.cli.run_store import keep_answer, run_status, run_summary
from batchctl.errors import BadAnswer, Interrupted, ServiceError
from batchctl.store.facts import Keeping

if TYPE_CHECKING:
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.run_store import KeptAnswer
    from batchctl.cli.terminal import Terminal
    from batchctl.config.credentials import Credentials
    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.plan.planner import Plan
    from batchctl.service.client import BatchAnswer, Retries
    from batchctl.truto.connection import Connection


@dataclass(frozen=True, slots=True)
class ServiceWay:
    """Sends the batch. Its answer is on disk, as it came, before anything reads it."""

    plan: Plan
    about: Keeping
    connection: Connection
    credentials: Credentials
    retries: Retries
    terminal: Terminal

    @classmethod
    def make(cls, plan: Plan, inputs: Inputs, line: CommandLine, terminal: Terminal) -> ServiceWay:
        """Raises ``CredentialsError`` without a token, ``UsageError`` for a URL or profile that can't be used."""
        from batchctl.service.client import Retries
        from batchctl.truto.backoff import Backoff

        credentials = command_credentials(line.connection, terminal)
        key = batch_key(plan, line.connection, terminal)
        connection = make_connection(credentials, line.connection, key)
        retries = Retries(
            Backoff(line.connection.retries),
            repeatable=key is not None or not plan.writes,
            tell=lambda attempt, wait_s, why: terminal.note(f"{why}; retry {attempt} in {wait_s:.1f} s"),
        )
        kept = kept_inputs(plan, inputs, credentials.token)
        about = Keeping("service", inputs.shown, plan.definition.payload, connection.host, kept, key)
        return cls(plan, about, connection, credentials, retries, terminal)

    @property
    def where(self) -> str:
        """Which host, for which account, with whose token."""
        return described(self.connection, self.credentials, self.plan)

    @property
    def host(self) -> str:
        """The API's host."""
        return self.connection.host

    async def run(self, observer: Observer) -> RunResult:  # noqa: ARG002 - the service tells nothing on the way
        """Send it and read the answer."""
        from batchctl.service.answer import read_answer

        started = time.monotonic()
        with keep_answer(self.about, self.terminal) as kept:
            answer = await self._submitted(kept)
            elapsed_s = time.monotonic() - started
            result = read_answer(answer.body, self.plan.steps, elapsed_s=elapsed_s, request_id=answer.request_id)
            kept.finish(run_status(result), run_summary(result))
        return result

    async def _submitted(self, kept: KeptAnswer) -> BatchAnswer:
        from batchctl.service.client import submit

        try:
            return await submit(self.plan.definition.payload, self.connection, kept.bytes, retries=self.retries)
        except ServiceError as error:
            self._tell_of_remains(error, kept)
            kept.finish("refused", {"error": self.terminal.redactor.text(str(error))})
            raise
        except asyncio.CancelledError:
            self._tell_of_remains(None, kept)
            kept.finish("interrupted", {})
            raise Interrupted("interrupted; the batch may go on at the service") from None

    def _tell_of_remains(self, error: ServiceError | None, kept: KeptAnswer) -> None:
        """Name the files that hold what came of an answer."""
        if not kept.bytes.size:
            return
        kept.bytes.flush()
        self.terminal.problem(f"what was received is in {kept.path}")
        if isinstance(error, BadAnswer) and error.salvaged:
            whole = kept.path.with_name("salvaged.json")
            text = self.terminal.redactor.text(json.dumps(error.salvaged, indent=2, ensure_ascii=False))
            whole.write_text(text + "\n", "utf-8")
            self.terminal.problem(f"the records that are whole are in {whole}")

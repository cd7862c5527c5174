"""The default way: one ``POST /batch-request`` to Truto, or to what ``--api-url`` names."""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.errors import (
    BadAnswer,
    BatchctlError,
    ConnectionFailed,
    CredentialsError,
    Interrupted,
    TimedOut,
)

if TYPE_CHECKING:
    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.plan.planner import Plan
    from batchctl.service.client import Connection


@dataclass(frozen=True, slots=True)
class ServiceWay:
    """Sends the batch. What was received of an answer that was cut off goes to a file, named on stderr."""

    plan: Plan
    connection: Connection
    terminal: Terminal

    @classmethod
    def make(cls, plan: Plan, line: CommandLine, terminal: Terminal) -> ServiceWay:
        """Raises ``CredentialsError`` without a token, ``UsageError`` for a URL that can't be used."""
        from batchctl.service.client import Connection

        asked = line.connection
        if not asked.token:
            raise CredentialsError(
                "no API token",
                hint="set TRUTO_API_TOKEN or pass --token; --local runs over fixtures and needs none",
            )
        return cls(plan, Connection(asked.api_url, asked.token, asked.timeout_s, asked.idempotency_key), terminal)

    @property
    def where(self) -> str:
        """Which host, for which account."""
        return f"{self.connection.api_url} · account {self.plan.definition.integrated_account_id}"

    async def run(self, observer: Observer) -> RunResult:  # noqa: ARG002 - the service tells nothing on the way
        """Send it and read the answer."""
        from batchctl.service.answer import read_answer
        from batchctl.service.client import submit

        started = time.monotonic()
        received = bytearray()
        try:
            answer = await submit(self.plan.definition.payload, self.connection, received=received)
        except (BadAnswer, TimedOut, ConnectionFailed, asyncio.CancelledError) as error:
            if received:
                self.terminal.problem(f"what was received is in {self._kept(received)}")
            if isinstance(error, BatchctlError):
                raise
            raise Interrupted("interrupted; the batch may go on at the service") from None
        elapsed_s = time.monotonic() - started
        return read_answer(answer.body, self.plan.steps, elapsed_s=elapsed_s, request_id=answer.request_id)

    def _kept(self, received: bytearray) -> str:
        text = self.terminal.redactor.text(received.decode(errors="replace"))
        with tempfile.NamedTemporaryFile(
            "w", prefix="batchctl-", suffix=".part", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
        return file.name

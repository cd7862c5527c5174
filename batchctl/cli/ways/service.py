"""The default way: one ``POST /batch-request`` to Truto, or to what ``--api-url`` names."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer, Interrupted, ServiceError

if TYPE_CHECKING:
    from batchctl.cli.run_options import CommandLine, ConnectionOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.config.credentials import Credentials
    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.plan.planner import Plan
    from batchctl.service.client import BatchAnswer, Retries
    from batchctl.service.connection import Connection
    from batchctl.service.kept import Kept


@dataclass(frozen=True, slots=True)
class ServiceWay:
    """Sends the batch. What was received of an answer that was cut off stays on disk, named on stderr."""

    plan: Plan
    connection: Connection
    credentials: Credentials
    retries: Retries
    terminal: Terminal

    @classmethod
    def make(cls, plan: Plan, line: CommandLine, terminal: Terminal) -> ServiceWay:
        """Raises ``CredentialsError`` without a token, ``UsageError`` for a URL or profile that can't be used."""
        from batchctl.backoff import Backoff
        from batchctl.service.client import Retries

        credentials = command_credentials(line.connection, terminal)
        key = line.connection.idempotency_key or _new_key(plan, terminal)
        connection = make_connection(credentials, line.connection, key)
        retries = Retries(
            Backoff(line.connection.retries),
            repeatable=key is not None or not plan.writes,
            tell=lambda attempt, wait_s, why: terminal.note(f"{why}; retry {attempt} in {wait_s:.1f} s"),
        )
        return cls(plan, connection, credentials, retries, terminal)

    @property
    def where(self) -> str:
        """Which host, for which account, with whose token."""
        account = self.plan.definition.integrated_account_id
        parts = [self.connection.host, f"account {account}", f"token from {self.credentials.source}"]
        if self.credentials.environment:
            parts.insert(1, self.credentials.environment)
        return " · ".join(parts)

    async def run(self, observer: Observer) -> RunResult:  # noqa: ARG002 - the service tells nothing on the way
        """Send it and read the answer."""
        from batchctl.service.answer import read_answer
        from batchctl.service.kept import Kept

        started = time.monotonic()
        with tempfile.NamedTemporaryFile("w+b", prefix="batchctl-", suffix=".part", delete=False) as file:
            keep, path = Kept(file, [self.credentials.token, *self.plan.definition.secrets]), Path(file.name)
            answer = await self._submitted(keep, path)
            _remove(path)
        elapsed_s = time.monotonic() - started
        return read_answer(answer.body, self.plan.steps, elapsed_s=elapsed_s, request_id=answer.request_id)

    async def _submitted(self, keep: Kept, path: Path) -> BatchAnswer:
        from batchctl.service.client import submit

        try:
            return await submit(self.plan.definition.payload, self.connection, keep, retries=self.retries)
        except (ServiceError, asyncio.CancelledError) as error:
            self._tell_of_remains(error, keep, path)
            if isinstance(error, ServiceError):
                raise
            raise Interrupted("interrupted; the batch may go on at the service") from None

    def _tell_of_remains(self, error: BaseException, keep: Kept, path: Path) -> None:
        """Name the files that hold what came of an answer; none is left where nothing came."""
        if not keep.size:
            _remove(path)
            return
        keep.text()
        self.terminal.problem(f"what was received is in {path}")
        if isinstance(error, BadAnswer) and error.salvaged:
            whole = path.with_suffix(".json")
            text = self.terminal.redactor.text(json.dumps(error.salvaged, indent=2, ensure_ascii=False))
            whole.write_text(text + "\n", "utf-8")
            self.terminal.problem(f"the records that are whole are in {whole}")


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def command_credentials(asked: ConnectionOptions, terminal: Terminal) -> Credentials:
    """The token and API that the command line, a profile or the environment name; the token is masked from here on."""
    from batchctl.cli.login import user_profiles
    from batchctl.config.credentials import find_credentials

    profiles = user_profiles()
    found = find_credentials(profiles, os.environ, token=asked.token, api_url=asked.api_url, profile=asked.profile)
    terminal.hide([found.token])
    if profiles.is_exposed():
        terminal.note(f"others can read {profiles.path}; chmod 600 keeps it yours")
    return found


def make_connection(credentials: Credentials, asked: ConnectionOptions, key: str | None = None) -> Connection:
    """The connection that these options ask for."""
    from batchctl.service.connection import Connection

    return Connection(credentials.api_url, credentials.token, asked.timeout_s, key, allow_http=asked.allow_http)


def _new_key(plan: Plan, terminal: Terminal) -> str | None:
    """A key for a batch that writes, shown so that the run can be repeated under it."""
    if not plan.writes:
        return None
    key = str(uuid.uuid4())
    terminal.note(f"idempotency key {key}")
    return key

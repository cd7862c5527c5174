"""From the options of a command to the executor that they ask for, and to what is recorded of its run."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from batchctl.definition.secrets import secrets_in
from batchctl.errors import UsageError
from batchctl.execution.notices import ConfigExposed
from batchctl.store.facts import RunInfo
from batchctl.truto.backoff import Backoff

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.cli.inputs import Inputs
    from batchctl.cli.run_options import CommandLine, ModeOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.config.credentials import Credentials
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.execution.executor import Executor, Target
    from batchctl.execution.history import History
    from batchctl.execution.notices import Notify
    from batchctl.plan.planner import Plan
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore


class Key(NamedTuple):
    """An idempotency key; ``is_new`` says that nobody has seen it yet."""

    text: str | None
    is_new: bool = False


class RowRun(NamedTuple):
    """What is a row's own: where its run is recorded, and its key."""

    history: History
    key: str | None


def kind_of(mode: ModeOptions) -> str:
    """Who is to execute the batch: ``local``, ``direct`` or ``truto``. Raises ``UsageError``."""
    if mode.local and mode.direct:
        raise UsageError("--local and --direct can't be combined", hint="choose one")
    if mode.local:
        return "local"
    return "direct" if mode.direct or (mode.resume and not mode.each) else "truto"


def key_for(plan: Plan, given: str | None) -> Key:
    """The key that is ``given``; a batch that writes gets a new one without."""
    return Key(given) if given or not plan.writes else Key(str(uuid.uuid4()), is_new=True)


@dataclass(frozen=True, slots=True)
class Setup:
    """What the executors of one command are made from; ``resumed`` are the facts of the run to resume, if any."""

    kind: str
    line: CommandLine
    inputs: Inputs
    terminal: Terminal
    notify: Notify
    store: RunStore
    resumed: RunFacts | None = None
    _found: list[Credentials] = field(default_factory=list, init=False, repr=False)
    # The rows of a command share what they read.
    _folders: dict[Path, FixtureFolder] = field(default_factory=dict, init=False, repr=False)

    def executor(self, plan: Plan, row: RowRun | None = None) -> Executor:
        """Whoever is to execute ``plan``. Raises ``BatchctlError`` when there can be no such (no token…)."""
        if self.kind == "local":
            return self._local(plan)
        key = Key(row.key) if row else key_for(plan, self.line.connection.idempotency_key)
        return self._direct(plan, key, row) if self.kind == "direct" else self._remote(plan, key, row)

    def _local(self, plan: Plan) -> Executor:
        from batchctl.config.user import user_fixture_cache
        from batchctl.engine.backends.fixture_folder import FixtureFolder
        from batchctl.execution.local import LocalExecutor, fixtures_folder

        path = fixtures_folder(self.line.mode.fixtures, plan, self.inputs.folder)
        if path not in self._folders:
            self._folders[path] = FixtureFolder(path, cache=user_fixture_cache(os.environ))
        backoff = Backoff(self.line.connection.retries)
        return LocalExecutor(plan, self._folders[path], self.line.chosen_options(), backoff)

    def _direct(self, plan: Plan, key: Key, row: RowRun | None) -> Executor:
        from batchctl.execution.direct import DirectExecutor
        from batchctl.execution.history import NewRun, ResumedRun
        from batchctl.execution.rate_limits import rate_limits
        from batchctl.execution.resume import reopen

        target = self.target(None)
        definition, engine = plan.definition, self.line.engine
        limits = rate_limits(engine.rate_limit, target.connection, definition.integrated_account_id)
        about = self._about(plan, target, key, row)
        history: History = row.history if row else NewRun(self.store)
        if self.resumed and not row:
            history = ResumedRun(reopen(self.store, self.resumed, about))
        return DirectExecutor(
            plan,
            target,
            about,
            history,
            redactor=self.terminal.redactor,
            backoff=Backoff(self.line.connection.retries),
            limits=limits,
            options=self.line.chosen_options(),
            run_timeout_s=engine.run_timeout_s,
            new_key=key.is_new,
        )

    def _remote(self, plan: Plan, key: Key, row: RowRun | None) -> Executor:
        from batchctl.execution.history import NewRun
        from batchctl.execution.remote import RemoteExecutor

        target = self.target(key.text)
        return RemoteExecutor(
            plan,
            target,
            self._about(plan, target, key, row),
            row.history if row else NewRun(self.store),
            redactor=self.terminal.redactor,
            backoff=Backoff(self.line.connection.retries),
            new_key=key.is_new,
        )

    def target(self, key: str | None = None) -> Target:
        """The API, and as whom. Raises ``CredentialsError``, ``UsageError``."""
        from batchctl.execution.executor import Target
        from batchctl.truto.connection import Connection

        found, asked = self.credentials(), self.line.connection
        connection = Connection(found.api_url, found.token, asked.timeout_s, key, allow_http=asked.allow_http)
        return Target(connection, found.source, found.environment)

    def credentials(self) -> Credentials:
        """The token and API that the command line, a profile or the environment name; the token is masked from now."""
        from batchctl.config.credentials import find_credentials
        from batchctl.config.user import user_profiles

        if self._found:
            return self._found[0]
        asked, profiles = self.line.connection, user_profiles(os.environ)
        found = find_credentials(profiles, os.environ, token=asked.token, api_url=asked.api_url, profile=asked.profile)
        self.terminal.hide([found.token])
        if profiles.is_exposed():
            self.notify(ConfigExposed(profiles.path))
        self._found.append(found)
        return found

    def _about(self, plan: Plan, target: Target, key: Key, row: RowRun | None) -> RunInfo:
        from batchctl.execution.resume import SavedInputs

        definition = plan.definition
        saved = None
        if row is None:
            saved = SavedInputs(
                text=str(definition.source.text),
                account=definition.integrated_account_id,
                args=definition.args,
                only=tuple(self.inputs.only),
                env_file=_absolute(self.inputs.env_file),
                executor=self.kind,
            ).without_secrets(self.secrets(plan))
        host = target.connection.host
        return RunInfo(self.kind, self.inputs.shown, definition.payload, host, saved, key.text)

    def secrets(self, plan: Plan) -> set[str]:
        """What must not be kept of a plan: its secrets, and the token."""
        token = "" if self.kind == "local" else self.credentials().token
        return {token, *secrets_in(plan.definition)} - {""}


def _absolute(path: Path | None) -> str | None:
    return str(path.resolve()) if path else None

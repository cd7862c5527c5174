"""From the options of a command to the executor that they ask for, and to what is recorded of its run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from batchctl.definition.secrets import secrets_in
from batchctl.errors import UsageError
from batchctl.execution.history import NewRun, ResumedRun
from batchctl.execution.making import AnswerSize, Key, Settings, key_for, make_executor
from batchctl.redaction import secret_values
from batchctl.structs import Private, field, replace

# The longest that one attempt at a call takes, where --call-timeout does not say.
_CALL_TIMEOUT_S = 600

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.cli.inputs import Inputs
    from batchctl.cli.run_options import CommandLine, ModeOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.config.credentials import Credentials
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.engine.backends.recording import Recorder
    from batchctl.execution.executor import Executor, Target
    from batchctl.execution.history import History
    from batchctl.execution.making import ExecutorKind
    from batchctl.execution.notices import Notify
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore


def kind_of(mode: ModeOptions, *, rows: bool = False) -> ExecutorKind:
    """Who runs the batch, or with ``rows`` each row of it, as the options say: Truto, unless another is asked for.

    A run that is resumed without rows was a direct one. Raises ``UsageError`` for ``--local`` with ``--direct``.
    """
    if mode.local and mode.direct:
        raise UsageError("--local and --direct can't be combined", hint="choose one")
    if mode.local:
        return "local"
    return "direct" if mode.direct or (mode.resume and not rows) else "truto"


class Setup(Private, frozen=True):
    """All from which a command makes executors: options, inputs, the run store, and how to print.

    ``resumed`` are the facts of the run to resume, None for a new run. A ``recorder`` gets every call of a direct run.
    """

    HIDDEN = ("_found",)

    kind: ExecutorKind
    line: CommandLine
    inputs: Inputs
    terminal: Terminal
    notify: Notify
    store: RunStore
    resumed: RunFacts | None = None
    recorder: Recorder | None = None
    _found: list[Credentials] = field(default_factory=list)

    def executor(self, plan: Plan) -> Executor:
        """The executor that runs ``plan``, as the options ask.

        Raises ``BatchctlError`` when there can be none (no token, fixtures that can't be read).
        """
        key = Key() if self.kind == "local" else key_for(plan, self.line.connection.idempotency_key)
        settings = self.settings(plan)
        about = settings.about(plan, self.inputs.shown, key, self._saved_inputs(plan))
        history: History = NewRun(self.store)
        if self.resumed:
            from batchctl.execution.resume import reopen

            history = ResumedRun(reopen(self.store, self.resumed, about))
        return make_executor(plan, settings, about, history, new_key=key.is_new)

    def speaker(self, plan: Plan) -> Notify:
        """A function that prints notices about a run of ``plan`` to stderr, with the command that resumes it.

        Raises ``CredentialsError`` and ``UsageError`` where the credentials can't be found.
        """
        from batchctl.cli.notices import resume_command, speaker

        way = [] if self.kind == "truto" else [f"--{self.kind}"]
        again = [] if self._saved_inputs(plan) is not None else [self.inputs.file, *way]
        return speaker(self.terminal, how_to_resume=resume_command(self.line.connection, again))

    def settings(self, plan: Plan) -> Settings:
        """How runs of ``plan`` are executed, as the options ask: backend, limits, retries.

        Raises ``CredentialsError`` and ``UsageError`` where something is missing or can't be used.
        """
        engine, account = self.line.engine, self._context()
        local = self.kind == "local"
        return Settings(
            self.kind,
            self._fixtures(plan) if local else None,
            None if local else self.target(),
            self.line.connection.retries,
            engine.rate_limit,
            replace(self.line.chosen_options(), account=account),
            engine.run_timeout_s,
            self.terminal.redactor,
            AnswerSize(self.line.connection.max_answer_mib, self.line.connection.max_unpack_ratio),
            self.recorder,
        )

    @property
    def base_url(self) -> str:
        """The URL of the API that calls go to; empty for a local run.

        Raises ``CredentialsError`` and ``UsageError`` where the credentials can't be found.
        """
        return "" if self.kind == "local" else self._credentials().api_url

    def _context(self) -> JsonObject:
        """Keys of the account's context; on Truto they are the account's own. Raises ``UsageError``."""
        if self.inputs.context and self.kind == "truto":
            raise UsageError(
                "--context goes with --local and --direct", hint="on Truto the account has its own context"
            )
        context = self.inputs.account_context()
        self.terminal.hide(secret_values(context))
        return context

    def _fixtures(self, plan: Plan) -> FixtureFolder:
        """The folder that answers; the rows of a command share what they read of it. No output may be in it."""
        from batchctl.config.user import user_fixture_cache
        from batchctl.engine.backends.fixture_folder import FixtureFolder
        from batchctl.execution.local import fixtures_folder
        from batchctl.files.places import require_outside

        path = fixtures_folder(self.line.mode.fixtures, plan, self.inputs.folder)
        require_outside(path, self.line.output.written)
        return FixtureFolder(path, cache=user_fixture_cache(os.environ))

    def secrets(self, plan: Plan) -> set[str]:
        """The texts that must not be stored with a run of ``plan``: its secrets, those given of the account, the token.

        Raises ``CredentialsError`` and ``UsageError`` where the credentials can't be found.
        """
        token = "" if self.kind == "local" else self._credentials().token
        given = secret_values(self.inputs.account_context())
        return {token, *given, *secrets_in(plan.definition)} - {""}

    def target(self) -> Target:
        """The API that calls go to, with credentials and timeouts. Raises ``BatchctlError`` where there are none."""
        from batchctl.execution.executor import Target
        from batchctl.truto.connection import Connection, Timeouts

        found, asked = self._credentials(), self.line.connection
        key = asked.idempotency_key
        call_s = asked.call_timeout_s or (_CALL_TIMEOUT_S if self.kind == "direct" else None)
        timeouts = Timeouts(asked.connect_timeout_s, asked.timeout_s, call_s)
        connection = Connection(found.api_url, found.token, timeouts, key, allow_http=asked.allow_http)
        return Target(connection, found.source, found.environment)

    def _credentials(self) -> Credentials:
        """The token and API that the command line, a profile or the environment name; the token is masked from now."""
        from batchctl.cli.connecting import credentials

        if not self._found:
            asked, notify = self.line.connection, self.notify
            self._found.append(
                credentials(
                    self.terminal, token=asked.token, api_url=asked.api_url, profile=asked.profile, notify=notify
                )
            )
        return self._found[0]

    def _saved_inputs(self, plan: Plan) -> JsonObject | None:
        from batchctl.execution.resume import SavedInputs, engine_options

        definition = plan.definition
        return SavedInputs(
            text=plan.source.standalone(),
            account=definition.integrated_account_id,
            args=definition.args,
            only=tuple(self.inputs.only),
            env_file=absolute(self.inputs.env_file),
            executor=self.kind,
            accept=tuple(self.inputs.accept),
            context=self.inputs.account_context(),
            allow_unresolved=self.line.checks.allow_unresolved,
            engine=engine_options(self.line.engine.chosen(), self.line.engine.rate_limit),
        ).without_secrets(self.secrets(plan))


def absolute(path: Path | None) -> str | None:
    """The absolute form of ``path`` as text, which means the same file in any folder; None for None."""
    return str(path.resolve()) if path else None

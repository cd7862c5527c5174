"""From inputs and options to the executor of a run, and to what is recorded of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from batchctl.definition.secrets import secrets_in
from batchctl.engine.options import RunOptions
from batchctl.execution.history import NewRun, ResumedRun
from batchctl.execution.making import Settings, key_for, make_executor
from batchctl.execution.notices import silent
from batchctl.execution.resume import SavedInputs, engine_options, reopen
from batchctl.redaction import secret_values
from batchctl.structs import Private, Struct, field, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from batchctl.config.credentials import Credentials
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.engine.backends.recording import Recorder
    from batchctl.execution.executor import Executor, Target
    from batchctl.execution.history import History
    from batchctl.execution.making import ExecutorKind
    from batchctl.execution.notices import Notify
    from batchctl.json_types import JsonObject
    from batchctl.launch.api import ApiOptions
    from batchctl.launch.inputs import Inputs
    from batchctl.plan.planner import Plan
    from batchctl.redaction import Redactor
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore

_USUAL = RunOptions()


class Mask(Protocol):
    """Masks secrets in all that is shown, and takes further ones as they become known.

    The command line's terminal is one, and ``RunMask``; a ``Setup`` calls ``hide`` with the token and other secrets
    that it finds, and masks what is stored with ``redactor``.
    """

    @property
    def redactor(self) -> Redactor:
        """The redactor of all secrets that are known by now."""

    def hide(self, secrets: Iterable[str]) -> None:
        """Mask ``secrets`` too from now on."""


class RunMask(Struct):
    """The ``Mask`` of a run that a program starts, without a screen: ``redactor`` has the secrets known by now."""

    redactor: Redactor

    def hide(self, secrets: Iterable[str]) -> None:
        """Mask ``secrets`` too from now on."""
        self.redactor = self.redactor.with_secrets(secrets)


class Setup(Private, frozen=True):
    """All from which the executors of a command are made: its inputs, and the values of its options.

    ``api`` says how Truto is reached, ``options`` how the engine works, ``rate_limit`` is as ``--rate-limit`` has it
    (``50,500``: calls in 10 s per account and per token; ``off``; None: the default), ``run_timeout_s`` limits a direct
    run in seconds. ``fixtures`` is the folder of a local run (None: the default one), outside of which the files in
    ``written`` must be, by the option that names each. ``resumed`` are the facts of a run to resume, None for a new
    run, which ``store`` will have; a ``recorder`` gets every call and its answer. ``mask`` takes the secrets that are
    found, ``notify`` a notice where others can read the file with the token.
    """

    HIDDEN = ("_found",)

    kind: ExecutorKind
    inputs: Inputs
    api: ApiOptions
    mask: Mask
    store: RunStore
    options: RunOptions = _USUAL
    rate_limit: str | None = None
    run_timeout_s: float | None = None
    fixtures: Path | None = None
    written: Mapping[str, Path] = field(default_factory=dict)
    resumed: RunFacts | None = None
    recorder: Recorder | None = None
    notify: Notify = silent
    _found: list[Credentials] = field(default_factory=list)

    def executor(self, plan: Plan) -> Executor:
        """The executor that runs ``plan``, as the options ask: ``kind`` says which.

        Raises ``CredentialsError`` without a token, ``FixtureError`` for fixtures that can't be read, ``StoreError``
        for a run that can't be resumed, and ``UsageError`` for options that can't be used.
        """
        key = key_for(plan, self.api.idempotency_key, self.kind)
        settings = self.settings(plan)
        about = settings.about(plan, self.inputs.shown, key, self.kept(plan))
        history: History = NewRun(self.store)
        if self.resumed:
            history = ResumedRun(reopen(self.store, self.resumed, about))
        return make_executor(plan, settings, about, history, new_key=key.is_new)

    def settings(self, plan: Plan) -> Settings:
        """How runs of ``plan`` are executed, as the options ask: fixtures or API, limits, retries.

        Raises ``CredentialsError`` without a token, ``FixtureError`` for fixtures and ``UsageError`` for options that
        can't be used.
        """
        context = self.inputs.account_context()
        self.mask.hide(secret_values(context))
        local = self.kind == "local"
        return Settings(
            self.kind,
            self.folder(plan) if local else None,
            None if local else self.target(),
            self.api.retries,
            self.rate_limit,
            replace(self.options, account=context),
            self.run_timeout_s,
            self.mask.redactor,
            self.api.answer_size,
            self.recorder,
        )

    @property
    def base_url(self) -> str:
        """The URL of the API that calls go to; empty for a local run.

        Raises ``CredentialsError`` and ``UsageError`` where the credentials can't be found.
        """
        return "" if self.kind == "local" else self._credentials().api_url

    def target(self) -> Target:
        """The API that calls go to, with credentials and timeouts.

        Raises ``CredentialsError`` where there is no token, ``UsageError`` for an unknown profile or a URL that can't
        be used.
        """
        return self.api.target(self._credentials(), direct=self.kind == "direct")

    def secrets(self, plan: Plan) -> set[str]:
        """The texts that must not be stored with a run of ``plan``: its secrets, those given of the account, the token.

        Raises ``CredentialsError`` and ``UsageError`` where the credentials can't be found.
        """
        token = "" if self.kind == "local" else self._credentials().token
        given = secret_values(self.inputs.account_context())
        return {token, *given, *secrets_in(plan.definition)} - {""}

    def kept(self, plan: Plan) -> JsonObject | None:
        """What is stored so that a run of ``plan`` can be resumed without its file: ``SavedInputs`` as JSON.

        None where the definition or an argument holds a secret. Raises ``CredentialsError`` and ``UsageError`` where
        the credentials can't be found.
        """
        definition = plan.definition
        saved = self._saved(plan, definition.integrated_account_id, definition.args)
        return saved.without_secrets(self.secrets(plan))

    def saved(self, plan: Plan) -> SavedInputs:
        """What is stored so that a run of rows can be resumed without its file, apart from the rows themselves.

        ``plan`` is the first row's. It may still hold secrets. Raises ``UsageError`` for arguments that can't be read.
        """
        return self._saved(plan, self.inputs.account, self.inputs.arguments())

    def _saved(self, plan: Plan, account: str | None, args: JsonObject) -> SavedInputs:
        inputs = self.inputs
        return SavedInputs(
            text=plan.source.standalone(),
            account=account,
            args=args,
            only=tuple(inputs.only),
            env_file=absolute(inputs.env_file),
            executor=self.kind,
            fixtures=absolute(self._fixtures(plan)) if self.kind == "local" else None,
            accept=tuple(inputs.accept),
            context=inputs.account_context(),
            allow_unresolved=self.options.allow_unresolved,
            engine=engine_options(self.options, self.rate_limit),
        )

    def folder(self, plan: Plan) -> FixtureFolder:
        """The folder of fixtures that answers a local run; executors that share it read each file once.

        Raises ``UsageError`` where a file that will be written is in it, ``FixtureError`` for one that can't be used.
        """
        from batchctl.config.user import user_fixture_cache
        from batchctl.engine.backends.fixture_folder import FixtureFolder
        from batchctl.files.places import require_outside

        path = self._fixtures(plan)
        require_outside(path, self.written)
        return FixtureFolder(path, cache=user_fixture_cache(os.environ))

    def _fixtures(self, plan: Plan) -> Path:
        from batchctl.execution.local import fixtures_folder

        return fixtures_folder(self.fixtures, plan, self.inputs.folder)

    def _credentials(self) -> Credentials:
        """The token and API that are asked for, found once; the token is masked from now on."""
        if not self._found:
            self._found.append(self.api.credentials(os.environ, self.notify))
            self.mask.hide([self._found[0].token])
        return self._found[0]


def absolute(path: Path | None) -> str | None:
    """The absolute form of ``path`` as text, which means the same file in any folder; None for None."""
    return str(path.resolve()) if path else None

"""From settings to the executor that they ask for: the one place where the command line and the library make one."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from batchctl.engine.options import RunOptions
from batchctl.errors import UsageError
from batchctl.redaction import Redactor
from batchctl.store.facts import RunInfo
from batchctl.structs import Struct, replace
from batchctl.truto.backoff import Backoff
from batchctl.truto.unpacking import Bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from batchctl.engine.backends.base import Backend
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.engine.backends.gate import Gate
    from batchctl.engine.backends.recording import Recorder
    from batchctl.execution.executor import Executor, Target
    from batchctl.execution.history import History
    from batchctl.execution.rate_limits import Allowance
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan

# Who executes a batch: the engine over fixtures, the engine over Truto's API, or Truto.
ExecutorKind: TypeAlias = Literal["local", "direct", "truto"]
_USUAL, _NO_SECRETS = RunOptions(), Redactor()


class Key(NamedTuple):
    """An idempotency key, None for none; ``is_new`` means that it was generated for this run."""

    text: str | None = None
    is_new: bool = False


def key_for(plan: Plan, given: str | None) -> Key:
    """The key ``given``; without one a new key for a batch that writes, and none for any other."""
    return Key(given) if given or not plan.writes else Key(str(uuid.uuid4()), is_new=True)


class AnswerSize(NamedTuple):
    """Limits of an answer: ``most_mib`` unpacked (None: the default), ``most_ratio`` times its compressed size."""

    most_mib: int | None = None
    most_ratio: int = 200

    def bounds(self, usual: Bounds) -> Bounds:
        """``usual`` with these limits; without ``most_mib`` the usual size is kept."""
        most_bytes = self.most_mib << 20 if self.most_mib else usual.most_bytes
        return replace(usual, most_bytes=most_bytes, most_ratio=self.most_ratio, can_be_raised=True)


_USUAL_SIZE = AnswerSize()


class Settings(Struct, frozen=True):
    """How to execute. ``answers`` (a fixtures folder or a backend) is for ``local``, ``target`` for the others.

    ``retries`` is how often a call or a batch is sent again, ``rate_limit`` as ``--rate-limit`` has it,
    ``run_timeout_s`` the longest that a direct run may take, ``answer_size`` how large an answer may be. ``gates``
    makes the gate that enforces the limits, where these are shared with other processes.
    """

    kind: ExecutorKind
    answers: Path | FixtureFolder | Backend | None = None
    target: Target | None = None
    retries: int = 3
    rate_limit: str | None = None
    options: RunOptions = _USUAL
    run_timeout_s: float | None = None
    redactor: Redactor = _NO_SECRETS
    answer_size: AnswerSize = _USUAL_SIZE
    recorder: Recorder | None = None
    gates: Callable[[Sequence[Allowance]], Gate] | None = None

    @property
    def host(self) -> str:
        """The API that calls go to; empty for ``local``."""
        return self.target.connection.host if self.target else ""

    @property
    def api_url(self) -> str:
        """The URL of the API that is called; empty for ``local``."""
        return self.target.connection.api_url if self.target else ""

    @property
    def where(self) -> str:
        """Who executes the runs, in words: host and source of the token, or the engine and its fixtures."""
        if self.target is None:
            return f"embedded engine over {getattr(self.answers, 'path', self.answers)}"
        parts = [self.target.connection.host, self.target.environment or ""]
        return " · ".join([*filter(None, parts), f"token from {self.target.token_source}"])

    def about(self, plan: Plan, file: str, key: Key, inputs: JsonObject | None = None) -> RunInfo:
        """What is recorded of a run of ``plan``; ``file`` is its name for people, ``inputs`` what resuming needs."""
        return RunInfo(self.kind, file, plan.definition.payload, self.host, inputs, key.text)


def make_executor(
    plan: Plan, settings: Settings, about: RunInfo, history: History | None, *, new_key: bool = False
) -> Executor:
    """The executor of ``plan`` that ``settings`` ask for; ``about`` is what is recorded in ``history``.

    ``new_key`` means that the idempotency key was generated for this run. Raises ``UsageError`` where something is
    missing or can't be used.
    """
    if settings.kind == "local":
        from batchctl.execution.local import LocalExecutor

        if settings.answers is None:
            raise UsageError("a local run needs fixtures, or a backend that answers its calls")
        return LocalExecutor(plan, settings.answers, settings.options, Backoff(settings.retries))
    if settings.target is None:
        raise UsageError("a run over an API needs a connection")
    if settings.kind == "direct":
        return _direct(plan, settings, settings.target, about, history, new_key=new_key)
    from batchctl.execution.remote import RemoteExecutor
    from batchctl.service.client import BATCH_BOUNDS

    connection = replace(settings.target.connection, idempotency_key=about.key)
    target = replace(settings.target, connection=connection)
    return RemoteExecutor(
        plan,
        target,
        about,
        history,
        redactor=settings.redactor,
        backoff=Backoff(settings.retries),
        bounds=settings.answer_size.bounds(BATCH_BOUNDS),
        new_key=new_key,
        gate=_gate(plan, settings, settings.target),
    )


def _direct(
    plan: Plan, settings: Settings, target: Target, about: RunInfo, history: History | None, *, new_key: bool
) -> Executor:
    from batchctl.execution.direct import DirectExecutor

    if history is None:
        raise UsageError("a direct run needs a place for its journal")
    return DirectExecutor(
        plan,
        target,
        about,
        history,
        redactor=settings.redactor,
        backoff=Backoff(settings.retries),
        gate=_gate(plan, settings, target),
        options=settings.options,
        bounds=settings.answer_size.bounds(Bounds()),
        run_timeout_s=settings.run_timeout_s,
        new_key=new_key,
        recorder=settings.recorder,
    )


def _gate(plan: Plan, settings: Settings, target: Target) -> Gate:
    """What keeps the rate limits for all runs with the same account or token."""
    from batchctl.engine.backends.gate import LocalGate
    from batchctl.execution.rate_limits import OF_THIS_PROCESS, allowances

    allowed = allowances(settings.rate_limit, target.connection, plan.definition.integrated_account_id)
    if settings.gates is not None:
        return settings.gates(allowed)
    return LocalGate(OF_THIS_PROCESS.limits(allowed))

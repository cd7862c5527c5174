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

ExecutorKind: TypeAlias = Literal["local", "direct", "truto"]
"""Who runs a plan: the engine over fixtures, the engine over Truto's API, or Truto."""
_USUAL, _NO_SECRETS = RunOptions(), Redactor()


class Key(NamedTuple):
    """An idempotency key (``text``, None for no key); ``is_new`` means that it was generated for this run."""

    text: str | None = None
    is_new: bool = False


def key_for(plan: Plan, given: str | None, kind: ExecutorKind) -> Key:
    """The idempotency key for a run: ``given``, else a new one where ``plan`` writes, else none.

    A run of the kind ``local`` has none in any case.
    """
    if kind == "local":
        return Key()
    return Key(given) if given or not plan.writes else Key(str(uuid.uuid4()), is_new=True)


class AnswerSize(NamedTuple):
    """How large an answer may be: ``most_mib`` MiB unpacked, and ``most_ratio`` times its compressed size.

    None as ``most_mib`` stands for the default of the kind of run: 64 GiB for a batch on Truto, 64 MiB for each call of
    a direct run. ``most_ratio`` counts only beyond 16 MiB.
    """

    most_mib: int | None = None
    most_ratio: int = 200

    def bounds(self, usual: Bounds) -> Bounds:
        """``usual`` with these limits in place of its own; without ``most_mib`` its size is kept."""
        most_bytes = self.most_mib << 20 if self.most_mib else usual.most_bytes
        return replace(usual, most_bytes=most_bytes, most_ratio=self.most_ratio, can_be_raised=True)


_USUAL_SIZE = AnswerSize()


class Settings(Struct, frozen=True):
    """Who runs plans, and how: what a command line asks for beside the definition.

    ``make_executor`` takes it. ``answers`` (a fixtures folder, or a backend) is for the kind ``local``, ``target`` for
    the others. ``retries`` is how often a call or a batch is sent again; ``rate_limit`` is as ``--rate-limit`` has it
    (``50,500``, ``off``, None for the default); ``run_timeout_s`` is the longest that a direct run may take, in
    seconds; ``answer_size`` is how large an answer may be. A ``recorder`` gets every call of a direct run. ``gates``
    makes the gate that keeps the rate limits, where these are shared with other processes; None for a gate of this
    process.
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
        """The host of the API that calls go to; empty for ``local``."""
        return self.target.connection.host if self.target else ""

    @property
    def api_url(self) -> str:
        """The URL of the API that calls go to; empty for ``local``."""
        return self.target.connection.api_url if self.target else ""

    @property
    def where(self) -> str:
        """What runs the plans: ``embedded engine over fixtures``, or ``api.truto.one · staging · token from …``."""
        if self.target is None:
            return f"embedded engine over {getattr(self.answers, 'path', self.answers)}"
        parts = [self.target.connection.host, self.target.environment or ""]
        return " · ".join([*filter(None, parts), f"token from {self.target.token_source}"])

    def about(self, plan: Plan, file: str, key: Key, inputs: JsonObject | None = None) -> RunInfo:
        """What is recorded of a run of ``plan``; ``file`` is the definition's name for people.

        ``inputs`` are what it takes to resume the run, as ``SavedInputs.without_secrets`` makes it; None where they
        must not be stored.
        """
        return RunInfo(self.kind, file, plan.definition.payload, self.host, inputs, key.text)


def make_executor(
    plan: Plan, settings: Settings, about: RunInfo, history: History | None, *, new_key: bool = False
) -> Executor:
    """The executor that runs ``plan`` as ``settings`` say.

    ``about`` is what is recorded of the run in ``history``; a direct run needs a history, for others None means that
    nothing is recorded. ``new_key`` says that the idempotency key was generated for this run. Raises ``UsageError``
    where something is missing or can't be used.
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
    from batchctl.execution.rate_limits import gate_for

    account = plan.definition.integrated_account_id
    return gate_for(settings.rate_limit, target.connection, account, settings.gates)

"""A sync job run on this machine: over fixtures or Truto's API, recorded so that it can be resumed, one at a time."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from batchctl.definition.sync_job import BATCH, FAIL_FAST, IGNORE
from batchctl.destinations.base import SyncRun
from batchctl.destinations.choosing import Places, has_posts
from batchctl.destinations.receivers import Receivers
from batchctl.destinations.secured import Secured
from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.engine.backends.journalled import JournalledBackend
from batchctl.engine.backends.local import local_backend
from batchctl.engine.events import both
from batchctl.engine.options import RunOptions
from batchctl.errors import BatchctlError, Interrupted, RunUnderWay
from batchctl.execution.debugging import saying
from batchctl.execution.making import AnswerSize
from batchctl.execution.node_contexts import contexts_in_fixtures, contexts_in_truto
from batchctl.execution.notices import ResponsesReused, Resumable, RunStarted
from batchctl.execution.sync import SyncRunner
from batchctl.execution.sync_accounts import AccountsBackend
from batchctl.execution.sync_memory import RunMemory
from batchctl.execution.sync_names import filled_in, own_space
from batchctl.execution.sync_news import RunNews
from batchctl.redaction import Redactor
from batchctl.store.database import explained
from batchctl.store.lock import Lock
from batchctl.store.sync_state import SyncState
from batchctl.structs import Struct, field, replace
from batchctl.truto.backoff import Backoff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from batchctl.destinations.base import Destination
    from batchctl.engine.backends.base import Backend
    from batchctl.engine.backends.gate import Gate
    from batchctl.engine.events import Observer
    from batchctl.execution.executor import Target
    from batchctl.execution.history import OpenRun
    from batchctl.execution.node_contexts import NodeContexts
    from batchctl.execution.notices import Notify
    from batchctl.execution.rate_limits import Allowance
    from batchctl.execution.sync import SyncPlan, SyncResult
    from batchctl.json_types import JsonObject
    from batchctl.store.facts import Status
    from batchctl.store.sync_state import State

_USUAL, _NO_SECRETS = RunOptions(), Redactor()
_STATUS: dict[str, Status] = {"completed": "succeeded", "failed": "failed", "stopped": "interrupted"}


class SyncSettings(Struct, frozen=True):
    """How to run a sync job on this machine: over what, where records and state go, and what the run may do.

    ``answers`` is a folder of fixtures, or the API. ``to`` says where records go (as ``--to``), ``state`` is the file
    of the job's state, ``locks`` the folder of locks for mutexes; ``carried`` is a state to use instead of that in the
    file (None: the file's). ``account`` are keys of the account's context that were given. ``error_handling`` is
    ``fail_fast``, ``ignore`` or ``batch``; ``ignore_previous_run`` fetches everything, whatever earlier runs fetched;
    ``force`` runs past a mutex that another run holds. ``webhook_secret`` signs what webhooks get, in which the run's
    ``meta`` is ``meta`` (``{"row": 1, "account": …}`` for a row; None: nothing). ``retries`` is how often a call is
    sent again, ``rate_limit`` is as ``--rate-limit`` (None: the default), ``key`` the run's idempotency key (None: no
    key); ``gates`` makes the gate that keeps the limits, where these are shared with other processes (None: they are
    not). ``secure`` is called before anything is delivered: it stores what the records came from, and raises
    ``TakenOver`` where the row was given to another process (None: nothing is called). ``answer_size`` limits the
    answers of the API. ``receivers`` is what the runs of all rows know of the hosts of webhooks. ``redactor`` masks
    secrets in what is stored and posted.
    """

    answers: FixtureFolder | Target
    to: Sequence[str]
    webhook_secret: str
    state: Path
    locks: Path
    options: RunOptions = _USUAL
    account: JsonObject = field(default_factory=dict)
    ignore_previous_run: bool = False
    force: bool = False
    retries: int = 3
    rate_limit: str | None = None
    key: str | None = None
    redactor: Redactor = _NO_SECRETS
    error_handling: str = IGNORE
    meta: JsonObject | None = None
    carried: State | None = None
    gates: Callable[[Sequence[Allowance]], Gate] | None = None
    secure: Callable[[], None] | None = None
    answer_size: AnswerSize = AnswerSize()
    receivers: Receivers = field(default_factory=Receivers)

    @property
    def host(self) -> str:
        """The host of the API that calls go to; empty for fixtures."""
        return "" if isinstance(self.answers, FixtureFolder) else self.answers.connection.host

    @property
    def where(self) -> str:
        """What answers the calls, in words: ``embedded engine over`` a folder, or the API's host."""
        if isinstance(self.answers, FixtureFolder):
            return f"embedded engine over {self.answers.path}"
        return self.answers.connection.host


async def run_here(
    planned: SyncPlan, settings: SyncSettings, run: OpenRun | None, observer: Observer, notify: Notify
) -> SyncResult:
    """Run a sync job on this machine; failed calls and deliveries are part of the result.

    ``run`` is the record of the run, which is closed at the end; None where it is not recorded. Raises ``RunUnderWay``
    while another run has the job's ``mutex_key``, ``RunStopped`` where a webhook asks for it, ``Interrupted`` when
    cancelled, and ``UsageError``, ``StoreError``, ``FixtureError`` or ``ServiceError`` where the state, the fixtures or
    the connection can't be used.
    """
    try:
        if run is not None:
            notify(RunStarted(run.record.id))
        with _alone(planned, settings):
            return await _executed(planned, settings, run, observer, notify)
    except asyncio.CancelledError:
        if run is not None:
            run.finish("interrupted", {}, notify)
        raise Interrupted("interrupted") from None
    except BatchctlError as error:
        if run is not None:
            run.finish("refused", {"error": settings.redactor.text(str(error))}, notify)
        # The engine's: what it had fetched is delivered, or is fetched again.
        error.result = None
        raise
    finally:
        if run is not None:
            run.record.close()


def require_destinations(planned: SyncPlan, settings: SyncSettings) -> None:
    """Raise ``UsageError`` where a destination can't be made: a wrong name or URL, or a package that is missing.

    Nothing is opened or written. A run does the same when it has begun, and is recorded already.
    """
    Places(settings.to, settings.webhook_secret, str).destinations(planned.destinations, SyncRun("", ""))


def opened_state(planned: SyncPlan, settings: SyncSettings) -> SyncState:
    """What the job has stored in earlier runs, from the file that ``settings`` name.

    A run over fixtures has a state of its own for each folder, so that it does not keep a run over the API from
    fetching anything. The caller closes the state. Raises ``StoreError`` where the file can't be used.
    """
    space = own_space(planned)
    if isinstance(settings.answers, FixtureFolder):
        space = f"{space}\nfixtures {settings.answers.path.resolve()}"
    return SyncState(settings.state, space)


async def _executed(
    planned: SyncPlan, settings: SyncSettings, run: OpenRun | None, observer: Observer, notify: Notify
) -> SyncResult:
    memory = RunMemory(run)
    state = settings.carried or opened_state(planned, settings)
    destinations: dict[str, Destination] = {}
    try:
        contexts = await _contexts(planned, settings, notify)
        redactor = settings.redactor.with_secrets(contexts.secrets) if contexts.secrets else settings.redactor
        news = _news(planned, settings, redactor)
        observer = saying(observer if news is None else both(observer, news), notify, planned.plan)
        backend = _backend(planned, settings, run, observer, redactor)
        fail_fast = settings.options.fail_fast or settings.error_handling == FAIL_FAST
        runner = SyncRunner(
            planned,
            backend,
            state,
            replace(settings.options, fail_fast=fail_fast),
            contexts,
            settings.ignore_previous_run,
            collects_errors=settings.error_handling == BATCH,
            memory=memory,
            learn=backend.learn if isinstance(backend, JournalledBackend) else _nothing_kept,
            meta=settings.meta,
            news=news,
        )
        places = Places(settings.to, settings.webhook_secret, runner.moment, receivers=settings.receivers)
        destinations = places.destinations(planned.destinations, runner.run)
        if settings.secure is not None:
            destinations = {name: Secured(each, settings.secure) for name, each in destinations.items()}
        result = await runner.execute(destinations, observer)
    finally:
        for destination in destinations.values():
            await destination.aclose()
        state.close()
    if isinstance(backend, JournalledBackend) and backend.replayed:
        notify(ResponsesReused(backend.replayed))
    if run is not None:
        run.finish(_STATUS[str(result.run["status"])], result.summary(), notify)
        if not result.ok:
            notify(Resumable(run.record.id))
    return result


def _news(planned: SyncPlan, settings: SyncSettings, redactor: Redactor) -> RunNews | None:
    """What webhooks hear in the middle of the run, where there are any."""
    if not has_posts(settings.to, planned.destinations):
        return None
    return RunNews(planned.plan, redactor, in_batches=settings.error_handling == BATCH)


def _nothing_kept(_secrets: frozenset[str]) -> None:
    """Nothing is stored that secrets could stand in."""


@contextmanager
def _alone(planned: SyncPlan, settings: SyncSettings) -> Iterator[None]:
    """Hold the job's ``mutex_key``, which ends with the process, however that ends."""
    lock = None if settings.force else mutex_of(planned, settings.locks)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def mutex_of(planned: SyncPlan, locks: Path) -> Lock | None:
    """The lock for the job's ``mutex_key``, taken; None for a job without one. ``locks`` is the folder of locks.

    Raises ``RunUnderWay`` while another run has it, ``UsageError`` for a ``mutex_key`` with a placeholder that has no
    value, ``StoreError`` where the lock can't be used. The caller releases the lock.
    """
    if planned.job.mutex_key is None:
        return None
    key = filled_in("mutex_key", planned.job.mutex_key, planned.plan.definition.args)
    name = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    with explained(locks):
        locks.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = Lock.take(locks / f"{name}.lock")
    if lock is None:
        raise RunUnderWay(
            f"another run with the mutex_key {key} is under way", hint="wait for it; --force runs past the mutex"
        )
    return lock


async def _contexts(planned: SyncPlan, settings: SyncSettings, notify: Notify) -> NodeContexts:
    """What the job reads of its accounts, and what was given."""
    if isinstance(settings.answers, FixtureFolder):
        return contexts_in_fixtures(planned.plan, settings.answers, settings.account)
    connection, backoff = settings.answers.connection, Backoff(settings.retries)
    return await contexts_in_truto(planned.plan, connection, settings.account, notify, backoff)


def _backend(
    planned: SyncPlan, settings: SyncSettings, run: OpenRun | None, observer: Observer, redactor: Redactor
) -> Backend:
    own = planned.plan.definition.integrated_account_id
    answers = settings.answers
    if isinstance(answers, FixtureFolder):
        return AccountsBackend(
            own, lambda name: local_backend(answers, name or None, backoff=Backoff(settings.retries), observer=observer)
        )
    backend = AccountsBackend(own, lambda name: _over_api(answers, name, settings, observer))
    if run is None:
        return backend
    key = run.record.key if run.resumed else settings.key
    return JournalledBackend(backend, run.record, redactor=redactor, key=key, resumed=run.resumed)


def _over_api(target: Target, account: str, settings: SyncSettings, observer: Observer) -> Backend:
    from batchctl.execution.api_backend import api_backend
    from batchctl.execution.rate_limits import gate_for
    from batchctl.truto.unpacking import Bounds

    return api_backend(
        target.connection,
        account,
        gate_for(settings.rate_limit, target.connection, account, settings.gates),
        observer,
        concurrency=settings.options.concurrency,
        backoff=Backoff(settings.retries),
        bounds=settings.answer_size.bounds(Bounds()),
    )

"""The embedded engine over a folder of records, or over any other backend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.engine.backends.foreign import ForeignBackend
from batchctl.engine.backends.local import local_backend
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions
from batchctl.execution.debugging import saying
from batchctl.structs import Struct, field, replace
from batchctl.truto.backoff import Backoff

if TYPE_CHECKING:
    from batchctl.engine.backends.base import Backend
    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.execution.notices import Notify
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan

_USUAL = RunOptions()


class LocalExecutor(Struct, frozen=True):
    """Runs a plan with the embedded engine on this machine, without token and network.

    ``answers`` answers the calls: a folder of fixtures, or a backend. Executors that share a ``FixtureFolder`` read its
    files once, and each has its own changes of records. A call that the fixtures throttle is sent again as ``backoff``
    says.
    """

    plan: Plan
    answers: Path | FixtureFolder | Backend
    options: RunOptions = _USUAL
    backoff: Backoff = field(default_factory=Backoff)

    @property
    def where(self) -> str:
        """What answers the calls, in words: ``embedded engine over`` and the folder."""
        over: object = self.answers.path if isinstance(self.answers, FixtureFolder) else self.answers
        over = over if isinstance(over, Path) else type(over).__name__
        return f"embedded engine over {over}"

    @property
    def host(self) -> str:
        """Empty: nothing leaves this machine."""
        return ""

    async def run(self, observer: Observer, notify: Notify) -> RunResult:
        """Run every resource once those that it depends on have finished; failed calls are part of the result.

        ``observer`` gets the engine's events, ``notify`` all other notices. Raises ``FixtureError`` for fixtures that
        can't be read. When cancelled it returns the result so far.
        """
        observer = saying(observer, notify, self.plan)
        options = replace(self.options, account={**self._account(), **self.options.account})
        return await execute(self.plan, self._backend(observer), observer=observer, options=options)

    def _account(self) -> JsonObject:
        if not isinstance(self.answers, Path | FixtureFolder):
            return {}
        folder = self.answers if isinstance(self.answers, FixtureFolder) else FixtureFolder(self.answers)
        return account_of(folder, self.plan.definition.integrated_account_id)

    def _backend(self, observer: Observer) -> Backend:
        if not isinstance(self.answers, Path | FixtureFolder):
            return ForeignBackend(self.answers)
        account = self.plan.definition.integrated_account_id
        return local_backend(self.answers, account, backoff=self.backoff, observer=observer)


def account_of(folder: FixtureFolder, account: str) -> JsonObject:
    """What placeholders read of the account with the id ``account``: the keys of its context, and ``tenant_id``.

    It is from the ``account.yaml`` in ``folder``; empty where there is no such file, or accounts have folders and this
    one has none. ``tenant_id`` is missing where the file has none. Raises ``FixtureError`` for a file that can't be
    used.
    """
    found = folder.account(account or None)
    if found is None:
        return {}
    return {**found.context, **({} if found.tenant_id is None else {"tenant_id": found.tenant_id})}


def fixtures_folder(given: Path | None, plan: Plan, folder: Path) -> Path:
    """The folder of fixtures for ``plan``: ``given``, else the definition's key ``fixtures``, else ``fixtures/``.

    The latter two are relative to ``folder``, the folder of the definition.
    """
    return given or folder / (plan.definition.fixtures or "fixtures")

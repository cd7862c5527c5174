"""Who executes a batch. An executor is made from a plan and its settings, and refuses before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.execution.notices import Notify
    from batchctl.plan.planner import Plan
    from batchctl.store.facts import RunInfo
    from batchctl.truto.connection import Connection


class Executor(Protocol):
    """Runs one plan, once: on this machine over fixtures or Truto's API, or on Truto.

    An implementation supplies ``where`` and ``host`` (where it runs, in words and as a host) and ``run``.
    """

    @property
    def where(self) -> str:
        """What runs the plan, in words for people: ``embedded engine over fixtures``."""

    @property
    def host(self) -> str:
        """The host of the API that calls go to (``api.truto.one``); empty for fixtures."""

    async def run(self, observer: Observer, notify: Notify) -> RunResult:
        """Execute the plan: ``observer`` gets the engine's events, ``notify`` all other notices.

        A cancelled run returns what has come back so far, or raises ``Interrupted``. Failed calls are part of the
        result. Raises ``BatchctlError`` when it can't run.
        """


class Target(Struct, frozen=True):
    """The API that calls go to, and where its credentials came from, for people.

    ``token_source`` says in words where the token was found, ``environment`` is the user's label of the credentials
    (``staging``), None without one.
    """

    connection: Connection
    token_source: str = "the caller"  # noqa: S105 - where it came from, not what it is
    environment: str | None = None

    def described(self, plan: Plan) -> str:
        """Host, environment, the account of ``plan``, and the source of the token, in words.

        For example ``api.truto.one · staging · account 5c3b5d2e · token from the caller``.
        """
        account = plan.definition.integrated_account_id
        # The requests of a sync job may each name their own.
        parts = [self.connection.host, *([f"account {account}"] if account else [])]
        if self.environment:
            parts.insert(1, self.environment)
        return " · ".join([*parts, f"token from {self.token_source}"])


class ApiExecutor(Struct, frozen=True):
    """What executors over Truto's API share: the plan, the API, and what is recorded of the run (``about``)."""

    plan: Plan
    target: Target
    about: RunInfo

    @property
    def where(self) -> str:
        """Where calls go, in words: ``api.truto.one · staging · account 5c3b5d2e · token from the caller``.

        These are host, environment, the plan's account, and where the token was found.
        """
        return self.target.described(self.plan)

    @property
    def host(self) -> str:
        """The host that calls go to, such as ``api.truto.one``."""
        return self.target.connection.host

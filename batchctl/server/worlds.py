"""What a server answers from: one backend for everybody, or a fixtures folder with its accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.backends.fixture_records import MemoryRecords
from batchctl.engine.backends.fixture_store import Table
from batchctl.engine.backends.fixtures import FixtureBackend

if TYPE_CHECKING:
    from batchctl.engine.backends.base import Backend
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.engine.backends.fixture_state import State


class World:
    """The data that a server answers from: here a single backend for every account, without Truto's own resources.

    ``folder`` are the fixtures, None where the data comes from elsewhere; ``state`` stores changes in a file, None
    where none is used.
    """

    folder: FixtureFolder | None = None
    state: State | None = None

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def backend(self, account: str) -> Backend:  # noqa: ARG002 - one for all
        """The backend that answers the calls of ``account``, an account's id."""
        return self._backend

    def revision(self, account: str) -> object:  # noqa: ARG002 - nothing is known of the backend
        """A value that stays equal as long as every read of an account gets the same answer; None where unknown."""
        return None

    def platform(self, name: str) -> Table:
        """The records of one of Truto's own resources, ``name`` (``sync-job``); here the table is empty."""
        return Table(name, MemoryRecords([]))


class FixtureWorld(World):
    """The data of a fixtures folder: an account has its own records, or all share those of the folder.

    They share them where there is no folder ``accounts``. ``state`` stores the changes that clients make, None keeps
    them in memory.
    """

    def __init__(self, folder: FixtureFolder, state: State | None = None) -> None:
        self.folder: FixtureFolder = folder
        self.state = state
        self._shared = FixtureBackend(folder, state=state)
        self._own: dict[str, FixtureBackend] = {}
        self._platform: dict[str, Table] = {}
        super().__init__(self._shared)

    def backend(self, account: str) -> Backend:
        """The backend that answers the calls of ``account`` (an id); for one without fixtures it answers all with 404.

        Raises ``FixtureError`` for fixtures that can't be used.
        """
        self.folder.look()
        if not self.folder.has_accounts:
            return self._shared
        known = self._own.get(account)
        if known is None:
            known = FixtureBackend(self.folder, account=account, state=self.state)
            if self.folder.root_of(account) is not None:
                self._own[account] = known
        return known

    def revision(self, account: str) -> object:
        """A value that stays equal as long as every read of an account gets the same answer.

        None where that is not known, as before the account's first call.
        """
        known = self._own.get(account) if self.folder.has_accounts else self._shared
        return known.revision() if known is not None else None

    def platform(self, name: str) -> Table:
        """The records in ``FOLDER/platform/NAME.json``, such as ``sync-job.json``; none without it.

        Raises ``FixtureError`` for a file that can't be read, or holds no records.
        """
        if name not in self._platform:
            records = self.folder.records(["platform", name]) or MemoryRecords([])
            save = self.state.saver("platform", name) if self.state else None
            saved = self.state.saved("platform", name) if self.state else ()
            self._platform[name] = Table(name, records, save=save, saved=saved)
        return self._platform[name]

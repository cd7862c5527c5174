"""The record of a sync job's run: what is kept of it, and how it is opened again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.destinations.choosing import place_secrets, places_without_secrets
from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.errors import UsageError
from batchctl.execution.history import NewRun, ResumedRun, opened
from batchctl.execution.resume import reopen
from batchctl.execution.sync_rows import KIND as EACH_KIND
from batchctl.store.facts import RunInfo
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.execution.gathered_rows import CheckedRows
    from batchctl.execution.history import OpenRun
    from batchctl.execution.notices import Notify
    from batchctl.execution.resume import SavedInputs
    from batchctl.execution.sync import SyncPlan
    from batchctl.execution.sync_here import SyncSettings
    from batchctl.json_types import JsonObject
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore

KIND = "sync"


def require_resumable(facts: RunFacts) -> None:
    """Raise ``UsageError`` for a run that is no run of a sync job, and for one that has succeeded."""
    if facts.kind not in (KIND, EACH_KIND):
        raise UsageError(f"run {facts.id} is no run of a sync job", hint=f"batchctl run --resume {facts.id}")
    if facts.state == "succeeded":
        raise UsageError(f"run {facts.id} is complete: nothing is left to resume")


def about_sync(planned: SyncPlan, settings: SyncSettings, file: str, inputs: JsonObject | None) -> RunInfo:
    """What is recorded of a run of a sync job.

    ``file`` is the definition's name for people. ``inputs`` are what it takes to resume the run, as
    ``SavedInputs.without_secrets`` makes them; None where they must not be stored.
    """
    definition = planned.plan.definition
    content: JsonObject = {
        "job": definition.payload,
        "args": definition.args,
        "account": definition.integrated_account_id,
        "to": [*places_without_secrets(settings.to)],
    }
    return RunInfo(KIND, file, content, settings.host, _with_options(inputs, settings), settings.key)


def about_sync_rows(rows: CheckedRows, settings: SyncSettings, file: str, saved: SavedInputs | None = None) -> RunInfo:
    """What is recorded of a run of a sync job for each of ``rows``, which are run with ``settings``.

    ``saved`` is what it takes to resume the run; it is not stored where it has a secret (None: not in any case).
    ``file`` is the definition's name for people. A run that is resumed may have more rows; the job itself must be the
    same.
    """
    kept = None if saved is None or rows.hold_secrets else saved.without_secrets(rows.secrets)
    content: JsonObject = {"job": rows.plan.definition.payload, "to": [*places_without_secrets(settings.to)]}
    return RunInfo(EACH_KIND, file, content, settings.host, _with_options(kept, settings), settings.key)


def _with_options(inputs: JsonObject | None, settings: SyncSettings) -> JsonObject | None:
    return None if inputs is None else {**inputs, KIND: kept_options(settings)}


def kept_options(settings: SyncSettings) -> JsonObject:
    """The options that are stored with a run of a sync job, and taken over when it is resumed.

    By their names: ``to``, ``state`` (an absolute path), ``direct``, ``error_handling``, ``ignore_previous_run`` and
    ``force``. ``to`` is None where one of the places has a password.
    """
    hidden = place_secrets(settings.to)
    return {
        # Where one of them has a password, all are given again.
        "to": None if any(secret in each for each in settings.to for secret in hidden) else [*settings.to],
        "state": str(settings.state.resolve()),
        "direct": not isinstance(settings.answers, FixtureFolder),
        "error_handling": settings.error_handling,
        "ignore_previous_run": settings.ignore_previous_run,
        "force": settings.force,
    }


class BegunSync(Struct, frozen=True):
    """The options with which a recorded run of a sync job began, taken over when it is resumed without them.

    ``direct`` means over Truto's API from this machine, ``to`` is where records go (as ``--to``), ``state`` the file of
    the job's state (None: not stored), ``error_handling`` is None where it was not stored. ``ignore_previous_run`` and
    ``force`` are as the options of these names. ``rows`` means that it is a run of many rows.
    """

    direct: bool = False
    to: tuple[str, ...] = ()
    state: Path | None = None
    error_handling: str | None = None
    ignore_previous_run: bool = False
    force: bool = False
    rows: bool = False

    @classmethod
    def of(cls, facts: RunFacts, to: Sequence[str] = ()) -> BegunSync:
        """The options with which the run described by ``facts`` began; what is not in its record has the default.

        ``to`` wins over the destinations of the record. Raises ``UsageError`` where one of those had a password, which
        is not stored, and ``to`` is empty.
        """
        kept = (facts.inputs or {}).get(KIND)
        before = kept if isinstance(kept, dict) else {}
        kept_to, state, handling = before.get("to", []), before.get("state"), before.get("error_handling")
        if kept_to is None and not to:
            raise UsageError(
                f"where run {facts.id} delivers has a password, which is not kept", hint="give --to once more"
            )
        return cls(
            before.get("direct") is True,
            tuple(to) or (tuple(map(str, kept_to)) if isinstance(kept_to, list) else ()),
            Path(state) if isinstance(state, str) else None,
            None if handling is None else str(handling),
            before.get("ignore_previous_run") is True,
            before.get("force") is True,
            facts.kind == EACH_KIND,
        )


def open_record(store: RunStore, about: RunInfo, resumed: RunFacts | None, notify: Notify) -> OpenRun | None:
    """Open the record for a run of a sync job: a new one, or that of the run ``resumed``.

    None where no new record can be created, about which ``notify`` gets a notice. ``about`` is what is recorded. Raises
    ``UsageError`` and ``StoreError`` for a run that can't be resumed.
    """
    if resumed is not None:
        return ResumedRun(reopen(store, resumed, about)).open(about)
    return opened(NewRun(store), about, notify)

"""What is recorded of a run of many rows, and what a resumed one takes over from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from batchctl.destinations.choosing import places_without_secrets
from batchctl.errors import UsageError
from batchctl.execution.resume import SavedInputs, reopen
from batchctl.store.facts import RunInfo
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.execution.gathered_rows import CheckedRows
    from batchctl.execution.making import ExecutorKind
    from batchctl.json_types import JsonObject
    from batchctl.store.facts import RunFacts
    from batchctl.store.run import RunRecord
    from batchctl.store.runs import RunStore


class RowsMode(Struct, frozen=True):
    """Who runs the rows: ``kind`` is the executor, ``fixtures`` the folder of a local run (None: the default one).

    ``on`` are the workers as ``--on`` names them (``local:4``), None for this process alone; ``store`` is where they
    keep the rows, as in ``--store``, None for the folder of the run.
    """

    kind: ExecutorKind
    fixtures: Path | None = None
    on: str | None = None
    store: str | None = None

    def as_before(self, saved: SavedInputs) -> Self:
        """The mode of the run that is resumed, from its inputs; what is set here wins, except for ``kind``."""
        fixtures = self.fixtures or (Path(saved.fixtures) if saved.fixtures else None)
        kind = cast("ExecutorKind", saved.executor if saved.executor in ("local", "direct") else "truto")
        mode = replace(self, kind=kind, fixtures=fixtures)
        if saved.fleet is None or self.on is not None:
            return mode
        # Only where the rows are kept it is known which of them wrote already.
        store = self.store or saved.fleet.get("store")
        return replace(mode, on=str(saved.fleet.get("on")), store=None if store is None else str(store))


def destinations_as_before(to: Sequence[str], facts: RunFacts) -> tuple[str, ...]:
    """The destinations (``--to``) for a run of rows that is resumed: ``to``, else those of the earlier run.

    Raises ``UsageError`` where ``to`` has others than the earlier run, since rows that are done were delivered to
    those; and where one had a password, which is not stored, and ``to`` is empty.
    """
    if facts.inputs is None:
        return tuple(to)
    saved = SavedInputs.of(facts)
    if to and tuple(places_without_secrets(to)) != saved.to:
        where = "with --to " + " --to ".join(saved.to) if saved.to else "without --to"
        raise UsageError(
            f"run {facts.id} was started {where}, and the rows that are done would not be delivered elsewhere",
            hint="resume it with the same, or start a new run",
        )
    if saved.to and not to and not saved.to_whole:
        raise UsageError(f"where run {facts.id} delivers has a password, which is not kept", hint="give --to once more")
    return tuple(to) or saved.to


def about_rows(
    rows: CheckedRows, file: str, host: str, key: str | None, saved: SavedInputs, to: Sequence[str] = ()
) -> RunInfo:
    """What is recorded of a run of ``rows``, without any of their secrets.

    ``file`` is the definition's name for people, ``host`` the API's, ``key`` the run's idempotency key (None: no key),
    ``to`` where records are delivered, ``saved`` what it takes to resume the run. A run that is resumed may have more
    rows; batch, host and destinations must be the same.
    """
    places = tuple(places_without_secrets(to))
    kept = replace(saved, to=places, to_whole=places == tuple(to)).without_secrets(rows.secrets)
    content: JsonObject = {"resources": rows.plan.definition.payload["resources"]}
    if places:
        content["to"] = list(places)
    return RunInfo("each", file, content, host, None if rows.hold_secrets else kept, key)


def reopen_rows(store: RunStore, facts: RunFacts, about: RunInfo, *, on_workers: bool) -> RunRecord:
    """Open the record of a run of rows, to resume it; ``about`` is what the resumed run would record.

    ``on_workers`` says whether workers are named. Raises ``UsageError`` where the two differ in definition, arguments,
    executor or host, or the rows are kept by workers and none are named; ``StoreError`` where the record can't be used
    or the run is in progress.
    """
    record = reopen(store, facts, about)
    kept = record.fact("fleet_store")
    if kept is None or on_workers:
        return record
    record.close()
    raise UsageError(
        f"run {record.id} was spread over workers, and its rows are kept in {kept}",
        hint="resume it with --on, for example --on local:4",
    )

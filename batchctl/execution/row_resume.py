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
    """Who runs the rows: ``fixtures`` is the folder of a local run, None for the default one.

    ``on`` names workers, and ``store`` where they keep the rows; both are None for this machine.
    """

    kind: ExecutorKind
    fixtures: Path | None = None
    on: str | None = None
    store: str | None = None

    def as_before(self, saved: SavedInputs) -> Self:
        """The mode of the run that is resumed; what is set here wins, except for ``kind``."""
        fixtures = self.fixtures or (Path(saved.fixtures) if saved.fixtures else None)
        kind = cast("ExecutorKind", saved.executor if saved.executor in ("local", "direct") else "truto")
        mode = replace(self, kind=kind, fixtures=fixtures)
        if saved.fleet is None or self.on is not None:
            return mode
        # Only where the rows are kept it is known which of them wrote already.
        store = self.store or saved.fleet.get("store")
        return replace(mode, on=str(saved.fleet.get("on")), store=None if store is None else str(store))


def destinations_as_before(to: Sequence[str], facts: RunFacts) -> tuple[str, ...]:
    """The destinations of the run that is resumed, or ``to``, which must be the same.

    Raises ``UsageError`` for others, since the rows that are done were delivered to the first ones, and where one has a
    password: passwords are not kept, so that all destinations have to be named again.
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
    """What is recorded of a run of ``rows``, which deliver to ``to``; it has none of their secrets.

    A resumed run may have more rows; the batch itself, its host and its destinations must be the same. ``host`` is the
    API's, ``key`` the run's idempotency key.
    """
    places = tuple(places_without_secrets(to))
    kept = replace(saved, to=places, to_whole=places == tuple(to)).without_secrets(rows.secrets)
    content: JsonObject = {"resources": rows.plan.definition.payload["resources"]}
    if places:
        content["to"] = list(places)
    return RunInfo("each", file, content, host, None if rows.hold_secrets else kept, key)


def reopen_rows(store: RunStore, facts: RunFacts, about: RunInfo, *, on_workers: bool) -> RunRecord:
    """Open the record of a run of rows, to resume it as ``about`` describes.

    Raises what ``reopen`` raises, and ``UsageError`` where workers keep the rows and none are named.
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

"""``run --to``: the records go to a database, a webhook or a folder, too."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from batchctl.blocking import wait_for
from batchctl.errors import UsageError
from batchctl.plain import clean, counted
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.cli.deliver_options import DeliveryOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.result import RunResult
    from batchctl.execution.batch_delivery import BatchDelivery, DeliveryCounts
    from batchctl.execution.row_deliveries import RowDeliveries
    from batchctl.plan.planner import Plan
    from batchctl.store.facts import RunFacts

_MAX_SENTENCES = 5


def prepared_delivery(plan: Plan, asked: DeliveryOptions, terminal: Terminal) -> BatchDelivery | None:
    """Where the records will go; None where ``--to`` says nothing. Raises ``UsageError`` before anything is sent."""
    if not asked.to:
        return None
    from batchctl.execution.batch_delivery import BatchDelivery

    return BatchDelivery.of(plan, asked.to, _secret(asked.to, asked.webhook_secret, terminal))


def prepared_rows(plan: Plan, asked: DeliveryOptions, terminal: Terminal) -> RowDeliveries | None:
    """Where the records of each row will go; None where ``--to`` says nothing. ``plan`` is the first row's.

    Raises ``UsageError`` for a URL or a name that can't be used.
    """
    if not asked.to:
        return None
    from batchctl.execution.batch_delivery import BatchDelivery
    from batchctl.execution.row_deliveries import RowDeliveries

    secret = _secret(asked.to, asked.webhook_secret, terminal)
    BatchDelivery.of(plan, asked.to, secret)
    return RowDeliveries(asked.to, secret)


def as_before(asked: DeliveryOptions, resumed: RunFacts | None) -> DeliveryOptions:
    """``asked``, with the destinations of the resumed run where the command line names none.

    Raises ``UsageError`` for other destinations than before, since some rows are already delivered, and where one had a
    password: passwords are not kept, so all destinations have to be named again.
    """
    if resumed is None or resumed.inputs is None:
        return asked
    from batchctl.destinations.choosing import places_without_secrets
    from batchctl.execution.resume import SavedInputs

    saved = SavedInputs.of(resumed)
    if asked.to and tuple(places_without_secrets(asked.to)) != saved.to:
        where = "with --to " + " --to ".join(saved.to) if saved.to else "without --to"
        raise UsageError(
            f"run {resumed.id} was started {where}, and the rows that are done would not be delivered elsewhere",
            hint="resume it with the same, or start a new run",
        )
    if saved.to and not asked.to and not saved.to_whole:
        raise UsageError(
            f"where run {resumed.id} delivers has a password, which is not kept", hint="give --to once more"
        )
    return replace(asked, to=asked.to or list(saved.to))


def _secret(to: list[str], given: str | None, terminal: Terminal) -> str:
    from batchctl.destinations.choosing import is_webhook, place_secrets

    terminal.hide(place_secrets(to))
    return webhook_secret(given, terminal, posts=any(map(is_webhook, to)))


def webhook_secret(given: str | None, terminal: Terminal, *, posts: bool) -> str:
    """The secret that signs webhook posts: ``given``, else a new random one. ``given`` is masked in output from now on.

    A new one is printed to stderr where there are ``posts``.
    """
    if given is not None:
        terminal.hide([given])
        return given
    made = secrets.token_hex(16)
    if posts:
        terminal.note(f"webhooks are signed with {made}, made for this run; --webhook-secret names your own")
    return made


def deliver(delivery: BatchDelivery, result: RunResult, terminal: Terminal) -> bool:
    """Deliver the records of ``result`` and print the counts; whether all of them were delivered."""
    counts = wait_for(delivery.deliver(result))
    show_delivered(counts, delivery.destinations, terminal)
    return counts.ok


def show_delivered(counts: DeliveryCounts, names: Iterable[str], terminal: Terminal) -> None:
    """Print to stderr, for each resource in ``names``, how many records were delivered and why others were not."""
    for name in names:
        records, pages = counts.records.get(name, 0), counts.delivered.get(name, 0)
        terminal.note(f"{clean(name, 80)}: {counted(records, 'record')} delivered ({counted(pages, 'delivery')})")
        for sentence in counts.failed.get(name, [])[:_MAX_SENTENCES]:
            terminal.warn(f"{clean(name, 80)}: not delivered: {clean(sentence, 300)}")

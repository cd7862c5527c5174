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
    """Where the records of each row will go; None where ``--to`` says nothing. ``plan`` is the first row's."""
    if not asked.to:
        return None
    from batchctl.execution.batch_delivery import BatchDelivery
    from batchctl.execution.row_deliveries import RowDeliveries

    secret = _secret(asked.to, asked.webhook_secret, terminal)
    BatchDelivery.of(plan, asked.to, secret)
    return RowDeliveries(asked.to, secret)


def as_before(asked: DeliveryOptions, resumed: RunFacts | None) -> DeliveryOptions:
    """The destinations of the run that is resumed. Raises ``UsageError`` for others: some rows are at the first ones.

    Where one had a password, which is not kept, all are named again.
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
    """What signs posts: the secret that is given, which is masked from now, else a new one.

    The new one is said where there are ``posts``.
    """
    if given is not None:
        terminal.hide([given])
        return given
    made = secrets.token_hex(16)
    if posts:
        terminal.note(f"webhooks are signed with {made}, made for this run; --webhook-secret names your own")
    return made


def deliver(delivery: BatchDelivery, result: RunResult, terminal: Terminal) -> bool:
    """Deliver what came, and say what became of it; whether all of it is where it should be."""
    counts = wait_for(delivery.deliver(result))
    show_delivered(counts, delivery.destinations, terminal)
    return counts.ok


def show_delivered(counts: DeliveryCounts, names: Iterable[str], terminal: Terminal) -> None:
    """Say what became of the records of these resources."""
    for name in names:
        records, pages = counts.records.get(name, 0), counts.delivered.get(name, 0)
        terminal.note(f"{clean(name, 80)}: {counted(records, 'record')} delivered ({counted(pages, 'delivery')})")
        for sentence in counts.failed.get(name, [])[:_MAX_SENTENCES]:
            terminal.warn(f"{clean(name, 80)}: not delivered: {clean(sentence, 300)}")

"""``run --to``: the records go to a database, a webhook or a folder, too."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from batchctl.blocking import wait_for
from batchctl.plain import clean, counted

if TYPE_CHECKING:
    from batchctl.cli.deliver_options import DeliveryOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.result import RunResult
    from batchctl.execution.batch_delivery import BatchDelivery
    from batchctl.execution.notices import Notice, Notify
    from batchctl.plan.planner import Plan

_MAX_SENTENCES = 5


def prepared_delivery(plan: Plan, asked: DeliveryOptions, terminal: Terminal) -> BatchDelivery | None:
    """Where the records will go; None where ``--to`` says nothing. Raises ``UsageError`` before anything is sent."""
    if not asked.to:
        return None
    from batchctl.destinations.choosing import place_secrets
    from batchctl.execution.batch_delivery import BatchDelivery

    secret = webhook_secret(asked.webhook_secret, asked.to, terminal)
    terminal.hide(place_secrets(asked.to))
    return BatchDelivery.of(plan, asked.to, secret)


def webhook_secret(given: str | None, to: list[str], terminal: Terminal) -> str:
    """What signs posts: the secret that is given, which is masked from now, else a new one, which is said."""
    if given is not None:
        terminal.hide([given])
        return given
    made = secrets.token_hex(16)
    if any("webhook:" in place or "http:" in place or "https:" in place for place in to):
        terminal.note(f"webhooks are signed with {made}, made for this run; --webhook-secret names your own")
    return made


def named_after(delivery: BatchDelivery | None, notify: Notify) -> Notify:
    """The same notices; a run that is recorded gives its id to what it delivers, so that a resumed one repeats it."""
    from batchctl.execution.notices import RunStarted

    def noted(notice: Notice, /) -> None:
        if delivery is not None and isinstance(notice, RunStarted):
            delivery.run.id = notice.run_id
        notify(notice)

    return noted


def deliver(delivery: BatchDelivery, result: RunResult, terminal: Terminal) -> bool:
    """Deliver what came, and say what became of it; whether all of it is where it should be."""
    counts = wait_for(delivery.deliver(result))
    for name in delivery.destinations:
        records, pages = counts.records.get(name, 0), counts.delivered.get(name, 0)
        terminal.note(f"{clean(name, 80)}: {counted(records, 'record')} delivered ({counted(pages, 'delivery')})")
        for sentence in counts.failed.get(name, [])[:_MAX_SENTENCES]:
            terminal.warn(f"{clean(name, 80)}: not delivered: {clean(sentence, 300)}")
    return counts.ok

"""``run --to``: the records go to a database, a webhook or a folder, too."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from batchctl.blocking import wait_for
from batchctl.render.notices import delivered_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.cli.deliver_options import DeliveryOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.result import RunResult
    from batchctl.execution.batch_delivery import BatchDelivery, DeliveryCounts
    from batchctl.execution.row_deliveries import RowDeliveries
    from batchctl.plan.planner import Plan


def prepared_delivery(plan: Plan, asked: DeliveryOptions, terminal: Terminal) -> BatchDelivery | None:
    """What delivers the records of a batch to the places of ``--to``; None without that option.

    Passwords in URLs and the secret of webhooks are masked in output from now on; a secret made for this run is printed
    to stderr. Raises ``UsageError``, before anything is sent, for a URL or a name that can't be used.
    """
    if not asked.to:
        return None
    from batchctl.execution.batch_delivery import BatchDelivery

    return BatchDelivery.of(plan, asked.to, _secret(asked.to, asked.webhook_secret, terminal))


def prepared_rows(plan: Plan, asked: DeliveryOptions, terminal: Terminal) -> RowDeliveries | None:
    """What delivers the records of each row to the places of ``--to``; None without that option.

    ``plan`` is that of the first row. Passwords in URLs and the secret of webhooks are masked in output from now on; a
    secret made for this run is printed to stderr. Raises ``UsageError`` for a URL or a name that can't be used.
    """
    if not asked.to:
        return None
    from batchctl.execution.row_deliveries import RowDeliveries

    return RowDeliveries.of(plan, asked.to, _secret(asked.to, asked.webhook_secret, terminal))


def _secret(to: list[str], given: str | None, terminal: Terminal) -> str:
    from batchctl.destinations.choosing import is_webhook, place_secrets

    terminal.hide(place_secrets(to))
    return webhook_secret(given, terminal, posts=any(map(is_webhook, to)))


def webhook_secret(given: str | None, terminal: Terminal, *, posts: bool, resumed: bool = False) -> str:
    """The secret with which webhook posts are signed: ``given``, masked in output from now on, or a new random one.

    A new one is printed to stderr where the run ``posts`` to webhooks. If the run is ``resumed`` this is a warning:
    secrets are not stored, and a receiver knows the one of the run's beginning.
    """
    if given is not None:
        terminal.hide([given])
        return given
    made = secrets.token_hex(16)
    if posts and resumed:
        terminal.warn(
            f"webhooks are signed with {made}, not with the secret that the run began with, which is not kept: "
            "--webhook-secret gives it again"
        )
    elif posts:
        terminal.note(f"webhooks are signed with {made}, made for this run; --webhook-secret names your own")
    return made


def deliver(delivery: BatchDelivery, result: RunResult, terminal: Terminal) -> bool:
    """Deliver the records of ``result``, print the counts to stderr, and say whether all were delivered.

    What could not be delivered is not raised: the reasons are printed, too.
    """
    counts = wait_for(delivery.deliver(result))
    show_delivered(counts, delivery.destinations, terminal)
    return counts.ok


def show_delivered(counts: DeliveryCounts, names: Iterable[str], terminal: Terminal) -> None:
    """Print to stderr, for each resource in ``names`` (keys), how many records were delivered, and why some were not.

    A name that is not in ``counts`` has 0; of the reasons for one resource five are printed.
    """
    for line in delivered_lines(counts, names):
        (terminal.warn if line.is_failure else terminal.note)(line.text)

"""From the options of ``batchctl sync`` on this machine to how the job is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.cli.delivering import webhook_secret
from batchctl.destinations.choosing import has_posts, place_secrets
from batchctl.execution.sync_here import require_destinations
from batchctl.launch.sync import sync_settings

if TYPE_CHECKING:
    from collections.abc import Collection

    from batchctl.cli.terminal import Terminal
    from batchctl.execution.sync import SyncPlan
    from batchctl.execution.sync_here import SyncSettings
    from batchctl.launch.setup import Setup
    from batchctl.launch.sync import SyncOptions


def settings_of(
    setup: Setup, planned: SyncPlan, asked: SyncOptions, terminal: Terminal, idle: Collection[str] = ()
) -> SyncSettings:
    """How the job of ``planned`` is run on this machine, as the options ``asked`` say.

    Where webhooks are posted to and no secret is given, a new one is made and printed. ``idle`` are the keys of the
    destination nodes that get no records in this run. Raises ``CredentialsError`` where there is no token,
    ``UsageError`` for a value that can't be used.
    """
    terminal.hide(place_secrets(asked.to))
    posts = has_posts(asked.to, planned.destinations, idle)
    secret = webhook_secret(asked.webhook_secret, terminal, posts=posts, resumed=asked.resume is not None)
    settings = sync_settings(setup, planned, asked, secret)
    require_destinations(planned, settings)
    return settings

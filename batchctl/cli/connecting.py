"""From the options of a command to the credentials and the connection that they ask for."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchctl.cli.run_options import ConnectionOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.config.credentials import Credentials
    from batchctl.plan.planner import Plan
    from batchctl.truto.connection import Connection


def command_credentials(asked: ConnectionOptions, terminal: Terminal) -> Credentials:
    """The token and API that the command line, a profile or the environment name; the token is masked from here on."""
    from batchctl.cli.login import user_profiles
    from batchctl.config.credentials import find_credentials

    profiles = user_profiles()
    found = find_credentials(profiles, os.environ, token=asked.token, api_url=asked.api_url, profile=asked.profile)
    terminal.hide([found.token])
    if profiles.is_exposed():
        terminal.note(f"others can read {profiles.path}; chmod 600 keeps it yours")
    return found


def make_connection(credentials: Credentials, asked: ConnectionOptions, key: str | None = None) -> Connection:
    """The connection that these options ask for."""
    from batchctl.truto.connection import Connection

    return Connection(credentials.api_url, credentials.token, asked.timeout_s, key, allow_http=asked.allow_http)


def described(connection: Connection, credentials: Credentials, plan: Plan) -> str:
    """Which host, for which account, with whose token."""
    parts = [connection.host, f"account {plan.definition.integrated_account_id}", f"token from {credentials.source}"]
    if credentials.environment:
        parts.insert(1, credentials.environment)
    return " · ".join(parts)


def batch_key(plan: Plan, asked: ConnectionOptions, terminal: Terminal) -> str | None:
    """The idempotency key that is asked for; a batch that writes gets a new one, shown so that it can be repeated."""
    if asked.idempotency_key or not plan.writes:
        return asked.idempotency_key
    key = str(uuid.uuid4())
    terminal.note(f"idempotency key {key}")
    return key

"""From the options of a command to the credentials and the connection that they ask for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchctl.cli.run_options import ConnectionOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.config.credentials import Credentials
    from batchctl.service.connection import Connection


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
    from batchctl.service.connection import Connection

    return Connection(credentials.api_url, credentials.token, asked.timeout_s, key, allow_http=asked.allow_http)

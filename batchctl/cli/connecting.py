"""The token and API that options, a profile or the environment name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from batchctl.launch.api import ApiOptions

if TYPE_CHECKING:
    from batchctl.cli.terminal import Terminal
    from batchctl.config.credentials import Credentials
    from batchctl.execution.notices import Notify
    from batchctl.truto.connection import Connection

_USUAL = ApiOptions()


def connected(
    terminal: Terminal, asked: ApiOptions = _USUAL, notify: Notify | None = None
) -> tuple[Connection, Credentials]:
    """The connection to the API that the options ``asked`` name, and its credentials; the token is masked from now on.

    Without ``asked`` they are those of a command without options: the environment or the active profile decides.
    ``notify`` gets a notice where other users can read the file of profiles. Raises ``CredentialsError`` where there is
    no token, ``UsageError`` for an unknown profile or a bad URL.
    """
    found = asked.credentials(os.environ, notify)
    terminal.hide([found.token])
    return asked.connection(found), found

"""The token and API that options, a profile or the environment name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from batchctl.config.credentials import find_credentials
from batchctl.config.user import user_profiles
from batchctl.execution.notices import ConfigExposed, silent

if TYPE_CHECKING:
    from batchctl.cli.terminal import Terminal
    from batchctl.config.credentials import Credentials
    from batchctl.execution.notices import Notify


def credentials(
    terminal: Terminal,
    *,
    token: str | None = None,
    api_url: str | None = None,
    profile: str | None = None,
    notify: Notify = silent,
) -> Credentials:
    """The token and the API's URL: from the options, else the profile named, else the environment, else a login.

    ``token``, ``api_url`` and ``profile`` are the values of these options, None where they are not given. The token is
    masked in output from now on. ``notify`` gets a notice where other users can read the file with profiles. Raises
    ``CredentialsError`` where there is no token, ``UsageError`` for an unknown profile.
    """
    profiles = user_profiles(os.environ)
    found = find_credentials(profiles, os.environ, token=token, api_url=api_url, profile=profile)
    terminal.hide([found.token])
    if profiles.is_exposed():
        notify(ConfigExposed(profiles.path))
    return found

"""``batchctl login`` and ``logout``: keep credentials under a name."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from batchctl.cli.options import AllowHttpOption, Color, ColorOption
from batchctl.config.credentials import DEFAULT_API_URL
from batchctl.config.user import user_profiles
from batchctl.errors import Interrupted, UsageError

# Characters: tokens that are signed texts (JWT) have some thousands.
_MAX_TOKEN = 100_000
NameOption = Annotated[str, typer.Option("--profile", "-p", metavar="NAME", help="The name of the profile.")]


def login(
    *,
    profile: NameOption = "default",
    api_url: Annotated[str, typer.Option("--api-url", metavar="URL", help="Where the API is.")] = DEFAULT_API_URL,
    environment: Annotated[
        str | None, typer.Option("--environment", metavar="LABEL", help="What you call it: staging, production…")
    ] = None,
    token_stdin: Annotated[bool, typer.Option("--token-stdin", help="Read the token from stdin.")] = False,
    allow_http: AllowHttpOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Keep a token: in the system keyring where the package keyring is installed, else in a file of your own."""
    from batchctl.cli.terminal import Terminal
    from batchctl.config.profiles import Profile
    from batchctl.truto.connection import Connection

    token = _read_token(from_stdin=token_stdin)
    terminal = Terminal(color, secrets=[token])
    Connection(api_url, token, allow_http=allow_http)
    where = user_profiles(os.environ).save(Profile(profile, token, api_url, environment=environment))
    terminal.note(f"the token of profile {profile} is in {where}")


def logout(*, profile: NameOption = "default", color: ColorOption = Color.AUTO) -> None:
    """Forget the credentials of a profile."""
    from batchctl.cli.terminal import Terminal

    if not user_profiles(os.environ).remove(profile):
        raise UsageError(f'no profile is called "{profile}"', hint="profiles of Truto's own CLI are its own to change")
    Terminal(color).note(f"profile {profile} was removed")


def _read_token(*, from_stdin: bool) -> str:
    piped = from_stdin or not sys.stdin.isatty()
    token = sys.stdin.readline(_MAX_TOKEN + 1).strip() if piped else _asked_for()
    if len(token) > _MAX_TOKEN:
        raise UsageError("what comes on stdin is no token: its first line is too long")
    if not token:
        raise UsageError("no token was given", hint="paste it at the prompt, or pipe it in with --token-stdin")
    return token


def _asked_for() -> str:
    """What is typed at the prompt, which does not show it. Raises ``Interrupted``."""
    from getpass import getpass

    try:
        return getpass("Truto API token: ", stream=sys.stderr).strip()
    except EOFError:
        return ""
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        raise Interrupted("interrupted; nothing was saved") from None

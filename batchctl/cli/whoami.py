"""``batchctl whoami``: which token would go where, and whether the API takes it."""

from __future__ import annotations

from typing import Annotated

import typer

from batchctl.cli.options import (
    AllowHttpOption,
    Color,
    ColorOption,
    GivenUrlOption,
    ProfileOption,
    ReachTimeoutOption,
    TextOrJson,
    TextOrJsonOption,
    TokenOption,
)


def whoami(  # noqa: PLR0913 - the options of a command are its parameters
    *,
    token: TokenOption = None,
    api_url: GivenUrlOption = None,
    profile: ProfileOption = None,
    account: Annotated[
        str | None, typer.Option("--account", "-a", metavar="ID", help="Ask about this integrated account.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Say what would be used, without a request.")] = False,
    allow_http: AllowHttpOption = False,
    timeout_s: ReachTimeoutOption = 30,
    output: TextOrJsonOption = TextOrJson.TEXT,
    color: ColorOption = Color.AUTO,
) -> None:
    """Say which credentials are used, and ask the API whose they are."""
    from batchctl.cli.connecting import connected
    from batchctl.cli.notices import speaker
    from batchctl.cli.terminal import Terminal
    from batchctl.json_types import write_json
    from batchctl.launch.api import ApiOptions
    from batchctl.plain import clean

    terminal = Terminal(color)
    asked = ApiOptions(token, profile, api_url, allow_http, timeout_s, timeout_s)
    connection, found = connected(terminal, asked, speaker(terminal))
    account = account or found.account
    facts = {"host": connection.host, "token": found.source, "account": account, "environment": found.environment}
    if not offline:
        from batchctl.blocking import wait_for
        from batchctl.service.identity import identify

        identity = wait_for(identify(connection, account))
        facts["environment"] = identity.environment or found.environment
        facts |= {"integration": identity.integration, "status": identity.status}
    if output is TextOrJson.JSON:
        shown = {name: terminal.redactor.data(value) for name, value in facts.items()}
        terminal.document([write_json(shown, indent=2), "\n"])
        return
    terminal.result(f"{name:<12} {clean(value)}\n" for name, value in facts.items() if value)

"""Options that several commands share, declared once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from batchctl.cli.suggest import profile_names, resource_names


class Color(StrEnum):
    """The values of ``--color``, when to use colour: ``auto`` (on a terminal), ``always``, ``never``."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def _trimmed(text: str | None) -> str | None:
    return text.strip() if text else None


class TextOrJson(StrEnum):
    """The values of ``--output`` and ``--format`` of small commands, how they print: ``text`` or ``json``."""

    TEXT = "text"
    JSON = "json"


PathsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PATH|-]…", help="Files, folders (*.batch|sync.yaml|yml|json) or globs [default: .]."),
]
FilesArgument = Annotated[
    list[str], typer.Argument(metavar="FILE|-…", help="The definition, YAML or JSON; - reads stdin. May be several.")
]
FileArgument = Annotated[str, typer.Argument(metavar="FILE|-", help="The definition, YAML or JSON; - reads stdin.")]
OptionalFileArgument = Annotated[
    str | None,
    typer.Argument(metavar="[FILE|-]", help="The definition, YAML or JSON; - reads stdin.", show_default=False),
]
OptionalFilesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE|-…",
        show_default=False,
        help="The definition, YAML or JSON; - reads stdin. Several are run side by side. Not needed with --resume.",
    ),
]
AccountOption = Annotated[
    str | None,
    typer.Option("--account", "-a", metavar="ID", callback=_trimmed, help="Integrated account; overrides the file's."),
]
ArgOption = Annotated[
    list[str] | None,
    typer.Option(
        "--arg",
        metavar="NAME=TEXT",
        help="One argument: NAME=TEXT a string, NAME:=JSON any value, =@FILE from a file; a.b= reaches inside.",
    ),
]
ArgsFileOption = Annotated[
    list[Path] | None,
    typer.Option("--args-file", metavar="FILE", help="YAML or JSON mapping of arguments; a later one wins."),
]
EnvFileOption = Annotated[
    Path | None,
    typer.Option("--env-file", metavar="FILE", help="KEY=VALUE lines for ${VAR}; wins over the environment."),
]
AllowUnusedOption = Annotated[
    bool, typer.Option("--allow-unused", help="Let arguments pass that nothing in the definition reads.")
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="NAME",
        autocompletion=resource_names,
        help="This resource and what it depends on: a name, a pattern or tag:NAME; repeatable.",
    ),
]
SkipOption = Annotated[
    list[str] | None,
    typer.Option(
        "--skip",
        metavar="NAME",
        autocompletion=resource_names,
        help="Leave out this resource and what depends on it: a name, a pattern or tag:NAME; repeatable.",
    ),
]
ContextOption = Annotated[
    list[str] | None,
    typer.Option("--context", metavar="NAME:=JSON", help="A key of the account's context, off Truto (repeatable)."),
]
FixturesOption = Annotated[
    Path | None,
    typer.Option(
        "--fixtures",
        metavar="DIR",
        help="Folder of records [default: the file's fixtures key, else fixtures/ beside it].",
    ),
]
TextOrJsonOption = Annotated[TextOrJson, typer.Option("--output", "-o", help="How to print it.")]
ColorOption = Annotated[Color, typer.Option("--color", help="Colour in the output.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No notices and no warnings on stderr.")]
TokenOption = Annotated[
    str | None,
    typer.Option(
        "--token", metavar="TOKEN", help="Truto API token. [env var: TRUTO_API_TOKEN, which others can't see]"
    ),
]
ProfileOption = Annotated[
    str | None,
    typer.Option(
        "--profile",
        "-p",
        metavar="NAME",
        autocompletion=profile_names,
        help="Credentials of batchctl login, or of Truto's own CLI.",
    ),
]
GivenUrlOption = Annotated[
    str | None,
    typer.Option(
        "--api-url", metavar="URL", help="Where the API is. [env var: TRUTO_API_URL; default: https://api.truto.one]"
    ),
]
AllowHttpOption = Annotated[
    bool, typer.Option("--allow-http", help="Send the token over plain http to another machine.")
]
ApiUrlOption = Annotated[
    str,
    typer.Option("--api-url", envvar="TRUTO_API_URL", metavar="URL", help="Where the API is."),
]
ReachTimeoutOption = Annotated[
    float, typer.Option("--timeout", min=0.001, metavar="SECONDS", help="Longest wait for the API.")
]
ReportJunitOption = Annotated[
    Path | None, typer.Option("--report-junit", metavar="FILE", help="Also write JUnit XML, for CI servers.")
]
ReportJsonOption = Annotated[
    Path | None, typer.Option("--report-json", metavar="FILE", help="Also write calls, timings, retries as JSON.")
]
ReportHtmlOption = Annotated[
    Path | None, typer.Option("--report-html", metavar="FILE", help="Also write a page to read and to send on.")
]

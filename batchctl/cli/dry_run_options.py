"""The options of ``batchctl dry-run`` by subject."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import Annotated, ClassVar

import typer

from batchctl.cli.options import ApiUrlOption, ContextOption  # noqa: TC001 - typer reads them at run time
from batchctl.cli.suggest import request_beginnings
from batchctl.config.credentials import DEFAULT_API_URL
from batchctl.structs import Struct


class PreviewFormat(StrEnum):
    """The values of ``dry-run --format``: a tree, data, HTTP messages, or code that sends the batch.

    They are ``tree``, ``json``, ``yaml``, ``ndjson``, ``http``, ``curl``, ``javascript``, ``python``,
    ``typescript-sdk`` and ``python-sdk``.
    """

    TREE = "tree"
    JSON = "json"
    YAML = "yaml"
    NDJSON = "ndjson"
    HTTP = "http"
    CURL = "curl"
    JAVASCRIPT = "javascript"
    PYTHON = "python"
    TYPESCRIPT_SDK = "typescript-sdk"
    PYTHON_SDK = "python-sdk"


SNIPPET_FORMATS = (
    PreviewFormat.CURL,
    PreviewFormat.JAVASCRIPT,
    PreviewFormat.PYTHON,
    PreviewFormat.TYPESCRIPT_SDK,
    PreviewFormat.PYTHON_SDK,
)


class ViewOptions(Struct, frozen=True):
    """The options that choose how the requests are printed."""

    TITLE: ClassVar = "Format"

    output_format: Annotated[
        PreviewFormat,
        typer.Option("--format", help="tree, data (json, yaml, ndjson), http, or the one call as a snippet."),
    ] = PreviewFormat.TREE
    query: Annotated[
        str | None,
        typer.Option("--query", metavar="JSONATA", help="Print only what this picks from the JSON of --format json."),
    ] = None
    raw: Annotated[bool, typer.Option("--raw", help="With --query: print one text or number without quotes.")] = False
    everything: Annotated[bool, typer.Option("--all", help="Unfold long lists in the tree.")] = False
    explain: Annotated[bool, typer.Option("--explain", help="Tell where each value came from.")] = False
    summary: Annotated[bool, typer.Option("--summary", help="Only the closing line.")] = False
    per_request: Annotated[bool, typer.Option("--per-request", help="With --format curl: a command per request.")] = (
        False
    )
    show_secrets: Annotated[
        bool, typer.Option("--show-secrets", help="Print secrets of the file in a snippet; never the token.")
    ] = False
    api_url: ApiUrlOption = DEFAULT_API_URL


class SampleOptions(Struct, frozen=True):
    """The options that name records with which dependent requests are expanded."""

    TITLE: ClassVar = "Samples"

    sample: Annotated[
        list[str] | None,
        typer.Option(
            "--sample",
            metavar="RESOURCE=FILE",
            autocompletion=request_beginnings,
            help="Records of a resource, to expand what depends on it.",
        ),
    ] = None
    fixtures: Annotated[
        Path | None, typer.Option("--fixtures", metavar="DIR", help="Folder of records, as run --local reads it.")
    ] = None
    sample_run: Annotated[
        Path | None,
        typer.Option("--sample-run", metavar="FILE", help="The result of an earlier run (-o json) as records."),
    ] = None
    context: ContextOption = None

    @property
    def asked(self) -> bool:
        """Whether any records are named."""
        return bool(self.sample or self.sample_run or self.fixtures)


class CompareOptions(Struct, frozen=True):
    """The options that name another preview, with which this one is compared."""

    TITLE: ClassVar = "Comparison"

    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="FILE",
            help="A file, -, REVISION:FILE of git, or a dry run saved as JSON.",
        ),
    ] = None
    against_arg: Annotated[
        list[str] | None,
        typer.Option("--against-arg", metavar="NAME=TEXT", help="An argument of the other side; see --arg."),
    ] = None
    against_args_file: Annotated[
        list[Path] | None,
        typer.Option("--against-args-file", metavar="FILE", help="Arguments of the other side."),
    ] = None
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 when something differs.")] = False

    @property
    def asked(self) -> bool:
        """Whether another preview is named to compare with."""
        return bool(self.against or self.against_arg or self.against_args_file)

"""The options of ``--each``: the rows of a file, of stdin, or the accounts of the environment."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from batchctl.errors import UsageError
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

STDIN, ACCOUNTS = "-", "accounts"


class RowFormat(StrEnum):
    """The values of ``--each-format``: in which format the rows are."""

    CSV = "csv"
    TSV = "tsv"
    NDJSON = "ndjson"
    JSON = "json"
    YAML = "yaml"


class RowOptions(Struct, frozen=True):
    """The options that say what the rows are: those of a file, of stdin, or the environment's accounts."""

    TITLE: ClassVar = "Rows"

    each: Annotated[
        str | None,
        typer.Option(
            "--each",
            metavar="FILE|-|accounts",
            help="Once per row of a CSV, TSV, NDJSON, JSON or YAML file, of stdin, or once per account.",
        ),
    ] = None
    each_format: Annotated[
        RowFormat | None,
        typer.Option("--each-format", help="The format of the rows [default: by the file's ending]."),
    ] = None
    where: Annotated[
        str | None,
        typer.Option("--where", metavar="JSONATA", help="With --each accounts: only those for which this is true."),
    ] = None

    @property
    def is_accounts(self) -> bool:
        """Whether the rows are the environment's accounts."""
        return self.each == ACCOUNTS

    @property
    def file(self) -> Path | None:
        """The file that the rows are read from; None for stdin, for accounts, and without ``--each``."""
        return None if self.each in (None, STDIN, ACCOUNTS) else Path(str(self.each))

    def require_sense(self, definition: str | None) -> None:
        """Raise ``UsageError`` for options about rows that do not go together.

        ``definition`` is the file that is run (``-``: stdin, from which not both can come).
        """
        if self.each is None:
            for option, value in (("--each-format", self.each_format), ("--where", self.where)):
                if value is not None:
                    raise UsageError(f"{option} goes with --each")
            return
        if self.each == STDIN and definition == STDIN:
            raise UsageError("definition and rows can't both come from stdin", hint="name a file for one of them")
        if self.each == STDIN and self.each_format is None:
            raise UsageError("--each - needs to know what it reads", hint="--each-format csv, ndjson, json or yaml")
        if self.where is not None and not self.is_accounts:
            raise UsageError("--where goes with --each accounts")
        if self.is_accounts and self.each_format is not None:
            raise UsageError("--each-format is for the rows of a file, not for --each accounts")


class RunRowOptions(RowOptions, frozen=True):
    """The options that say what the rows are, how many run at once, and on which machines."""

    TITLE: ClassVar = "Rows"

    parallel: Annotated[
        int, typer.Option("--parallel", min=1, max=100, help="Rows of --each, or files, at once; rows in each worker.")
    ] = 4
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="WORKERS",
            help="Spread the rows over workers: local:N, dask://HOST:PORT, tls://HOST:PORT.",
        ),
    ] = None
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            metavar="URL",
            help="Where workers keep rows: a folder, s3://, gs://, postgresql:// [default: the run's own folder].",
        ),
    ] = None

    def require_workers(self) -> None:
        """Raise ``UsageError`` for ``--store`` without ``--on``, and for workers elsewhere without ``--store``."""
        if self.on is None:
            if self.store is not None:
                raise UsageError("--store goes with --on", hint="without workers a run is kept on this machine")
            return
        from batchctl.fleet.addresses import sees_this_machine

        if not sees_this_machine(self.on) and self.store is None:
            raise UsageError(
                "workers on other machines need a store that they all see",
                hint="--store FOLDER (shared), s3://BUCKET/PATH, gs://BUCKET/PATH or postgresql://…",
            )

    def require_rows(self) -> None:
        """Raise ``UsageError`` for ``--on`` without ``--each``."""
        if self.on is not None:
            raise UsageError("--on spreads the rows of --each over workers", hint="--each FILE, - or accounts")

    def require_reachable(self, to: Sequence[str]) -> None:
        """Raise ``UsageError`` for a place in ``to`` (``--to``) that the workers of ``--on`` can't reach.

        That is one on this machine, where the workers are on others.
        """
        if self.on is None:
            return
        from batchctl.destinations.choosing import is_here
        from batchctl.fleet.addresses import sees_this_machine

        unseen = [place for place in to if is_here(place)]
        if unseen and not sees_this_machine(self.on):
            raise UsageError(
                f"--to {unseen[0]} is on this machine, and workers on other machines do not reach it",
                hint="postgresql://… or webhook:URL",
            )

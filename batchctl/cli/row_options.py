"""The options of ``--each``: the rows of a file, of stdin, or the accounts of the environment."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from batchctl.errors import UsageError
from batchctl.launch.row_sources import RowSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.fleet.running import Workers


class RowFormat(StrEnum):
    """The values of ``--each-format``, the format of the rows: ``csv``, ``tsv``, ``ndjson``, ``json``, ``yaml``."""

    CSV = "csv"
    TSV = "tsv"
    NDJSON = "ndjson"
    JSON = "json"
    YAML = "yaml"


EachFormatOption = Annotated[
    RowFormat | None, typer.Option("--each-format", help="The format of the rows [default: by the file's ending].")
]


class RowOptions(RowSource, frozen=True):
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
    each_format: EachFormatOption = None
    where: Annotated[
        str | None,
        typer.Option("--where", metavar="JSONATA", help="With --each accounts: only those for which this is true."),
    ] = None


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

    @property
    def workers(self) -> Workers | None:
        """The workers that ``--on``, ``--store`` and ``--parallel`` describe; None without ``--on``."""
        if self.on is None:
            return None
        from batchctl.fleet.running import Workers

        return Workers(self.on, self.store, self.parallel)

    def require_workers(self) -> None:
        """Raise ``UsageError`` for ``--store`` without ``--on``, for workers elsewhere without it, and without Dask."""
        if self.on is None:
            if self.store is not None:
                raise UsageError("--store goes with --on", hint="without workers a run is kept on this machine")
            return
        from batchctl.fleet.addresses import require_dask, require_store

        require_store(self.on, self.store)
        require_dask()

    def require_rows(self) -> None:
        """Raise ``UsageError`` for ``--on`` without ``--each``."""
        if self.on is not None:
            raise UsageError("--on spreads the rows of --each over workers", hint="--each FILE, - or accounts")

    def require_reachable(self, to: Sequence[str]) -> None:
        """Raise ``UsageError`` for a place in ``to`` (``--to``) that the workers of ``--on`` can't reach.

        That is one on this machine, where the workers are on others. Without ``--on`` nothing is raised.
        """
        if self.on is not None:
            from batchctl.fleet.addresses import require_reachable

            require_reachable(self.on, to)

"""``--version`` and ``--help`` as whole processes, beside the smallest typer application with an option of its own."""

from __future__ import annotations

import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.frame import Aim, Row, as_process, batchctl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.frame import Contenders

# What batchctl did before it answered --version by itself: typer with its group, in plain style.
_TYPER_APP = """\
import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def show(wanted: bool) -> None:
    if wanted:
        typer.echo("app 0.1.0")
        raise typer.Exit


@app.callback()
def root(version: bool = typer.Option(False, "--version", callback=show, is_eager=True)) -> None:
    ...


@app.command()
def run(name: str) -> None:
    ...


app()
"""


@contextmanager
def opened() -> Iterator[Contenders]:
    """Ours, and a typer application of one file."""
    with tempfile.TemporaryDirectory() as name:
        app = Path(name) / "app.py"
        app.write_text(_TYPER_APP, "utf-8")
        yield {
            "--version": lambda: as_process(batchctl("--version")),
            "--help": lambda: as_process(batchctl("--help")),
            "typer --version": lambda: as_process([sys.executable, str(app), "--version"]),
            "typer --help": lambda: as_process([sys.executable, str(app), "--help"]),
        }


ROWS = [
    Row(
        "startup",
        "--version and --help",
        opened,
        (
            Aim("cpu_s", "--version", "typer --version", at_most=0.5),
            Aim("cpu_s", "--help", "typer --version", at_most=1.15),
        ),
        rounds=9,
    )
]

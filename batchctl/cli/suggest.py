"""What a shell may complete an option's value with. A proposal that can't be made is none: nothing here fails."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

# typer reads the annotations when a shell asks.
import typer  # noqa: TC002

from batchctl.errors import BatchctlError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.definition.model import Resource


def resource_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """The names of resources that complete ``incomplete``, from the definition on the command line.

    ``ctx`` is typer's context of that line. Empty where it names no file, or one that can't be read.
    """
    from batchctl.plan.definition_graph import build_graph

    return _matching(build_graph(_resources(ctx)).nodes, incomplete)


def request_beginnings(ctx: typer.Context, incomplete: str) -> list[str]:
    """``NAME=`` for each request whose name completes ``incomplete``, from the definition on the command line.

    ``ctx`` is typer's context of that line. Empty where it names no file, or one that can't be read.
    """
    from batchctl.plan.acceptance import request_names

    return _matching((f"{name}=" for name in request_names(_resources(ctx))), incomplete)


def _resources(ctx: typer.Context) -> tuple[Resource, ...]:
    """The resources of the definition that the command line names; none where it can't be read."""
    from batchctl.definition import read
    from batchctl.errors import UsageError
    from batchctl.files import read_file, reader_of

    # The option has no value yet, so that the parser stopped before it gave the file its name.
    file = ctx.params.get("file") or next(iter(ctx.args), None)
    file = next(iter(file), None) if isinstance(file, list | tuple) else file
    if not isinstance(file, str):
        return ()
    try:
        return read(read_file(Path(file)), file=file, read_file=reader_of(file)).resources
    except UsageError:
        return ()


def page_names(incomplete: str) -> list[str]:
    """The pages of the documentation whose name starts with ``incomplete``."""
    from batchctl.config.folders import pages_folder

    return _matching((page.stem for page in pages_folder().glob("*.md")), incomplete)


def codes(incomplete: str) -> list[str]:
    """The codes and names of problems that start with ``incomplete``."""
    from batchctl.diagnostics.catalogue import known_names

    return _matching(sorted(known_names()), incomplete)


def profile_names(incomplete: str) -> list[str]:
    """The names of the user's profiles that start with ``incomplete``; empty where their file can't be used."""
    from batchctl.config.user import user_profiles

    try:
        return _matching(user_profiles(os.environ).names(), incomplete)
    except BatchctlError:
        return []


def run_ids(incomplete: str) -> list[str]:
    """``latest`` and the ids of recorded runs, those that start with ``incomplete``.

    Empty where the folder of runs can't be read.
    """
    from batchctl.config.user import user_store

    try:
        return _matching(["latest", *(facts.id for facts in user_store(os.environ).list())], incomplete)
    except BatchctlError:
        return []


def _matching(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]

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


def resource_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """The resources of the definition that the command line names."""
    from batchctl.definition import read
    from batchctl.files import reader_of
    from batchctl.plan.definition_graph import build_graph

    # The option has no value yet, so that the parser stopped before it gave the file its name.
    file = ctx.params.get("file") or next(iter(ctx.args), None)
    file = next(iter(file), None) if isinstance(file, list | tuple) else file
    try:
        text = Path(file).read_bytes() if isinstance(file, str) else b""
    except OSError:
        return []
    loaded = read(text, file=str(file), read_file=reader_of(str(file)))
    return _matching(build_graph(loaded.resources).nodes, incomplete)


def page_names(incomplete: str) -> list[str]:
    """The pages of the documentation."""
    from batchctl.cli.pages import pages_folder

    return _matching((page.stem for page in pages_folder().glob("*.md")), incomplete)


def codes(incomplete: str) -> list[str]:
    """The codes and names of problems."""
    from batchctl.diagnostics.catalogue import known_names

    return _matching(sorted(known_names()), incomplete)


def profile_names(incomplete: str) -> list[str]:
    """The profiles of this user."""
    from batchctl.config.user import user_profiles

    try:
        return _matching(user_profiles(os.environ).names(), incomplete)
    except BatchctlError:
        return []


def run_ids(incomplete: str) -> list[str]:
    """The runs that can be resumed, and ``latest``."""
    from batchctl.config.user import user_store

    try:
        return _matching(["latest", *(facts.id for facts in user_store(os.environ).list())], incomplete)
    except BatchctlError:
        return []


def _matching(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]

"""From what ``--to`` says to the destinations of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.destinations.folder import FolderDestination
from batchctl.diagnostics.spelling import closest
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchctl.destinations.base import Destination, SyncRun

DEFAULT = "dir:sync-out"
SCHEMES = ("dir", "webhook", "sqlite")


def make_destinations(
    nodes: Mapping[str, str], places: Sequence[str], run: SyncRun, secret: str, now: Callable[[], str]
) -> dict[str, Destination]:
    """A destination for each of ``nodes`` (name → type). ``places`` are URLs, or ``NAME=URL`` for one of them.

    Raises ``UsageError`` for a name that is not there and a URL that is not known.
    """
    named: dict[str, str] = {}
    general = DEFAULT
    for place in places:
        name, equals, url = place.partition("=")
        if equals and ":" not in name:
            if name not in nodes:
                meant = closest(name, tuple(nodes))
                raise UsageError(
                    f"--to: there is no destination {name}", hint=f"did you mean {meant}?" if meant else _listed(nodes)
                )
            named[name] = url
        else:
            general = place
    return {name: _destination(named.get(name, general), name, kind, run, secret, now) for name, kind in nodes.items()}


def _destination(url: str, name: str, kind: str, run: SyncRun, secret: str, now: Callable[[], str]) -> Destination:
    scheme, colon, rest = url.partition(":")
    if scheme == "dir" and rest:
        return FolderDestination(Path(rest), name, kind, run, secret, now)
    if url.startswith(("http://", "https://")) or (scheme == "webhook" and rest):
        from batchctl.destinations.webhook import WebhookDestination  # noqa: PLC0415 - brings httpx

        return WebhookDestination(rest if scheme == "webhook" else url, run, secret, now)
    if scheme == "sqlite" and rest:
        from batchctl.destinations.sqlite import SqliteDestination  # noqa: PLC0415 - most go elsewhere

        return SqliteDestination(Path(rest), run, now)
    what = f"unknown destination {url}" if colon else f"a destination needs a scheme: {url}"
    raise UsageError(f"--to: {what}", hint="dir:PATH, webhook:URL or sqlite:PATH")


def _listed(nodes: Mapping[str, str]) -> str:
    return f"it has {', '.join(nodes)}"

"""Addresses of a cluster: what may travel over them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from batchctl.destinations.choosing import is_here
from batchctl.errors import UsageError
from batchctl.truto.connection import is_loopback

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENCRYPTED = ("tls", "wss")


def is_private(address: str) -> bool:
    """Whether a connection to ``address`` (``tls://HOST:PORT``) is safe from others: TLS, or within this machine."""
    scheme, _, rest = address.partition("://")
    return scheme in (*_ENCRYPTED, "inproc") or is_loopback(_host(rest))


def sees_this_machine(place: str) -> bool:
    """Whether the workers at ``place``, a value of ``--on``, can use this machine's disk: they run here.

    Raises ``UsageError`` for what names no workers, and for a connection over which a token could be read.
    """
    kind, where = read_place(place)
    # TLS alone does not say it.
    return kind == "local" or is_private(str(where).replace("tls://", "tcp://"))


def read_place(text: str) -> tuple[str, int | str]:
    """The kind of workers that a value of ``--on`` names, and how many or where they are.

    ``local:4`` → ``("local", 4)``; ``dask://HOST:PORT`` → ``("dask", "tcp://HOST:PORT")``; ``tls://HOST:PORT`` →
    ``("dask", "tls://HOST:PORT")``. Raises ``UsageError`` for what names no workers, and for a connection over which a
    token could be read.
    """
    kind, separator, rest = text.partition(":")
    if kind == "local" and separator:
        if rest.isdecimal() and 1 <= int(rest) <= 1000:
            return "local", int(rest)
        raise UsageError(f"--on {text}: local:N starts N workers on this machine", hint="for example --on local:4")
    scheme, separator, place = text.partition("://")
    if not separator or scheme not in ("dask", "tcp", "tls") or not place.rpartition(":")[2].isdecimal():
        raise UsageError(f"--on {text} names no workers", hint="local:N, dask://HOST:PORT or tls://HOST:PORT")
    if scheme == "tls":
        return "dask", f"tls://{place}"
    if not is_loopback(_host(place)):
        raise UsageError(
            f"--on {text}: the token would travel unencrypted to {_host(place)}",
            hint="set up TLS for the cluster and name it tls://HOST:PORT",
        )
    return "dask", f"tcp://{place}"


def require_dask() -> None:
    """Raise ``UsageError`` where Dask is not installed: before a run is recorded, which could not begin."""
    if find_spec("distributed") is None:
        raise UsageError("--on needs Dask", hint="pip install 'batchctl[fleet]'")


def require_store(on: str, store: str | None) -> None:
    """Raise ``UsageError`` for workers on other machines (``on``, as ``--on``) without a store that they all see.

    ``store`` is a value of ``--store``, None where none is given: any value will do here.
    """
    if store is None and not sees_this_machine(on):
        raise UsageError(
            "workers on other machines need a store that they all see",
            hint="--store FOLDER (shared), s3://BUCKET/PATH, gs://BUCKET/PATH or postgresql://…",
        )


def require_reachable(on: str, to: Sequence[str]) -> None:
    """Raise ``UsageError`` where records go ``to`` a place on this machine, which the workers ``on`` can't reach.

    ``to`` are values of ``--to``: all but databases in PostgreSQL and webhooks count as on this machine. ``on`` is a
    value of ``--on``.
    """
    unseen = [place for place in to if is_here(place)]
    if unseen and not sees_this_machine(on):
        raise UsageError(
            f"--to {unseen[0]} is on this machine, and workers on other machines do not reach it",
            hint="postgresql://… or webhook:URL",
        )


def _host(place: str) -> str:
    """``127.0.0.1`` of ``127.0.0.1:8786``, ``::1`` of ``[::1]:8786``."""
    host = place.partition("/")[0]
    host = host.rpartition(":")[0] if not host.endswith("]") else host
    return host.strip("[]")

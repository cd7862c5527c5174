"""From what ``--to`` says to the destinations of a run."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from batchctl.destinations.folder import FolderDestination
from batchctl.destinations.receivers import Receivers
from batchctl.diagnostics.spelling import closest
from batchctl.errors import UsageError
from batchctl.files import is_usable
from batchctl.redaction import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from batchctl.destinations.base import Destination, SyncRun
    from batchctl.destinations.tables.database import Database
    from batchctl.destinations.tables.store import TableStore

DEFAULT = "dir:sync-out"
_HINT = "dir:PATH, s3://… or gs://…, webhook:URL, duckdb:PATH, sqlite:PATH, postgresql://… or parquet:PATH"
# The package that knows a bucket, by scheme; the last one is fsspec's own, in the memory of the process.
BUCKETS = {"s3": "s3fs", "gs": "gcsfs", "memory": "fsspec"}
_POSTGRES = ("postgresql://", "postgres://")
_FILES = ("dir:", *(f"{scheme}://" for scheme in BUCKETS))
_WEBHOOK = ("webhook:", "http://", "https://")
_ONE_WRITER = ("sqlite:", "duckdb:", "parquet:")
_PATHS = ("dir", "webhook", "sqlite", "duckdb", "parquet")
_HOSTS = (*BUCKETS, "http", "https", "postgresql", "postgres")
# How a destination is written, by its scheme.
_FORMS = {name: f"{name}:PATH" for name in _PATHS} | {"webhook": "webhook:URL"}
_FORMS |= {name: f"{name}://…" for name in _HOSTS}
_EXTRA = "pip install 'batchctl[destinations]'"


class Places:
    """The values of ``--to``, and the destinations that they name: ``URL`` for all nodes, ``NAME=URL`` for one node.

    ``written`` are these values; a node's own URL goes before the one for all. Nodes without a URL deliver to
    ``default``, or nowhere where that is None. ``secret`` signs what webhooks get; ``now`` returns the current time in
    ISO 8601. Destinations with the same database URL share one connection. ``receivers`` has what is known of the hosts
    of webhooks; other ``Places`` may share it (None: its own).
    """

    def __init__(
        self,
        written: Sequence[str],
        secret: str,
        now: Callable[[], str],
        *,
        default: str | None = DEFAULT,
        receivers: Receivers | None = None,
    ) -> None:
        self._written = written
        self._default = default
        self._secret = secret
        self._now = now
        self._receivers = receivers or Receivers()
        self._stores: dict[str, TableStore] = {}

    def destinations(self, nodes: Mapping[str, str], run: SyncRun) -> dict[str, Destination]:
        """A destination for each node that delivers somewhere, by the node's name.

        ``nodes`` are the destination nodes of the sync job: name → type (``webhook``, ``datastore`` …). Raises
        ``UsageError`` for a name in ``--to`` that no node has, and for a URL that is unknown or can't be used.
        """
        urls = _urls(self._written, nodes, self._default)
        return {name: self._destination(url, name, nodes[name], run) for name, url in urls.items()}

    def _destination(self, url: str, name: str, kind: str, run: SyncRun) -> Destination:
        scheme, _, rest = url.partition(":")
        if url.startswith(_FILES):
            _require_below(name, url)
        if scheme == "dir":
            return FolderDestination(Path(rest), name, kind, run, self._secret, self._now)
        if scheme in BUCKETS:
            return _bucket(url, name, kind, run, self._secret, self._now)
        if url.startswith(("http://", "https://")) or scheme == "webhook":
            from batchctl.destinations.webhook import WebhookDestination

            target = rest if scheme == "webhook" else url
            return WebhookDestination(target, name, run, self._secret, self._now, receivers=self._receivers)
        from batchctl.destinations.tables.destination import TableDestination

        return TableDestination(self._store(url, scheme, rest), run, self._now)

    def _store(self, url: str, scheme: str, rest: str) -> TableStore:
        if url not in self._stores:
            from batchctl.destinations.tables.store import TableStore

            self._stores[url] = TableStore(_database(url, scheme, rest))
        return self._stores[url]


def _urls(written: Sequence[str], nodes: Iterable[str], default: str | None) -> dict[str, str]:
    """Where each of ``nodes`` goes, without those that go nowhere. Raises ``UsageError``."""
    known = tuple(nodes)
    chosen: dict[str | None, str] = {}
    for place in written:
        name, url = _divided(place)
        _require_known(url)
        if name in chosen:
            what = "a URL for all" if name is None else name
            raise UsageError(f"--to: {what} is given twice", hint="NAME=URL is for one destination")
        if name is not None and name not in known:
            meant = closest(name, known)
            hint = f"did you mean {meant}?" if meant else f"there is {', '.join(known) or 'none'}"
            raise UsageError(f"--to: nothing that is delivered is called {name}", hint=hint)
        chosen[name] = url
    general = chosen.get(None, default)
    urls = {name: chosen.get(name, general) for name in known}
    return {name: url for name, url in urls.items() if url is not None}


def _require_known(url: str) -> None:
    """Raise ``UsageError`` for a URL of no kind of destination."""
    scheme, colon, rest = url.partition(":")
    if scheme == "webhook" and rest and not rest.startswith(("http://", "https://")):
        raise UsageError(f"--to: {url} is no http:// or https:// URL")
    if scheme in _PATHS and not is_usable(rest):
        raise UsageError(f"--to: {scheme}: is followed by a character that no path can have")
    if rest and (scheme in _PATHS or (scheme in _HOSTS and rest.startswith("//"))):
        return
    what = f"unknown destination {url}" if colon else f"a destination needs a scheme: {url}"
    meant = closest(scheme, tuple(_FORMS)) if colon else None
    raise UsageError(f"--to: {what}", hint=f"did you mean {_FORMS[meant]}?" if meant else _HINT)


def _require_below(name: str, url: str) -> None:
    """Raise ``UsageError`` where the folder ``name``, which the node ``name`` gets, would not lie in ``url``."""
    place = PurePath(name)
    if place.anchor or ".." in place.parts or not is_usable(name):
        raise UsageError(
            f"--to: the resource {name} can't have a folder in {url}", hint="give it a name of letters, digits and -"
        )


def has_posts(written: Sequence[str], nodes: Mapping[str, str], idle: Collection[str] = ()) -> bool:
    """Whether any of ``nodes`` delivers signed posts: to a webhook, or as files of what a webhook would get.

    ``written`` are the values of ``--to``; ``nodes`` has the type of each destination node by its key; ``idle`` are the
    keys of those that get nothing in this run. Raises ``UsageError`` for values that can't be used.
    """
    urls = _urls(written, nodes, DEFAULT)
    return any(
        is_webhook(url) or (nodes[name] == "webhook" and url.startswith(_FILES))
        for name, url in urls.items()
        if name not in idle
    )


def _bucket(url: str, name: str, kind: str, run: SyncRun, secret: str, now: Callable[[], str]) -> Destination:
    """Objects in a bucket. Raises ``UsageError``."""
    scheme = url.partition(":")[0]
    if not url.partition("//")[2].strip("/"):
        raise UsageError(f"--to: {url} names no bucket", hint=f"{scheme}://BUCKET/PATH")
    try:
        from batchctl.destinations.bucket import BucketDestination

        return BucketDestination(url.rstrip("/"), name, kind, run, secret, now)
    except ImportError as error:
        missing = BUCKETS[scheme]
        raise UsageError(
            f"--to {scheme}: needs the package {missing}, which is not installed",
            hint=f"pip install {missing}, or 'batchctl[buckets]'",
        ) from error
    except ValueError as error:
        raise UsageError(f"--to: {url} can't be used: {error}", hint=f"{scheme}://BUCKET/PATH") from error


def _database(url: str, scheme: str, rest: str) -> Database[Any]:
    """The database that a URL names. Raises ``UsageError``."""
    try:
        if scheme == "sqlite":
            from batchctl.destinations.tables.sqlite import SqliteDatabase

            return SqliteDatabase(Path(rest))
        if scheme == "duckdb":
            from batchctl.destinations.tables.duckdb import DuckDatabase

            return DuckDatabase(Path(rest))
        if scheme == "parquet":
            from batchctl.destinations.tables.duckdb import ParquetFolder

            return ParquetFolder(Path(rest))
        from batchctl.destinations.tables.postgres import PostgresDatabase
    except ImportError as error:
        raise UsageError(
            f"--to {scheme}: needs the package {error.name}, which is not installed", hint=_EXTRA
        ) from error
    try:
        return PostgresDatabase(url)
    except ValueError as error:
        raise UsageError(
            "--to: this postgresql:// URL can't be read", hint="postgresql://USER:PASSWORD@HOST:5432/DATABASE"
        ) from error


def _divided(place: str) -> tuple[str | None, str]:
    """``NAME=URL`` → both; the ``=`` of a URL's own query is none of ours."""
    name, equals, url = place.partition("=")
    return (name, url) if equals and ":" not in name else (None, place)


def place_below(place: str, folder: str) -> str:
    """The value ``place`` of ``--to`` with ``/folder`` appended if it is a folder or bucket; others are not changed."""
    url = _divided(place)[1]
    return f"{place.rstrip('/')}/{folder}" if url.startswith(_FILES) else place


def with_default(written: Sequence[str]) -> list[str]:
    """The values of ``--to`` in ``written``, plus ``dir:sync-out`` unless one of them is for all nodes."""
    return [*written, *([] if any(_divided(place)[0] is None for place in written) else [DEFAULT])]


def is_webhook(place: str) -> bool:
    """Whether ``place``, a value of ``--to``, is a webhook or an HTTP URL."""
    return _divided(place)[1].startswith(_WEBHOOK)


def is_here(place: str) -> bool:
    """Whether ``place``, a value of ``--to``, is anything but PostgreSQL and webhooks: a file, a folder or a bucket."""
    return not _divided(place)[1].startswith((*_POSTGRES, *_WEBHOOK))


def has_one_writer(place: str) -> bool:
    """Whether ``place``, a value of ``--to``, can be written by one process at a time only: SQLite, DuckDB, Parquet."""
    return _divided(place)[1].startswith(_ONE_WRITER)


def whole_place(place: str, folder: Path) -> str:
    """The value ``place`` of ``--to`` with its path made absolute: ``dir:out`` → ``dir:/home/me/out``.

    A relative path is taken from ``folder``. A place that is no path on this machine (a bucket, webhook or PostgreSQL)
    is returned unchanged.
    """
    name, url = _divided(place)
    scheme, _, path = url.partition(":")
    if not path or not url.startswith(("dir:", *_ONE_WRITER)):
        return place
    return f"{'' if name is None else f'{name}='}{scheme}:{folder / path}"


def places_without_secrets(written: Sequence[str]) -> list[str]:
    """The values of ``--to`` in ``written``, with passwords and secret parameters cut out of their URLs."""
    hidden = sorted(place_secrets(written), key=len, reverse=True)
    return [_without(place, hidden) for place in written]


def _without(text: str, hidden: Sequence[str]) -> str:
    for secret in hidden:
        text = text.replace(secret, "")
    return text


def place_secrets(written: Sequence[str]) -> set[str]:
    """The passwords and the values of secret-looking parameters in the URLs of ``written``, values of ``--to``.

    Each is in the set twice: as it is written and percent-decoded. Of a URL that can't be read the whole is a secret.
    """
    found: set[str] = set()
    for place in written:
        url = _divided(place)[1].removeprefix("webhook:")
        try:
            given = urlsplit(url)
        except ValueError:
            # Where it is unreadable nobody knows what of it is a secret.
            found.add(url)
            continue
        values = [given.netloc.rpartition("@")[0].partition(":")[2]]
        values += [value for name, _, value in (pair.partition("=") for pair in given.query.split("&")) if _hides(name)]
        found.update(*((value, unquote(value)) for value in values))
    return found - {""}


def _hides(name: str) -> bool:
    return is_secret_name(unquote(name))

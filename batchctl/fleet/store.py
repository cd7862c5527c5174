"""What all workers share: claims, journals and results of rows, as named texts in one place (``--store``).

A place is a folder that all machines see, a bucket (``s3://``, ``gs://``) or a PostgreSQL database. Names are paths
such as ``RUN/rows/ab/abcd…/result``; each is written whole.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from batchctl.errors import StoreError, UsageError
from batchctl.files import reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

P = ParamSpec("P")
Answer = TypeVar("Answer")
_PARTIAL = ".partial"


class Store(Protocol):
    """Where workers keep claims, journals and results of rows for each other: named contents in one shared place.

    Names are paths such as ``RUN/rows/ab/abcd…/result``. ``is_near`` says that it answers at once: from a disk of this
    machine, where a thread would take longer to start. Every method raises ``StoreError`` where the store can't be
    used.
    """

    is_near: bool

    def read(self, name: str) -> bytes | None:
        """The content stored under ``name``; None where there is none."""

    def write(self, name: str, data: bytes) -> None:
        """Store ``data`` under ``name``, whole, replacing what was there; it is stored when this returns."""

    def create(self, name: str, data: bytes) -> bool:
        """Store ``data`` under ``name`` if that is free, else False. Of several workers that try, one succeeds."""

    def names(self, prefix: str) -> Iterator[str]:
        """The names that begin with ``prefix``, which ends with a slash; in no certain order."""

    def close(self) -> None:
        """Close the store."""


async def apart(store: Store, work: Callable[P, Answer], /, *given: P.args, **named: P.kwargs) -> Answer:
    """The result of ``work``, a method of ``store``, called with the other arguments.

    Unless the store is near, it is called in a thread, so that other tasks go on meanwhile.
    """
    if store.is_near:
        return work(*given, **named)
    return await asyncio.to_thread(work, *given, **named)


def open_store(url: str, *, is_near: bool = False) -> Store:
    """The store at ``url``: a folder, ``s3://…``, ``gs://…`` or ``postgresql://…``.

    ``is_near`` says that a folder is on this machine's disk. Raises ``UsageError`` for another kind of URL,
    ``StoreError`` where it can't be opened.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return FolderStore(Path(url), is_near=is_near)
    match scheme:
        case "file":
            return FolderStore(Path(rest))
        case "postgresql" | "postgres":
            from batchctl.fleet.postgres import PostgresStore

            return PostgresStore(url)
        case "s3" | "gs" | "gcs" | "memory":
            from batchctl.fleet.object_store import ObjectStore

            return ObjectStore(url)
    raise UsageError(
        f'--store: there is no store of the kind "{scheme}://"',
        hint="a folder that all workers see, s3://BUCKET/PATH, gs://BUCKET/PATH or postgresql://…",
    )


class FolderStore:
    """A store for workers in a folder: on this machine, or one that all machines mount.

    A name is a path in the folder (``rows/1.json``). Its files are readable by their owner only. ``is_near`` says that
    it is on a disk of this machine, which answers at once. The methods raise ``StoreError`` where the folder can't be
    used.
    """

    def __init__(self, folder: Path, *, is_near: bool = False) -> None:
        self._folder = folder
        self.is_near = is_near

    def read(self, name: str) -> bytes | None:
        """The content of the file ``name``; None where there is none. Raises ``StoreError`` where it can't be read."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed(error) from error

    def write(self, name: str, data: bytes) -> None:
        """Write ``data`` as the file ``name``: into a temporary file first, which then replaces it.

        Raises ``StoreError`` where it can't be written.
        """
        path = self._path(name)
        try:
            partial = self._written(path, data)
            partial.replace(path)
        except OSError as error:
            raise self._failed(error) from error

    def create(self, name: str, data: bytes) -> bool:
        """Write ``data`` as the file ``name``; False where there is one. A hard link decides that, across processes."""
        path = self._path(name)
        try:
            partial = self._written(path, data)
            try:
                os.link(partial, path)
            except FileExistsError:
                return False
            finally:
                partial.unlink(missing_ok=True)
        except OSError as error:
            raise self._failed(error) from error
        return True

    def names(self, prefix: str) -> Iterator[str]:
        """The names of the files below ``prefix``, which they begin with; in no certain order."""
        try:
            for folder, _, files in os.walk(self._path(prefix.rstrip("/"))):
                base = Path(folder).relative_to(self._folder).as_posix()
                yield from (f"{base}/{file}" for file in sorted(files) if not file.endswith(_PARTIAL))
        except OSError as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Does nothing: no file stays open."""

    def _written(self, path: Path, data: bytes) -> Path:
        partial = path.with_name(f"{uuid.uuid4().hex}{_PARTIAL}")
        try:
            handle = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
        return partial

    def _path(self, name: str) -> Path:
        return self._folder / name

    def _failed(self, error: OSError) -> StoreError:
        return StoreError(f"can't use the store {self._folder}: {reason_of(error)}")

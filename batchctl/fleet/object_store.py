"""A bucket as a store: the one module that knows fsspec."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from batchctl.errors import StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGES = {"s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs"}


class ObjectStore:
    """A store for workers in a bucket, with the machine's credentials as fsspec finds them.

    ``url`` is ``s3://BUCKET/PATH`` or ``gs://BUCKET/PATH``. The constructor raises ``UsageError`` where the package for
    such a bucket is missing; the methods raise ``StoreError``.
    """

    is_near = False

    def __init__(self, url: str) -> None:
        scheme = url.partition("://")[0]
        try:
            from fsspec.core import url_to_fs

            # A listing that is kept would hide what other machines write since: from reads, too, since s3fs looks there
            # for the size of what it reads.
            self._files, self._root = url_to_fs(url, use_listings_cache=False)
        except ImportError as error:
            missing = _PACKAGES.get(scheme, "fsspec")
            raise UsageError(f"--store {scheme}:// needs {missing}", hint=f"pip install {missing}") from error
        self._url = url

    def read(self, name: str) -> bytes | None:
        """The content of the object ``name``; None where there is none."""
        with self._explained():
            try:
                data: bytes = self._files.cat_file(self._at(name))
            except FileNotFoundError:
                # So it is called, too, where there is no bucket: the first write says that.
                return None
            return data

    def write(self, name: str, data: bytes) -> None:
        """Write ``data`` as the object ``name``: it appears whole or not at all."""
        with self._explained():
            self._files.pipe_file(self._at(name), data)

    def create(self, name: str, data: bytes) -> bool:
        """Write ``data`` as the object ``name`` where there is none; False where there is one.

        In a bucket without conditional writes two processes may both succeed; then the later write wins.
        """
        with self._explained():
            try:
                self._files.pipe_file(self._at(name), data, mode="create")
            except FileExistsError:
                return False
            return True

    def names(self, prefix: str) -> Iterator[str]:
        """The names of the objects below ``prefix``, which they begin with; in no certain order."""
        with self._explained():
            try:
                found: list[str] = self._files.find(self._at(prefix.rstrip("/")))
            except FileNotFoundError:
                found = []
        start = len(self._root.rstrip("/")) + 1
        yield from (path[start:] for path in found)

    def close(self) -> None:
        """Does nothing: no connection stays open."""

    def _at(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What a bucket complains of has as many types as there are libraries."""
        try:
            yield
        except Exception as error:
            raise StoreError(f"can't use the store {self._url}: {_reason(error)}") from error


def _reason(error: Any) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__

"""``s3://BUCKET/PATH`` and ``gs://BUCKET/PATH``: objects in a bucket, through fsspec."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fsspec.core import url_to_fs

from batchctl.destinations.objects import ObjectDestination, highest_number
from batchctl.errors import DeliveryFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import PurePosixPath

    from batchctl.destinations.base import SyncRun


class BucketDestination(ObjectDestination):
    """Writes files, here called objects, into a bucket of S3 or Google Cloud Storage, below a URL.

    ``url`` is ``s3://BUCKET/PATH`` or ``gs://BUCKET/PATH``; the credentials are those of the machine, as fsspec finds
    them. ``name`` is the node's name, ``kind`` its type (``webhook``, ``datastore`` …); ``secret`` signs posts, ``now``
    returns the current time in ISO 8601. The constructor raises ``ImportError`` where the package for such a bucket is
    missing, and ``ValueError`` for a URL that fsspec can't use.
    """

    def __init__(self, url: str, name: str, kind: str, run: SyncRun, secret: str, now: Callable[[], str]) -> None:
        super().__init__(name, kind, run, secret, now)
        self._url = url
        # Nothing is kept from call to call: a bucket has other writers.
        self._files, self._root = url_to_fs(url, use_listings_cache=False)

    async def write(self, place: PurePosixPath, content: str | bytes) -> None:
        """Write an object: it is there whole or not at all, whatever ends the run. Raises ``DeliveryFailed``.

        ``place`` is its path below the destination's URL, ``content`` its bytes, or its text, which is stored in UTF-8.
        """
        path = f"{self._root.rstrip('/')}/{place}"
        data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
        try:
            await asyncio.to_thread(self._files.pipe_file, path, data)
        except Exception as error:
            # What a bucket complains of has as many types as there are libraries.
            raise DeliveryFailed(f"{self._url}/{place} can't be written: {_reason(error)}") from error

    async def highest(self) -> int:
        """The highest number in the names of this node's objects (7 for ``00007.json``), 0 for none.

        Raises ``DeliveryFailed``.
        """
        path = f"{self._root.rstrip('/')}/{self.receiver}"
        try:
            return highest_number(await asyncio.to_thread(self._files.find, path))
        except FileNotFoundError:
            # A bucket that is not there is said by the write that follows.
            return 0
        except Exception as error:
            raise DeliveryFailed(f"{self._url}/{self.receiver} can't be read: {_reason(error)}") from error


def _reason(error: Any) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__

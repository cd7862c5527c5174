"""A file for a response that must not be lost: where its disk is full, it goes on elsewhere."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Place: TypeAlias = tuple[BinaryIO, Path | None]

# Copied at a time.
_CHUNK = 1 << 20


class SpilloverFile(io.RawIOBase):
    """A file that is moved elsewhere when its disk is full, so that a response is not lost.

    It starts as ``file`` (empty, unbuffered); when that takes no more, its content is copied to the first file of
    ``places`` that has room (None: those of ``other_places``). ``path`` is where the bytes are, None in memory;
    ``moved`` says whether it was moved.
    """

    def __init__(
        self,
        file: BinaryIO,
        path: Path | None,
        places: Callable[[], Iterator[Place]] | None = None,
    ) -> None:
        super().__init__()
        self.path = path
        self.moved = False
        self._file = file
        self._places = (places or other_places)()

    def write(self, data: bytes) -> int:  # type: ignore[override]  # bytes are all that is written here
        """Write all of ``data``, and return its length. Raises ``OSError`` only when no place takes it."""
        view = memoryview(data)
        while view:
            try:
                view = view[self._file.write(view) :]
            except OSError:
                self._move()
        return len(data)

    def _move(self) -> None:
        """Go on in the next place that takes what there is."""
        at = self._file.tell()
        for other, path in self._places:
            try:
                self._copy_to(other)
            except OSError:
                other.close()
                if path is not None:
                    path.unlink(missing_ok=True)
                continue
            other.seek(at)
            self._file, self.path, self.moved = other, path, True
            return
        raise OSError("no place takes the response")

    def _copy_to(self, other: BinaryIO) -> None:
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            view = memoryview(chunk)
            while view:
                view = view[other.write(view) :]

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # as the file does
        """Read from the current position into ``buffer``, and return how many bytes were read, 0 at the end."""
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to ``offset`` bytes from ``whence``, and return the new position, as ``io.IOBase.seek`` does."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The current position in the file, in bytes from its start."""
        return self._file.tell()

    def truncate(self, size: int | None = None) -> int:
        """Cut the file off after ``size`` bytes (None: here), as ``io.IOBase.truncate`` does."""
        return self._file.truncate(size)

    def fileno(self) -> int:
        """The descriptor of the file in which the bytes are at the moment."""
        return self._file.fileno()

    def readable(self) -> bool:
        """Always True."""
        return True

    def writable(self) -> bool:
        """Always True."""
        return True

    def seekable(self) -> bool:
        """Always True."""
        return True

    def close(self) -> None:
        """Close the file in which the bytes are at the moment."""
        self._file.close()
        super().close()


def other_places() -> Iterator[Place]:
    """New files that a response can be moved to, each with its path (None: in memory).

    They are in the temporary folder, then in the current folder, then in memory where the system has that.
    """
    for folder in (tempfile.gettempdir(), "."):
        try:
            handle, name = tempfile.mkstemp(prefix="batchctl-", suffix=".json", dir=folder)
        except OSError:
            continue
        yield os.fdopen(handle, "w+b", buffering=0), Path(name)
    if sys.platform == "linux":
        yield os.fdopen(os.memfd_create("response"), "w+b", buffering=0), None

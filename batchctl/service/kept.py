"""A response body on disk: written as it comes without the secrets of the run, read back exactly as it came."""

from __future__ import annotations

import os
import threading
import weakref
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from batchctl.redaction import Redactor
    from batchctl.redaction.seal import Seal


class ResponseFile:
    """A stored response that can be read from any offset, repeatedly, with the run's secrets restored.

    It works even after its writer has closed or removed the file. ``read`` gives bytes in which secrets are still
    marks, ``opened`` restores them in a text made of these. ``seal`` restores the secrets; it is None where there are
    none in it.
    """

    def __init__(self, file: IO[bytes], seal: Seal | None = None) -> None:
        self._file = os.fdopen(os.dup(file.fileno()), "rb", buffering=0)
        self._lock = threading.Lock()
        self._seal = seal
        weakref.finalize(self, self._file.close)

    @property
    def is_sealed(self) -> bool:
        """Whether the file has marks in the place of secrets, so that what is read must pass ``opened``."""
        return self._seal is not None

    def opened(self, text: str) -> str:
        """A text from the file with its secrets restored.

        Raises ``UnknownSecret`` for a mark whose secret is not known.
        """
        return self._seal.opened(text) if self._seal else text

    def read(self, offset: int, size: int) -> bytes:
        """``size`` bytes of the file from byte ``offset`` on; fewer only at the end. Secrets in them are still marks.

        Raises ``OSError`` where the file can't be read.
        """
        with self._lock:
            self._file.seek(offset)
            pieces = []
            while size > 0 and (piece := self._file.read(size)):
                pieces.append(piece)
                size -= len(piece)
            return b"".join(pieces)


class Kept:
    """Stores a response in a file while it is received, with marks in place of the run's secrets.

    Call ``write`` with each chunk, then ``flush``, and ``reader`` to read it; ``restart`` before another attempt. All
    four raise ``OSError`` where the file can't be used. ``file`` is empty and open for writing and reading;
    ``redactor`` has the secrets. ``size`` is how many bytes have come.
    """

    def __init__(self, file: IO[bytes], redactor: Redactor) -> None:
        self._file = file
        self._seal = redactor.seal()
        self.size = 0

    def restart(self) -> None:
        """Delete what an earlier attempt has written, and begin anew."""
        self._file.seek(0)
        self._file.truncate()
        self._seal.restart()
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Write ``chunk``, the next bytes of the response. Raises ``OSError`` where the file can't be written."""
        self.size += len(chunk)
        self._file.write(self._seal.feed(chunk))

    def flush(self) -> None:
        """Write what is still held back, when the response is complete."""
        self._file.write(self._seal.rest())
        self._file.flush()

    def reader(self) -> ResponseFile:
        """What reads all that has been written so far; it writes what is held back first, as ``flush`` does."""
        self.flush()
        return ResponseFile(self._file, self._seal if self._seal.marks else None)

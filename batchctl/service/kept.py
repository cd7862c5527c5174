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
    """Reads a file again and again, from any place, also after its writer has closed or removed it.

    ``seal`` puts the secrets back; it is None where there are none in it.
    """

    def __init__(self, file: IO[bytes], seal: Seal | None = None) -> None:
        self._file = os.fdopen(os.dup(file.fileno()), "rb", buffering=0)
        self._lock = threading.Lock()
        self._seal = seal
        weakref.finalize(self, self._file.close)

    @property
    def is_sealed(self) -> bool:
        """Whether marks stand for secrets: then ``opened`` has to see what is read."""
        return self._seal is not None

    def opened(self, text: str) -> str:
        """JSON text with its secrets back in place."""
        return self._seal.opened(text) if self._seal else text

    def read(self, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``offset`` on; fewer at the end alone."""
        with self._lock:
            self._file.seek(offset)
            pieces = []
            while size > 0 and (piece := self._file.read(size)):
                pieces.append(piece)
                size -= len(piece)
            return b"".join(pieces)


class Kept:
    """``file`` is empty and open for writing and reading; the secrets of ``redactor`` never reach it."""

    def __init__(self, file: IO[bytes], redactor: Redactor) -> None:
        self._file = file
        self._seal = redactor.seal()
        self.size = 0

    def restart(self) -> None:
        """Forget what an earlier attempt brought."""
        self._file.seek(0)
        self._file.truncate()
        self._seal.restart()
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Take the next bytes of the response."""
        self.size += len(chunk)
        self._file.write(self._seal.feed(chunk))

    def flush(self) -> None:
        """Nothing more will come: all of it is to be on disk."""
        self._file.write(self._seal.rest())
        self._file.flush()

    def reader(self) -> ResponseFile:
        """All that came, to be read from any place."""
        self.flush()
        return ResponseFile(self._file, self._seal if self._seal.marks else None)

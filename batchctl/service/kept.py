"""An answer on disk: written as it comes without the secrets of the run, read back exactly as it came."""

from __future__ import annotations

import codecs
from typing import IO, TYPE_CHECKING

from batchctl.redaction.seal import OpenedReader

if TYPE_CHECKING:
    from batchctl.redaction import Redactor
    from batchctl.redaction.seal import Reader


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
        """Take the next bytes of the answer."""
        self.size += len(chunk)
        self._file.write(self._seal.feed(chunk))

    def flush(self) -> None:
        """Nothing more will come: all of it is to be on disk."""
        self._file.write(self._seal.rest())
        self._file.flush()

    def reader(self) -> Reader:
        """All that came, as text, from its beginning."""
        self.flush()
        self._file.seek(0)
        plain = codecs.getreader("utf-8")(self._file, "replace")
        return OpenedReader(plain, self._seal) if self._seal.marks else plain

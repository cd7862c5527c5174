"""The streams of the language server: an editor that goes away is no error, whatever it was about to say or to get."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from batchctl.lsp.server import Server


class Input:
    """A stream for pygls to read an editor's messages from; where it ends within a message, that counts as its end.

    ``stream`` is the one that is read, usually ``sys.stdin.buffer``.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readline(self) -> bytes:
        """The next line, with its end; empty at the end of the stream."""
        return self._stream.readline()

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes; empty where there are not so many."""
        data = self._stream.read(size)
        return data if len(data) == size else b""


class Output:
    """A stream for pygls to write messages to an editor: once that has closed it, nothing more is written.

    ``stream`` is the one that is written to, usually ``sys.stdout.buffer``.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._gone = False

    def write(self, data: bytes) -> int:
        """Write ``data``, or nothing once the editor is gone; returns the length of ``data`` in both cases."""
        if not self._gone:
            try:
                self._stream.write(data)
                self._stream.flush()
            except OSError:
                self._gone = True
        return len(data)

    def flush(self) -> None:
        """Does nothing: every message is flushed as it is written."""

    def close(self) -> None:
        """Does nothing: the stream is the process's, which closes it."""


def serve(server: Server, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Serve the editor at these streams until it ends the session or is gone."""
    server.start_io(cast("BinaryIO", Input(stdin)), cast("BinaryIO", Output(stdout)))

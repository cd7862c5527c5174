"""``batchctl lsp``: the language server, for an editor that starts it."""

from __future__ import annotations

import gc
import sys

from batchctl.errors import UsageError


def lsp() -> None:
    """Serve an editor over stdin and stdout (Language Server Protocol)."""
    try:
        from batchctl.lsp.server import server
        from batchctl.lsp.stdio import serve
    except ImportError as error:
        raise UsageError("the language server needs pygls", hint="pip install 'batchctl[lsp]'") from error
    # What a check makes lives until the next one: looking through it for garbage after every thousand objects is half
    # of the time that a keystroke takes.
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    serve(server, sys.stdin.buffer, sys.stdout.buffer)

"""Files in canonical form: what one would become, and why it can't be formatted where it can't."""

from __future__ import annotations

import sys
from pathlib import Path

from batchctl.errors import UsageError
from batchctl.files import STDIN, read_bytes, write_whole
from batchctl.formatting.formatter import Unformattable, format_text
from batchctl.structs import Struct


class FormattedFile(Struct, frozen=True):
    """The text of a file ``before`` and ``after`` it was formatted; both are the same where ``problem`` says why not.

    ``file`` is its path, ``-`` for stdin; ``name`` is how it is called in messages.
    """

    file: str
    name: str
    before: str
    after: str
    problem: str = ""

    @property
    def changes(self) -> bool:
        """Whether formatting changes it."""
        return self.before != self.after

    def write(self) -> None:
        """Write what changes back to the file; stdin is written to stdout. Raises ``UsageError``."""
        if self.file == STDIN:
            sys.stdout.buffer.write(self.after.encode())
            sys.stdout.buffer.flush()
        elif self.changes:
            write_whole(Path(self.file), [self.after])


def format_file(file: str, *, stdin_name: str | None = None) -> FormattedFile:
    """Read and format a file, or stdin (``-``), which is called ``stdin_name``; a name that ends in .json stays JSON.

    Raises ``UsageError`` for one that can't be read.
    """
    name = (stdin_name or "<stdin>") if file == STDIN else file
    try:
        text = read_bytes(file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8", hint="save it as UTF-8") from error
    try:
        return FormattedFile(file, name, text, format_text(text, is_json=name.lower().endswith(".json")))
    except Unformattable as error:
        return FormattedFile(file, name, text, text, str(error))

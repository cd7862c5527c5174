"""Files in canonical form: what one would become, and why it can't be formatted where it can't."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.errors import UsageError
from batchctl.files import STDIN, read_bytes, write_whole
from batchctl.formatting.formatter import Unformattable, format_text
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable


class FormattedFile(Struct, frozen=True):
    """A file's text ``before`` and ``after`` formatting.

    ``file`` is its path, ``-`` for stdin; ``name`` is how it is called in messages. ``problem`` says why it can't be
    formatted (both texts are the same then), and is empty where it can.
    """

    file: str
    name: str
    before: str
    after: str
    problem: str = ""

    @property
    def changes(self) -> bool:
        """Whether formatting changes the text."""
        return self.before != self.after

    def write(self, to_stdout: Callable[[bytes], None]) -> None:
        """Write what changes back to the file; of stdin ``to_stdout`` gets the whole text, changed or not.

        Raises ``UsageError`` for a file that can't be written.
        """
        if self.file == STDIN:
            to_stdout(self.after.encode())
        elif self.changes:
            write_whole(Path(self.file), [self.after])


def format_file(file: str, *, stdin_name: str | None = None) -> FormattedFile:
    """The text of a file, or of stdin (``-``), before and after formatting.

    ``stdin_name`` is the name that stdin has (None: ``<stdin>``). A name that ends in ``.json`` means JSON, which stays
    JSON; any other means YAML. Raises ``UsageError`` for one that can't be read.
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

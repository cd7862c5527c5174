"""``--each``: the rows of a file by its ending, or of stdin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.cli.row_options import STDIN
from batchctl.definition.rows import FORMATS, iter_rows
from batchctl.errors import UsageError
from batchctl.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.cli.row_options import RowOptions
    from batchctl.definition.given import Given


def read_rows(options: RowOptions) -> Iterator[Given]:
    """What each row in the file (or stdin) of ``--each`` gives to a run: arguments, account.

    Raises ``UsageError`` for a format that is not known, and, while it is iterated, for a row that can't be used.
    """
    named = str(options.each)
    row_format = options.each_format or Path(named).suffix.lower().removeprefix(".")
    if row_format not in FORMATS:
        endings = ", ".join(f".{each}" for each in FORMATS)
        raise UsageError(f"--each {named}: the file must end in {endings}", hint="or say what it is with --each-format")
    shown = "<stdin>" if named == STDIN else named
    for row in iter_rows(read_bytes(named), shown, str(row_format)):
        yield row.given

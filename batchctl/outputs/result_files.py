"""A result as files: one file, or one per resource in a folder; what is written is whole or is not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.errors import BatchctlError
from batchctl.execution.notices import Written
from batchctl.execution.row_end import row_folder
from batchctl.files import write_whole
from batchctl.files.places import (
    SafeNames,
    is_folder,
    make_folder,
    require_folder,
    require_names_apart,
    require_place,
)
from batchctl.render.result.data import pretty_json
from batchctl.render.result.formats import FORMATS, RECORD_FORMATS
from batchctl.render.result.rows import row_envelope
from batchctl.render.result.sync_rows import sync_row
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchctl.engine.result import RunResult
    from batchctl.execution.notices import Notify
    from batchctl.json_types import JsonObject
    from batchctl.render.result.exported import ExportedRows
    from batchctl.render.result.formats import Shape

_BY_ENDING = {
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".csv": "csv",
    ".txt": "table",
}
_ENDINGS = {"json": ".json", "ndjson": ".ndjson", "yaml": ".yaml", "csv": ".csv", "table": ".txt", "tree": ".txt"}
# The file in a folder that holds the errors of every resource.
_ERRORS = "errors"
# The file in a row's folder that has what the run of a sync job tells.
_RUN = "run"


class ResultPlace(Struct, frozen=True):
    """Where a result is written: to one file, or to a folder with a file for each resource; and in which format.

    ``path`` is a folder if it ends with a slash or is one already. ``asked`` is ``json``, ``ndjson``, ``yaml``,
    ``csv``, ``table`` or ``tree``; None lets the file's ending decide, and the default is JSON.
    """

    path: str
    asked: str | None = None

    @property
    def is_folder(self) -> bool:
        """Whether ``path`` is a folder."""
        return self.path.endswith(("/", os.sep)) or is_folder(Path(self.path))

    @property
    def format(self) -> str:
        """The name of the format in which it is written."""
        if self.asked is not None:
            return self.asked
        return next((found for ending, found in _BY_ENDING.items() if self.path.lower().endswith(ending)), "json")

    def file(self, name: str) -> Path:
        """The file for a result that is a single text: ``path`` itself, or in a folder the file ``name``.

        In a folder the name gets the ending of the format.
        """
        return Path(self.path) / f"{name}{_ENDINGS[self._own]}" if self.is_folder else Path(self.path)

    def require(self, option: str) -> None:
        """Raise ``UsageError`` where nothing can be written there; ``option`` is the option that named it."""
        if self.is_folder:
            require_folder(Path(self.path), option)
        else:
            require_place(Path(self.path), option)

    def require_apart(self, keys: Iterable[str], read: Mapping[str, Path]) -> None:
        """Raise ``UsageError`` where a file that is written to the folder would replace one that the run reads.

        ``keys`` are the resources in the result; ``read`` are the files that are read, each under the name of the
        option for messages. A ``path`` that is a single file is not looked at.
        """
        if self.is_folder:
            names = SafeNames([_ERRORS])
            written = [f"{_ERRORS}.json", *(names.name(key) + _ENDINGS[self._own] for key in keys)]
            require_names_apart(read, Path(self.path), written)

    def write(self, result: RunResult, shape: Shape, notify: Notify) -> None:
        """Write a result, and tell ``notify`` where it is.

        ``shape`` says how data is laid out: which fields, and how secrets are masked. Raises ``UsageError`` for a file
        that can't be written.
        """
        if self.is_folder:
            count = self._fill(Path(self.path), result, shape)
            notify(Written(self.path, count, "file"))
        else:
            write_whole(Path(self.path), FORMATS[self.format](result, shape))
            notify(Written(self.path))

    def write_rows(self, rows: ExportedRows, pieces: Iterable[str], shape: Shape, notify: Notify) -> None:
        """Write the results of many rows, and tell ``notify`` where they are.

        A file gets ``pieces``, the text of all rows; in a folder, each of ``rows`` gets a folder with a file for each
        resource, as ``shape`` lays out data. Raises ``UsageError`` for a file that can't be written.
        """
        if not self.is_folder:
            write_whole(Path(self.path), pieces)
            notify(Written(self.path))
            return
        folder = Path(self.path)
        make_folder(folder)
        digits = len(str(len(rows)))
        for end in rows:
            below = folder / row_folder(end.number, end.account, digits)
            if end.result is None:
                make_folder(below)
                write_whole(below / f"{_ERRORS}.json", pretty_json({"batch": [row_envelope(end)]}))
            elif end.result.sync is not None:
                make_folder(below)
                write_whole(below / f"{_RUN}.json", pretty_json(sync_row(end)))
            else:
                self._fill(below, end.result, shape)
        notify(Written(str(folder), len(rows), "folder"))

    @property
    def _own(self) -> str:
        """The format of files in a folder, whose own name says nothing."""
        return self.asked or "json"

    def _fill(self, folder: Path, result: RunResult, shape: Shape) -> int:
        """A file per resource in ``folder``, and one for the errors; how many."""
        make_folder(folder)
        names = SafeNames([_ERRORS])
        errors: JsonObject = {}
        for part, key, values in result.answer_lists():
            if part == "errors":
                errors[key] = list(values)
            else:
                pieces = RECORD_FORMATS[self._own](values, shape)
                write_whole(folder / (names.name(key) + _ENDINGS[self._own]), pieces)
        write_whole(folder / f"{_ERRORS}.json", pretty_json(errors))
        return names.count


def rescue(result: RunResult, shape: Shape) -> Path | None:
    """Save a result that can't be written as asked to a temporary JSON file, so that it is not lost.

    Returns the path of that file; None where it can't be written anywhere.
    """
    for folder in (tempfile.gettempdir(), Path.home(), "."):
        try:
            handle, name = tempfile.mkstemp(prefix="batchctl-", suffix=".json", dir=folder)
            os.close(handle)
            write_whole(Path(name), FORMATS["json"](result, shape))
        except (OSError, RuntimeError, BatchctlError):
            continue
        return Path(name)
    return None

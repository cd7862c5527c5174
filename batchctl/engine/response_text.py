"""A run's response body as JSON text, in pieces: nothing here holds more than some hundred records as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, cast

from batchctl.json_text import arrays_of, in_ascii, indented
from batchctl.json_types import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonValue

# Parts, resources, records: so deep a body is written piece by piece.
_LEVELS = 3


def run_json(result: RunResult, *, ascii_only: bool = False) -> Iterator[str]:
    """The response body of a batch, as ``POST /batch-request`` would give it, as indented JSON text in pieces.

    It is the text of what ``response_body`` returns, with a line break at the end. ``ascii_only`` writes characters
    beyond ASCII as escapes.
    """
    yield from json_pieces(response_body(result), "\n", _LEVELS, ascii_only=ascii_only)
    yield "\n"


def response_body(result: RunResult) -> Mapping[str, object]:
    """The response body as a mapping, in which lists of records are read when iterated.

    It is ``{"result": {RESOURCE: records, …}, "errors": {RESOURCE: entries, …}}``, or for a run on Truto the answer as
    it came. For a sync job ``result`` is empty.
    """
    if result.raw is not None:
        return result.raw
    parts: dict[str, dict[str, object]] = {"result": {}, "errors": {}}
    for part, key, values in result.answer_lists():
        parts[part][key] = values
    return parts


class HasArrays(Protocol):
    """Records that can be had as JSON text, without being parsed first."""

    def arrays(self) -> Iterator[bytes]:
        """The records as JSON arrays (UTF-8), with several records each, on one line, with blanks as in ``json``."""


def json_arrays(records: Iterable[JsonValue]) -> Iterator[bytes]:
    """The records as JSON arrays (UTF-8): each has several records, on one line, with blanks as ``json`` has them.

    All of them together have all records, in order; no records give no array.
    """
    # Asking each row of many whether it is one of a protocol would take longer than the rest.
    return cast("HasArrays", records).arrays() if hasattr(records, "arrays") else arrays_of(records)


def json_pieces(value: object, line: str, levels: int, *, ascii_only: bool) -> Iterator[str]:
    """A value as the JSON text of ``write_json(value, indent=2)``, in pieces; iterables are written as arrays.

    ``line`` is a newline and the current indentation. In the first ``levels`` levels of the value, mappings and
    iterables are written item by item; what is deeper is plain JSON, and written in one piece. ``ascii_only`` writes
    characters beyond ASCII as escapes.
    """
    inside = line + "  "
    if levels and isinstance(value, Mapping):
        opening = "{"
        for key, below in value.items():
            yield f"{opening}{inside}{write_json(key, ascii_only=ascii_only)}: "
            yield from json_pieces(below, inside, levels - 1, ascii_only=ascii_only)
            opening = ","
        yield "{}" if opening == "{" else line + "}"
    elif levels and isinstance(value, Iterable) and not isinstance(value, str):
        opening = "["
        for array in json_arrays(value):
            text = indented(in_ascii(array) if ascii_only else array).decode()
            if text != "[]":
                yield opening + text[1:-2].replace("\n", line)
                opening = ","
        yield "[]" if opening == "[" else line + "]"
    else:
        yield write_json(value, indent=2, ascii_only=ascii_only).replace("\n", line)

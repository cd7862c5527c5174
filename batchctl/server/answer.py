"""An answer as it goes out: status, headers and bytes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from batchctl.json_types import write_json
from batchctl.structs import Struct, field
from batchctl.truto.envelope import make_envelope

try:
    # From the extra "fast"; not a module that a type checker has to know.
    _dumps: Callable[[object], bytes] | None = import_module("orjson").dumps
except ImportError:
    _dumps = None

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

JSON = "application/json"


class Answer(Struct, frozen=True):
    """An HTTP response of the server: status, headers (names in lower case), and the bytes of its body."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON


def json_answer(status: int, value: object, headers: Mapping[str, str] | None = None) -> Answer:
    """A response whose body is ``value`` as compact JSON, in which NaN and infinity are null.

    ``headers`` are further headers, by name.
    """
    return Answer(status, encoded(value), headers or {})


def error_answer(status: int, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """A response with an error in Truto's form: ``{"statusCode", "error", "message"}``.

    ``headers`` are further headers, by name.
    """
    return json_answer(status, make_envelope(status, message), headers)


def encoded(value: object) -> bytes:
    """A value as compact JSON in UTF-8; NaN and infinity become null, a lone surrogate an escape."""
    if _dumps is not None:
        try:
            return _dumps(value)
        except TypeError:
            pass  # Integers of more than 64 bits, half characters: the standard library writes them.
    text = write_json(value, compact=True)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return write_json(value, compact=True, ascii_only=True).encode()

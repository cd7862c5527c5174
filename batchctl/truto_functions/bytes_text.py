"""Bytes as text and back: base64, ``data:`` URIs, and the encodings of Node's ``Buffer``."""

from __future__ import annotations

import math
from typing import Final

from batchctl.javascript.coercion import number, text
from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED
from batchctl.patterns import lazy_regex
from batchctl.truto_functions.replaced import from_base64, in_base64

__all__ = ["decoded", "from_data_uri", "in_base64", "parsed_base64", "slice_place"]

_DATA_URI: Final = lazy_regex(r"data:([^;]+);base64,([^\n\r\u2028\u2029]+)")


def from_data_uri(source: str) -> tuple[str, str]:
    """The media type and the base64 text of the ``data:`` URI ``source``.

    Raises ``HostError`` for one with parameters, or without base64.
    """
    found = _DATA_URI.fullmatch(source)
    if found is None:
        raise HostError("Invalid data URI format")
    return found[1], found[2]


def parsed_base64(source: str, *, url_safe: bool) -> bytes:
    """The bytes of the base64 text ``source``, padded where padding is missing.

    ``url_safe`` means that ``-`` and ``_`` are written for ``+`` and ``/``. Raises ``HostError`` where it is not
    base64.
    """
    encoded = source.replace("-", "+").replace("_", "/") if url_safe else source
    try:
        return from_base64(encoded + "=" * (-len(encoded) % 4))
    except HostError as error:
        raise HostError(f"Invalid base64 string: {error}") from None


def decoded(data: bytes, encoding: object) -> str:
    """``data`` as text in an encoding of Node's ``Buffer``, such as ``utf8``, ``hex`` or ``base64``, in either case.

    UTF-8 where ``encoding`` is UNDEFINED; bytes that are none become U+FFFD. Raises ``HostError`` for one that Node
    does not know, null included.
    """
    name = "utf8" if encoding is UNDEFINED else text(encoding)
    match name.lower():
        case "utf8" | "utf-8":
            return data.decode("utf-8", "replace")
        case "hex":
            return data.hex()
        case "base64":
            return in_base64(data)
        case "base64url":
            return in_base64(data, url_safe=True)
        case "latin1" | "binary":
            return data.decode("latin-1")
        case "ascii":
            return bytes(byte & 0x7F for byte in data).decode("ascii")
        case "utf16le" | "utf-16le" | "ucs2" | "ucs-2":
            return data[: len(data) & ~1].decode("utf-16-le", "replace")
        case _:
            raise HostError(f"Unknown encoding: {name}", "ERR_UNKNOWN_ENCODING")


def slice_place(given: object, size: int, otherwise: int) -> int:
    """The index, from 0 to ``size``, at which a slice of ``size`` bytes begins or ends.

    It is ``given``, read as JavaScript's ``Number``, without its fraction, and counted from the end if negative; 0 for
    null and what is no number, ``otherwise`` where it is UNDEFINED.
    """
    if given is UNDEFINED:
        return otherwise
    place = number(given)
    whole = 0 if math.isnan(place) else int(min(max(place, -size), size))
    return max(0, size + whole) if whole < 0 else whole

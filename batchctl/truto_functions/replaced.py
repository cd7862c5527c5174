"""JSONata's own functions that Truto replaces, where the engine's answer is another."""

from __future__ import annotations

import binascii
from typing import Final

from batchctl.javascript.coercion import as_array, is_nil, no_property, text, truthy
from batchctl.javascript.errors import HostError
from batchctl.javascript.objects import SpecialObject
from batchctl.javascript.stringify import rounded_text, stringify
from batchctl.javascript.values import UNDEFINED, utf8
from batchctl.patterns import lazy_regex
from batchctl.truto_functions.hosting import Hosted

_BLANK: Final = lazy_regex(r"[ \t\n\f\r]+")
_BASE64: Final = lazy_regex(r"[A-Za-z0-9+/]*(=*)")


def string(value: object, prettify: object = UNDEFINED) -> object:
    """``$string``: a text unchanged, a function as empty text, anything else as JSON; UNDEFINED for UNDEFINED.

    Null is the text ``null``. Numbers have at most fifteen significant digits, NaN and infinity are ``null``; a date
    and other objects of JavaScript are their ``toJSON``. ``prettify`` True indents the JSON by two blanks; any other
    value counts as false.
    """
    if value is UNDEFINED or isinstance(value, str):
        return value
    if callable(value):
        return ""
    return stringify(value, rounded_text, 2 if prettify is True else 0)


def join(array: object, separator: object = UNDEFINED) -> object:
    """``$join``: the items of the list ``array`` as one text, with ``separator`` between them (a comma if UNDEFINED).

    Null and UNDEFINED are empty; other items, and the separator, become text as by JavaScript's ``String``: a list its
    items with commas between, an object ``[object Object]``. What is no list counts as a list of that one item: null
    gives an empty text.
    """
    between = "," if separator is UNDEFINED else text(separator)
    return between.join("" if is_nil(item) else text(item) for item in as_array(array))


def base64encode(value: object, url_safe: object = UNDEFINED) -> object:
    """``$base64encode``: a text in UTF-8, or bytes, in base64.

    Bytes are the object that ``$getArrayBuffer`` makes, or one from a stream's reader. Any other value is first made
    text as by JavaScript's ``String`` (null: ``null``); UNDEFINED is an empty text. ``url_safe`` true writes ``-`` and
    ``_`` for ``+`` and ``/``, and no padding.
    """
    if isinstance(value, SpecialObject) and isinstance(value.native, bytes):
        return in_base64(value.native, url_safe=truthy(url_safe))
    data = "" if value is UNDEFINED else text(value)
    return in_base64(utf8(data), url_safe=truthy(url_safe))


def in_base64(data: bytes, *, url_safe: bool = False) -> str:
    """``data`` in base64; with ``url_safe`` without padding, and with ``-`` and ``_`` for ``+`` and ``/``."""
    encoded = binascii.b2a_base64(data, newline=False).decode()
    return encoded.rstrip("=").replace("+", "-").replace("/", "_") if url_safe else encoded


def base64decode(value: object, url_safe: object = UNDEFINED) -> object:
    """``$base64decode``: the text whose UTF-8 bytes are in the base64 text ``value``; what is no UTF-8 becomes U+FFFD.

    Padding may be missing. ``url_safe`` true reads ``-`` and ``_`` for ``+`` and ``/``. Raises ``HostError`` for what
    is no base64, and with ``url_safe`` for what is no text; without it another value is first made text (null:
    ``null``).
    """
    if truthy(url_safe):
        if is_nil(value):
            raise no_property(value, "replace")
        if not isinstance(value, str):
            raise HostError("base64.replace is not a function")
        value = value.replace("-", "+").replace("_", "/")
    return from_base64(text(value)).decode("utf-8", "replace").removeprefix("\ufeff")


def from_base64(encoded: str) -> bytes:
    """The bytes of the base64 text ``encoded``, read as a browser's ``atob`` does.

    Raises ``HostError`` for what is no base64.
    """
    digits = _BLANK.sub("", encoded)
    found = _BASE64.fullmatch(digits)
    if found is None or len(found[1]) > 2 or (found[1] and len(digits) % 4):
        raise HostError("Invalid character", "5")
    bare = digits.rstrip("=")
    if len(bare) % 4 == 1:
        raise HostError("The string to be decoded is not correctly encoded.", "5")
    return binascii.a2b_base64(bare + "=" * (-len(bare) % 4))


FUNCTIONS: Final = {
    "string": Hosted(string, 2, 1, signature="<x-b?:s>"),
    "join": Hosted(join, 2, 2, inherits=True),
    "base64encode": Hosted(base64encode, 2, 1, inherits=True),
    "base64decode": Hosted(base64decode, 2, 1),
}

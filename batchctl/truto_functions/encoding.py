"""Truto's functions for hashes, signatures and file types."""

from __future__ import annotations

import hashlib
import hmac
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from batchctl.javascript.coercion import text
from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED, WHITESPACE, utf8
from batchctl.patterns import lazy_regex
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.replaced import from_base64, in_base64
from batchctl.truto_functions.rsa import signature_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_HASHES: Final = {"SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_PEM: Final = lazy_regex(r"-----(?:BEGIN|END) PRIVATE KEY-----")


def digest(value: object, algorithm: object, output: object) -> object:
    """``$digest``: the hash of the text ``value``, as text.

    UNDEFINED counts as an empty text, any other value is first made text as by JavaScript's ``String`` (null:
    ``null``). ``algorithm`` is SHA-1, SHA-256 (if UNDEFINED), SHA-384, SHA-512 or MD5, or an object with it as
    ``name``; ``output`` is ``hex`` (if UNDEFINED), ``base64`` or ``base64-urlSafe``: the result is UNDEFINED for any
    other, null included, base64 with MD5. Raises ``HostError`` for another algorithm, and with MD5 for what is no text.
    """
    name = "SHA-256" if algorithm is UNDEFINED else _algorithm(algorithm)
    form = _form(output)
    if name in {"MD5", "md5"}:
        if not isinstance(value, str):
            raise HostError("Data must be a string or a buffer")
        hashed = hashlib.md5(_bytes(value), usedforsecurity=False).digest()
        return _shown(hashed, form if form in {"hex", "base64-urlSafe"} else "base64")
    return _shown(hashlib.new(_hash(name), _bytes(value)).digest(), form)


def sign(value: object, algorithm: object, secret: object, output: object) -> object:
    """``$sign``: the HMAC of the text ``value`` with ``secret``, as text; with RS256 its signature by a private key.

    UNDEFINED counts as an empty text, any other value is first made text as by JavaScript's ``String`` (null:
    ``null``). ``algorithm`` is SHA-1, SHA-256 (if UNDEFINED, null or empty), SHA-384, SHA-512 or RS256, for which
    ``secret`` is PKCS #8 in PEM. ``output`` is ``hex`` (if UNDEFINED), ``base64`` or ``base64-urlSafe``: the result is
    UNDEFINED for any other, null included. Raises ``HostError`` for another algorithm or key, and for an empty or
    missing secret.
    """
    name = "SHA-256" if algorithm is UNDEFINED else "" if algorithm is None else text(algorithm)
    name = name.strip(WHITESPACE).upper()
    form = _form(output)
    if name == "RS256":
        return _shown(signature_of(_bytes(value), _private_key(secret)), form)
    key = _bytes(secret)
    hashed, data = _hash(name or "SHA-256"), _bytes(value)
    if not key:
        raise HostError("Zero-length key is not supported", "0")
    return _shown(hmac.digest(key, data, hashed), form)


def _algorithm(given: object) -> str:
    """A name, or an object that has one. Raises ``HostError`` where it has none."""
    if not isinstance(given, dict | list):
        return text(given)
    name = given.get("name", UNDEFINED) if isinstance(given, dict) else UNDEFINED
    if name is UNDEFINED:
        raise HostError("Failed to normalize algorithm: 'name' is required in 'Algorithm'", "ERR_MISSING_OPTION")
    return text(name)


def _form(output: object) -> str:
    """How the bytes are to be written: no text, no form."""
    return "hex" if output is UNDEFINED else output if isinstance(output, str) else ""


def _private_key(secret: object) -> bytes:
    pem = secret.replace("\\n", "\n") if isinstance(secret, str) else ""
    if "-----BEGIN PRIVATE KEY-----" not in pem:
        raise HostError("RS256 requires a PKCS#8 PEM private key (BEGIN PRIVATE KEY)")
    return from_base64(re.sub(r"\s", "", _PEM.sub("", pem)))


def _hash(name: str) -> str:
    found = _HASHES.get(name.upper())
    if found is None:
        raise HostError("Unrecognized algorithm name", "9")
    return found


def _bytes(value: object) -> bytes:
    return b"" if value is UNDEFINED else utf8(text(value))


def _shown(data: bytes, form: str) -> object:
    if form == "hex":
        return data.hex()
    if form in {"base64", "base64-urlSafe"}:
        return in_base64(data, url_safe=form == "base64-urlSafe")
    return UNDEFINED


def mime_type(name: object) -> object:
    """``$getMimeType``: the media type for a file name or its extension (``pdf``, ``PDF``); None for an unknown one.

    None also for what is no text, and for a path whose file has no extension.
    """
    if not isinstance(name, str):
        return None
    last = re.split(r"[/\\]", name)[-1].lower()
    extension = last.rpartition(".")[2]
    has_dot = len(extension) < len(last) - 1
    if not has_dot and len(last) < len(name):
        return None
    return _types().get(extension)


@cache
def _types() -> Mapping[str, str]:
    """The table of the npm package mime 4.0.4 (MIT), which is that of IANA, Apache and nginx."""
    table = resources.files(__package__).joinpath("mime_types.txt").read_text("utf-8")
    return {extension: line.split()[0] for line in table.splitlines() for extension in line.split()[1:]}


FUNCTIONS: Final = {
    "digest": Hosted(digest, 3, 1, inherits=True),
    "sign": Hosted(sign, 4, 1, inherits=True),
    "getMimeType": Hosted(mime_type, 1, 1),
}

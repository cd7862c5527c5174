"""RS256: an RSA signature (PKCS #1 v1.5, SHA-256) with a private key in PKCS #8."""

from __future__ import annotations

import hashlib
from typing import Final

from batchctl.javascript.errors import HostError

# What stands before a SHA-256 hash in the signed block (RFC 8017, 9.2).
_SHA256: Final = bytes.fromhex("3031300d060960864801650304020105000420")
_SEQUENCE, _INTEGER, _OCTETS = 0x30, 0x02, 0x04
_RSA: Final = bytes.fromhex("06092a864886f70d010101")


def signature_of(data: bytes, key: bytes) -> bytes:
    """The signature of ``data``. Raises ``HostError`` where ``key`` is not such a key."""
    try:
        modulus, exponent = _numbers(key)
    except (IndexError, ValueError) as error:
        raise HostError(
            f"RS256 key import failed. Ensure an unencrypted PKCS#8 PEM (BEGIN PRIVATE KEY). Underlying: {error}"
        ) from None
    size = (modulus.bit_length() + 7) // 8
    block = _SHA256 + hashlib.sha256(data).digest()
    if size < len(block) + 11:
        raise HostError("RS256 signing failed. The key is too short")
    padded = b"\x00\x01" + b"\xff" * (size - len(block) - 3) + b"\x00" + block
    return pow(int.from_bytes(padded, "big"), exponent, modulus).to_bytes(size, "big")


def _numbers(key: bytes) -> tuple[int, int]:
    """The modulus and the private exponent."""
    info = _fields(_value(key, _SEQUENCE))
    if not info[1][1].startswith(_RSA):
        raise ValueError("the key is not RSA")
    numbers = _fields(_value(dict(info)[_OCTETS], _SEQUENCE))
    modulus, exponent = (int.from_bytes(numbers[at][1], "big") for at in (1, 3))
    if any(kind != _INTEGER for kind, _ in numbers[:4]) or not modulus:
        raise ValueError("the key is damaged")
    return modulus, exponent


def _value(data: bytes, kind: int) -> bytes:
    fields = _fields(data)
    if fields[0][0] != kind:
        raise ValueError("the key is damaged")
    return fields[0][1]


def _fields(data: bytes) -> list[tuple[int, bytes]]:
    """The DER fields that stand one behind the other."""
    fields, at = [], 0
    while at < len(data):
        kind, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            width = length & 0x7F
            length = int.from_bytes(data[at : at + width], "big")
            at += width
        if at + length > len(data):
            raise ValueError("the key is cut off")
        fields.append((kind, data[at : at + length]))
        at += length
    return fields

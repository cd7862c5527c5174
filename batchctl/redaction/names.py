"""Which names say that the value under them is a secret."""

from __future__ import annotations

import re
from functools import lru_cache

MASK = "***"
_SECRET_WORDS = re.compile(
    r"(?:^|_)(?:token|secret|password|passwd|passphrase|pwd|authorization|credentials?|signature|bearer|cookie"
    r"|session_?id|jwt|(?:api|access|private|secret|signing|auth|client|encryption)_?key|apikey"
    r"|connection_string|dsn|pat|auth)s?(?:$|_)"
)
# Words that turn a secret-looking name into an innocent one.
_INNOCENT = re.compile(r"(?:^|_)(?:page|next|prev|previous|continuation|sync|cursor|count|type|name|expiry|ttl)(?:$|_)")
_PASSWORD = re.compile(r"://[^/\s:@]*:([^/\s@]+)@")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a value under this name (argument, query key, variable, header) must not be shown."""
    words = _CAMEL.sub("_", name).lower()
    return bool(_SECRET_WORDS.search(words)) and not _INNOCENT.search(words)


def is_scalar(value: object) -> bool:
    """Whether a JSON value is a string or a number: what can be a secret."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def passwords_in(text: str) -> list[str]:
    """The passwords of URLs in a text: ``https://user:password@host``."""
    return _PASSWORD.findall(text)


def secret_values(value: object, name: str = "") -> set[str]:
    """Every string or number in a JSON value that stands under a secret-looking name, and passwords in URLs."""
    found: set[str] = set()
    pending: list[tuple[object, bool]] = [(value, is_secret_name(name))]
    while pending:
        item, secret = pending.pop()
        if isinstance(item, dict):
            pending.extend((v, secret or is_secret_name(str(k))) for k, v in item.items())
        elif isinstance(item, list):
            pending.extend([(v, secret) for v in item if secret or type(v) is not str or "@" in v])
        elif secret and is_scalar(item):
            found.add(str(item))
        elif isinstance(item, str) and "@" in item:
            found.update(passwords_in(item))
    return found


@lru_cache(maxsize=4096)
def secret_names(names: tuple[str, ...]) -> frozenset[str]:
    """Those of the names of a record that are secret-looking; records of one shape are asked about once."""
    return frozenset(filter(is_secret_name, names))


def may_name_secrets(text: bytes) -> bool:
    """Whether a key in JSON text may be secret-looking: true as well where that can't be told at a glance.

    There must be nothing between a key and its colon. A key is what stands between two quotes before a colon; a quote
    with a backslash is a part of it.
    """
    if b"\\" in text:
        text = text.replace(b"\\\\", b"_").replace(b'\\"', b"_")
    return any(map(_may_be_secret, {piece.rpartition(b'"')[2] for piece in text.split(b'":')[:-1]}))


@lru_cache(maxsize=4096)
def _may_be_secret(key: bytes) -> bool:
    return b"\\" in key or is_secret_name(key.decode(errors="replace"))


def count_scalars(value: object) -> int:
    """How many strings and numbers there are in a JSON value, those that are masked already left out."""
    if isinstance(value, dict):
        return sum(map(count_scalars, value.values()))
    if isinstance(value, list):
        return sum(map(count_scalars, value))
    return int(is_scalar(value) and value != MASK)

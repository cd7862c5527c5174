"""Which names say that the value under them is a secret."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Sequence

MASK = "***"
_SECRET_WORDS = lazy_regex(
    r"(?:^|_)(?:token|secret|password|passwd|passphrase|pwd|authorization|credentials?|signature|bearer|cookie"
    r"|session_?id|jwt|(?:api|access|private|secret|signing|auth|client|encryption)_?key|apikey"
    r"|connection_string|dsn|pat|auth)s?(?:$|_)"
)
# Words that turn a secret-looking name into an innocent one.
_INNOCENT = lazy_regex(r"(?:^|_)(?:page|next|prev|previous|continuation|sync|cursor|count|type|name|expiry|ttl)(?:$|_)")
_PASSWORD = lazy_regex(r"://[^/\s:@]*:([^/\s@]+)@")
_CONTAINERS = (dict, list)
# So many values are looked at together.
_TOGETHER = 4096
_CAMEL = lazy_regex(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a value under this name (argument, query key, variable, header) is treated as a secret.

    It is for ``api_key``, ``accessToken`` and ``X-Auth-Token``, which have a word such as ``token`` in them; not for
    ``page_token`` or ``token_type``.
    """
    words = _CAMEL.sub("_", name).lower()
    return bool(_SECRET_WORDS.search(words)) and not _INNOCENT.search(words)


def is_scalar(value: object) -> bool:
    """Whether a JSON value is a string or a number: what can be a secret."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def passwords_in(text: str) -> list[str]:
    """The passwords of URLs in a text (``https://user:password@host``), as they are written: percent-encoding stays."""
    return _PASSWORD.findall(text)


def secret_values(value: object, name: str = "") -> set[str]:
    """Every string or number in a JSON value under a secret-looking name, at any depth, and passwords in URLs.

    Numbers are written as Python does. ``name`` is the name that ``value`` itself is under.
    """
    found: set[str] = set()
    # Many values at a time: a list of a million texts is gone through without looking at each.
    pending: list[tuple[Sequence[object], bool]] = [([value], is_secret_name(name))]
    while pending:
        values, secret = pending.pop()
        if len(values) > _TOGETHER:
            pending += [(values[at : at + _TOGETHER], secret) for at in range(0, len(values), _TOGETHER)]
            continue
        kinds = set(map(type, values))
        texts = values if kinds == {str} else [each for each in values if isinstance(each, str)]
        if secret:
            found.update(str(each) for each in values if is_scalar(each))
        elif texts:
            # No password has a line break in it.
            found.update(passwords_in("\n".join(texts)))  # type: ignore[arg-type]  # texts
        if kinds.isdisjoint(_CONTAINERS):
            continue
        pending += [(each, secret) for each in values if isinstance(each, list)]
        objects = [each for each in values if isinstance(each, dict)]
        names = set(chain.from_iterable(objects))
        secrets = set() if secret else {each for each in names if is_secret_name(str(each))}
        if secrets:
            pending.append(([each[name] for each in objects for name in secrets if name in each], True))
        if secrets != names:
            pending.append(([v for each in objects for k, v in each.items() if k not in secrets], secret))
    return found


@lru_cache(maxsize=4096)
def secret_names(names: tuple[str, ...]) -> frozenset[str]:
    """Those of ``names`` that ``is_secret_name`` says are secrets'; cached, since many records have the same names."""
    return frozenset(filter(is_secret_name, names))


def may_name_secrets(text: bytes) -> bool:
    """Whether a key in a JSON text may look like the name of a secret; also True where that can't be told quickly.

    ``text`` is in UTF-8; its keys must be followed directly by colons.
    """
    if b"\\" in text:
        text = text.replace(b"\\\\", b"_").replace(b'\\"', b"_")
    return any(map(_may_be_secret, {piece.rpartition(b'"')[2] for piece in text.split(b'":')[:-1]}))


@lru_cache(maxsize=4096)
def _may_be_secret(key: bytes) -> bool:
    return b"\\" in key or is_secret_name(key.decode(errors="replace"))


def count_scalars(value: object) -> int:
    """How many strings and numbers there are in a JSON value at all depths, without masked ones (``***``)."""
    if isinstance(value, dict):
        return sum(map(count_scalars, value.values()))
    if isinstance(value, list):
        return sum(map(count_scalars, value))
    return int(is_scalar(value) and value != MASK)

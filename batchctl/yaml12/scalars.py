"""Plain scalars by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema)."""

from __future__ import annotations

import math
from typing import TypeAlias

from batchctl.patterns import lazy_regex

Scalar: TypeAlias = None | bool | int | float | str

# What the core schema reads as null or a boolean.
CONSTANTS: dict[str, Scalar] = {
    "": None,
    **dict.fromkeys(("~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# A plain scalar that starts otherwise is text.
NUMBER_STARTS = frozenset("+-.0123456789")
# Python refuses to read more than 4300 digits, and nothing counts that far.
_MAX_DIGITS = 400

_INT = lazy_regex(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = lazy_regex(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = lazy_regex(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

# Where YAML 1.1 (PyYAML, Ruby, Ansible, Go before v3) reads something else than 1.2.
# Its one-letter y and n are left out: hardly a reader obeys them, and x and y are common names.
OLD_BOOLEANS = frozenset(["yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"])
_OLD_NUMBERS = (
    ("a number", lazy_regex(r"[-+]?0[0-9_]+|[-+]?[1-9][0-9]*_[0-9_]*(?:\.[0-9_]*)?|[-+]?0b[01_]+")),
    ("a number in base 60", lazy_regex(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")),
    ("a date", lazy_regex(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?")),
)


class UnusableNumber(ValueError):
    """Raised for a number that JSON can't hold: NaN, infinity, or one with too many digits; the message says which."""


def resolve(text: str) -> Scalar:
    """The value of the plain scalar ``text`` by YAML 1.2's core schema: null, a boolean, a number, or the text itself.

    Raises ``UnusableNumber`` for NaN, infinity, and numbers that are too large.
    """
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] not in NUMBER_STARTS:
        return text
    if _INT.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise UnusableNumber("number is too large for JSON")
        return number
    if _NOT_FINITE.fullmatch(text):
        raise UnusableNumber(f"{text} can't be sent as JSON")
    return text


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise UnusableNumber(f"integer has more than {_MAX_DIGITS} digits")
    if text.startswith("0o"):
        return int(text[2:], 8)  # noqa: FURB166 - the prefix is YAML 0o, not Python's
    return int(text, 16) if text.startswith("0x") else int(text)


def old_reading(text: str) -> str | None:
    """What YAML 1.1 takes a plain scalar for, if that differs from 1.2: ``a boolean``, ``a date`` …; else None."""
    if text in OLD_BOOLEANS:
        return "a boolean"
    if text[:1] not in NUMBER_STARTS or (text.isdecimal() and text[0] != "0"):
        return None
    return next((reading for reading, pattern in _OLD_NUMBERS if pattern.fullmatch(text)), None)

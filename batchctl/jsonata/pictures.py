"""Pictures of numbers that are infinite or none, as JavaScript writes them into what a picture leaves of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from batchctl.javascript.values import UNDEFINED, number_text
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Callable

_DIGITS: Final = lazy_regex(r"[0-9][0-9,]*|(?=\.)")
_NO_TIME: Final = "0NaN-NaN-NaNTNaN:NaN:NaN.NaNZ"
# Milliseconds after 1970 that JavaScript has dates for.
_MAX_MS: Final = 8.64e15


def picture_of(name: str, arguments: list[Any], asked: Callable[[list[object]], object]) -> object:
    """What a function that writes a number answers for one that is infinite or NaN, or no possible time.

    ``name`` is ``formatNumber``, ``formatInteger``, ``formatBase`` or ``fromMillis``, ``arguments`` are those of the
    call, the number first. ``asked`` calls the same function of the engine jlens with other arguments. UNDEFINED where
    the answer of jlens is right.
    """
    if not arguments or type(arguments[0]) is not float:
        return UNDEFINED
    value, bare = arguments[0], len(arguments) < 2 or arguments[1] is UNDEFINED
    if name == "fromMillis" and bare and not abs(value) <= _MAX_MS:
        return _NO_TIME
    if math.isfinite(value):
        return UNDEFINED
    if name == "formatBase" or (name == "formatInteger" and arguments[1:2] in (["0"], ["1"])):
        return number_text(value)
    if (
        name == "formatNumber"
        and isinstance(arguments[1], str)
        and all(each in (UNDEFINED, {}) for each in arguments[2:])
    ):
        return _without_number(value, arguments[1], asked)
    return UNDEFINED


def _without_number(value: float, picture: str, asked: Callable[[list[object]], object]) -> object:
    """``-NaN.00``: what is no number takes the picture of those below zero."""
    above, has_below, below = picture.partition(";")
    negative = not value >= 0
    zero = asked([0, below if negative and has_below else above])
    if not isinstance(zero, str):
        return UNDEFINED
    written = _DIGITS.sub(lambda digits: "NaN".rjust(len(digits[0].replace(",", "")), "0"), zero, count=1)
    return f"-{written}" if negative and not has_below else written

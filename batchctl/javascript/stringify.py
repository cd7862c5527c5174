"""``JSON.stringify`` as Truto's ``$string`` and ``$jsonToCsv`` use it."""

from __future__ import annotations

import json
import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Final

from batchctl.javascript.budget import tick
from batchctl.javascript.coercion import is_number
from batchctl.javascript.key_order import ordered_keys
from batchctl.javascript.objects import SpecialObject
from batchctl.javascript.values import UNDEFINED, number_text, to_double

if TYPE_CHECKING:
    from collections.abc import Callable

_FIFTEEN_DIGITS: Final = Context(prec=15, rounding=ROUND_HALF_UP)


def rounded_text(value: float) -> str:
    """A number with at most fifteen significant digits, as Truto's ``$string`` writes it.

    ``null`` for NaN and infinity.
    """
    if isinstance(value, int) and -(10**15) < value < 10**15:
        return str(value)
    double = to_double(value) if isinstance(value, int) else value
    if not math.isfinite(double):
        return "null"
    return number_text(float(_FIFTEEN_DIGITS.create_decimal(Decimal(double))))


def plain_text(value: float) -> str:
    """A number as JavaScript writes it in JSON: ``1.0`` → ``1``, ``1e21`` → ``1e+21``.

    ``null`` for NaN and infinity.
    """
    return number_text(value) if math.isfinite(value) else "null"


def stringify(
    value: object,
    numbers: Callable[[float], str] = plain_text,
    indent: int = 0,
    *,
    functions: bool = False,
    unwrapped: bool = False,
) -> str:
    """JSON text of ``value``, as JavaScript's ``JSON.stringify`` writes it: keys that are whole numbers come first.

    ``numbers`` makes the text of a number (``plain_text`` and ``rounded_text`` write NaN and infinity as null);
    ``indent`` is the blanks per level, 0 for all on one line. With ``functions`` a function is written as ``""``;
    otherwise it is left out of an object, and null in a list. A special object is its ``toJSON``, without one its
    members; ``unwrapped`` then writes the value that it wraps. UNDEFINED by itself, or in a list, is null; as a member
    it is left out.
    """
    return "".join(_Writer(numbers, indent, functions=functions, unwrapped=unwrapped).written(value, "\n"))


class _Writer:
    def __init__(self, numbers: Callable[[float], str], indent: int, *, functions: bool, unwrapped: bool) -> None:
        self.numbers = numbers
        self.indent = " " * indent
        self.functions = functions
        self.unwrapped = unwrapped

    def written(self, value: object, line: str) -> list[str]:
        tick()
        if isinstance(value, SpecialObject):
            if value.json is not None:
                return self.written(value.json(), line)
            if self.unwrapped and value.bare is not None:
                return self.written(value.bare, line)
        if isinstance(value, dict):
            colon = ": " if self.indent else ":"
            members = [
                (json_string(key) + colon, value[key])
                for key in ordered_keys(list(value))
                if value[key] is not UNDEFINED and (self.functions or not callable(value[key]))
            ]
            return self._wrapped("{", members, "}", line)
        if isinstance(value, list):
            return self._wrapped("[", [("", item) for item in value], "]", line)
        if is_number(value):
            return [self.numbers(value)]
        if callable(value):
            return ['""' if self.functions else "null"]
        return [json_string(None if value is UNDEFINED else value)]

    def _wrapped(self, opening: str, members: list[tuple[str, object]], closing: str, line: str) -> list[str]:
        if not members:
            return [opening + closing]
        inner = line + self.indent
        parts = [opening]
        for at, (before, value) in enumerate(members):
            parts.append("," if at else "")
            parts.append((inner if self.indent else "") + before)
            parts += self.written(value, inner)
        parts.append((line if self.indent else "") + closing)
        return parts


def json_string(value: object) -> str:
    """``value``, a text, a finite number, true, false or None, as JSON text: a text in quotes."""
    return json.dumps(value, ensure_ascii=False)

"""Values in a call that its author can't have meant: a placeholder's own text, and a number that JavaScript rounds."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.template.placeholders import Evaluation
    from batchctl.template.references import Reference

# The first whole number whose neighbour a double can't hold: Number.MAX_SAFE_INTEGER + 1 of ECMA-262.
FIRST_INEXACT = 2**53
# Types that make a number, or JSON with numbers in it, of a text.
_FROM_TEXT = ("int", "num", "json")
_find_long_number = re.compile(r"[0-9]{16}|[0-9]e\+").search


class Rounded(NamedTuple):
    """A placeholder whose value is a whole ``number`` that JavaScript rounds."""

    reference: Reference
    number: int


class Watched(NamedTuple):
    """A rendered value, the placeholders in it that were left as text, and those whose number is rounded."""

    value: object
    missing: tuple[Reference, ...] = ()
    rounded: tuple[Rounded, ...] = ()


def is_rounded(value: object) -> bool:
    """Whether ``value`` is a whole number that a double does not hold exactly."""
    if type(value) is not int or -FIRST_INEXACT <= value <= FIRST_INEXACT:
        return False
    try:
        return int(float(value)) != value
    except OverflowError:
        return True


def may_be_wrong(value: object) -> bool:
    """Whether a rendered value may have a text with a placeholder, or a rounded number: a fast, generous check."""
    if type(value) is str:
        return "{{" in value or (len(value) > 15 and _find_long_number(value) is not None)
    if type(value) is int:
        # A cast may have rounded it already.
        return not -FIRST_INEXACT <= value <= FIRST_INEXACT
    return (type(value) is list or type(value) is dict) and any(_long_integers(value))


def worries(
    trace: Iterable[tuple[Reference, Evaluation]],
) -> tuple[tuple[Reference, ...], tuple[Rounded, ...]]:
    """The placeholders without a value, and those with a rounded number, from the trace of a rendering."""
    missing: list[Reference] = []
    rounded: list[Rounded] = []
    for reference, evaluation in trace:
        if evaluation.without_value:
            missing.append(reference)
        number = next(filter(is_rounded, _long_integers(_read(evaluation))), None)
        if number is not None:
            rounded.append(Rounded(reference, number))
    return tuple(missing), tuple(rounded)


def _read(evaluation: Evaluation) -> object:
    """What a placeholder reads, also from a text that its type makes a number or JSON of."""
    raw = evaluation.raw
    if type(raw) is not str or evaluation.cast not in _FROM_TEXT or _find_long_number(raw) is None:
        return raw
    try:
        return json.loads(raw) if evaluation.cast == "json" else int(raw)
    except (ValueError, RecursionError):
        return raw


def _long_integers(value: object) -> Iterator[int]:
    """The whole numbers in a JSON value that a double may not hold, at any depth."""
    pending = [value]
    while pending:
        item = pending.pop()
        if type(item) is int:
            if not -FIRST_INEXACT <= item <= FIRST_INEXACT:
                yield item
        elif type(item) is dict:
            pending.extend(item.values())
        elif type(item) is list:
            pending.extend(item)

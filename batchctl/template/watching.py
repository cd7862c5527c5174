"""Values in a call that its author can't have meant: a placeholder's text, a rounded number, an object as text.

And a value that the type of its placeholder does not convert.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from batchctl.javascript.values import UNDEFINED, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.template.placeholders import Evaluation
    from batchctl.template.references import Reference

# The first whole number whose neighbour a double can't hold: Number.MAX_SAFE_INTEGER + 1 of ECMA-262.
FIRST_INEXACT = 2**53
# How what JavaScript makes of an object that has to be text begins (ECMA-262, Object.prototype.toString).
_OBJECT = "[object "
# Types that make a number, or JSON with numbers in it, of a text.
_FROM_TEXT = ("int", "num", "json")
_NOTHING = (type(None), type(UNDEFINED))
_CONVERTED: dict[str, frozenset[type]] = {
    "bool": frozenset({bool, *_NOTHING}),
    "int": frozenset({int, float, *_NOTHING}),
    "num": frozenset({int, float, *_NOTHING}),
}
_find_long_number = re.compile(r"[0-9]{16}|[0-9]e\+").search


class Rounded(NamedTuple):
    """A placeholder that reads a whole ``number`` which JavaScript can't hold exactly, so that another one is sent."""

    reference: Reference
    number: int


class Worries(NamedTuple):
    """The placeholders of a rendering whose result the author can't have meant.

    ``missing`` were left as text, ``rounded`` read a number that JavaScript rounds, ``objects`` became the text
    ``[object Object]``, ``unconverted`` have a type (``:int``) that does not convert what they read.
    """

    missing: tuple[Reference, ...] = ()
    rounded: tuple[Rounded, ...] = ()
    objects: tuple[Reference, ...] = ()
    unconverted: tuple[Reference, ...] = ()


_NONE = Worries()


class Watched(NamedTuple):
    """A rendered ``value``, and the placeholders whose result in it the author can't have meant."""

    value: object
    worries: Worries = _NONE

    @property
    def missing(self) -> tuple[Reference, ...]:
        """The placeholders that were left as text."""
        return self.worries.missing


def is_rounded(value: object) -> bool:
    """Whether ``value`` is a whole number that a double does not hold exactly; False for what is no ``int``."""
    if type(value) is not int or -FIRST_INEXACT <= value <= FIRST_INEXACT:
        return False
    try:
        return int(float(value)) != value
    except OverflowError:
        return True


def may_be_wrong(value: object) -> bool:
    """Whether a rendered value may hold a placeholder's text, a rounded number or an object made text: a fast check.

    False is certain; True may be wrong. In lists and objects only whole numbers are looked for: the texts in them come
    from ``context``, not from a placeholder's own text.
    """
    if type(value) is str:
        return "{{" in value or _OBJECT in value or (len(value) > 15 and _find_long_number(value) is not None)
    if type(value) is int:
        # A cast may have rounded it already.
        return not -FIRST_INEXACT <= value <= FIRST_INEXACT
    return (type(value) is list or type(value) is dict) and any(_long_integers(value))


def worries(trace: Iterable[tuple[Reference, Evaluation]]) -> Worries:
    """The placeholders of a rendering's ``trace`` whose result the author can't have meant."""
    missing: list[Reference] = []
    rounded: list[Rounded] = []
    objects: list[Reference] = []
    unconverted: list[Reference] = []
    for reference, evaluation in trace:
        if evaluation.without_value:
            missing.append(reference)
        number = next(filter(is_rounded, _long_integers(_read(evaluation))), None)
        if number is not None:
            rounded.append(Rounded(reference, number))
        if isinstance(evaluation.raw, dict | list) and _is_object_as_text(reference, evaluation.value):
            objects.append(reference)
        if is_unconverted(reference, evaluation):
            unconverted.append(reference)
    return Worries(tuple(missing), tuple(rounded), tuple(objects), tuple(unconverted))


def converted_types(reference: Reference) -> frozenset[type] | None:
    """The Python types of a placeholder's value where its type has done what it says; None where any value will do.

    That is known of a placeholder that is all of its string, with one alternative and a type that makes a number or a
    boolean.
    """
    if not reference.whole or len(reference.alternatives) != 1:
        return None
    return _CONVERTED.get(reference.alternatives[0].cast or "")


def is_unconverted(reference: Reference, evaluation: Evaluation) -> bool:
    """Whether the type of a placeholder did not convert the value that it read, as ``:int`` does with ``abc``."""
    if evaluation.kept or evaluation.default:
        return False
    types = converted_types(reference)
    return types is not None and type(evaluation.value) not in types


def _is_object_as_text(reference: Reference, value: object) -> bool:
    """Whether the ``value`` of an object or array has ``[object …]`` in its text, and text is what it becomes."""
    if type(value) is str:
        return _OBJECT in value
    return not reference.whole and isinstance(value, dict | list) and _OBJECT in to_text(value)


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

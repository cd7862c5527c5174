"""The paths between the braces, as the npm package wild-wild-parser reads them.

Segments are parted by dots: names, array indexes (``-1`` counts from the end), ``/regexp/`` over an object's
names, slices such as ``-2:``. A space parts alternatives of which the first that exists wins.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final, TypeAlias

from batchctl.patterns import lazy_regex
from batchctl.structs import Struct

_INDEX = lazy_regex(r"-?[0-9]+")
_SLICE = lazy_regex(r"(-?[0-9]+)?:(-?[0-9]+)?")
_MAX_INDEX_LENGTH = 16
_HUGE = 10**_MAX_INDEX_LENGTH


class Backwards(Struct, frozen=True):
    """An index counted from the end of an array, as in ``args.ids.-1``: ``distance`` 1 is the last item.

    ``-0`` has ``distance`` 0 and is the place after the last item.
    """

    distance: int


class Slice(Struct, frozen=True):
    """A part of an array, as in ``args.ids.1:3``: from index ``start`` up to ``stop``, not included.

    Each is an ``int``, a ``Backwards``, or None where none is written.
    """

    start: object
    stop: object


class RegExp(Struct, frozen=True):
    """A regular expression in a path, as in ``args./name/i``: it stands for every member whose name it matches.

    ``source`` is what is between the slashes, ``flags`` are the letters after them.
    """

    source: str
    flags: str


class Endless(Struct, frozen=True):
    """An index that is too large for a JavaScript number; a search that gets to it raises ``TemplateError``."""


Token: TypeAlias = "str | int | Backwards | Slice | RegExp | Endless"  # noqa: S105 - no password
"""One step of a path: a name, an index from 0, or one of the classes above."""
ENDLESS: Final = Endless()


@lru_cache(maxsize=4096)
def parse_path(path: str) -> tuple[object, ...]:
    """The steps of a path: ``args.ids.0`` → ``("args", "ids", 0)``, each a ``Token``.

    Empty where it is an empty path, or several alternatives parted by spaces. Brackets have no meaning: ``ids[0]`` is a
    name.
    """
    unions = parse_query(path.strip())
    return unions[0] if len(unions) == 1 else ()


def parse_query(query: str) -> tuple[tuple[Token, ...], ...]:
    """The alternatives that spaces part in the path ``query``, each a tuple of its steps.

    ``args.id args.key`` → ``(("args", "id"), ("args", "key"))``; empty for an empty path.
    """
    found: list[tuple[Token, ...]] = []
    for part in query.split(" "):
        if not part:
            continue
        if not part.strip("."):
            # Only dots: each one after the first is an empty name.
            found.append(("",) * (len(part) - 1))
            continue
        pieces = part.split(".")
        found.append(tuple(map(_token, pieces[1:] if not pieces[0] else pieces)))
    return tuple(found)


def _token(text: str) -> Token:
    if text.startswith("/") and text.rfind("/") > 1:
        end = text.rfind("/")
        return RegExp(text[1:end], text[end + 1 :])
    edges = _SLICE.fullmatch(text)
    if edges:
        start, stop = (None if edge is None else _index(edge) for edge in edges.groups())
        return ENDLESS if ENDLESS in (start, stop) else Slice(start, stop)
    return _index(text) if _INDEX.fullmatch(text) else text


def _index(text: str) -> int | Backwards | Endless:
    # Python refuses to read thousands of digits, and no array is that long.
    digits = text.lstrip("-").lstrip("0")
    number = int(digits or 0) if len(digits) <= _MAX_INDEX_LENGTH else _HUGE
    if number == _HUGE and math.isinf(float(digits)):
        return ENDLESS
    return Backwards(number) if text.startswith("-") else number

"""Moments as text: luxon's tokens, ISO 8601, RFC 2822, HTTP and SQL."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from batchctl.javascript.values import number_text
from batchctl.patterns import lazy_regex
from batchctl.truto_functions.dates.calendar import iso_week, ordinal_of
from batchctl.truto_functions.dates.zone_names import zone_name
from batchctl.truto_functions.dates.zones import Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchctl.truto_functions.dates.duration import Duration
    from batchctl.truto_functions.dates.moment import Moment

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DATE: Final = {"": "M/d/y", "m": "MMM d, y", "l": "MMMM d, y", "h": "EEEE, MMMM d, y"}
_TIME: Final = {"": "h:mm a", "s": "h:mm:ss a", "24": "HH:mm", "24s": "HH:mm:ss"}
MACROS: Final = {
    "D": _DATE[""],
    "DD": _DATE["m"],
    "DDD": _DATE["l"],
    "DDDD": _DATE["h"],
    "t": _TIME[""],
    "tt": _TIME["s"],
    "ttt": f"{_TIME['s']} ZZZZ",
    "tttt": f"{_TIME['s']} ZZZZZ",
    "T": _TIME["24"],
    "TT": _TIME["24s"],
    "TTT": f"{_TIME['24s']} ZZZZ",
    "TTTT": f"{_TIME['24s']} ZZZZZ",
    "f": f"{_DATE['']}, {_TIME['']}",
    "ff": f"{_DATE['m']}, {_TIME['']}",
    "fff": f"{_DATE['l']} 'at' {_TIME['']} ZZZZ",
    "ffff": f"{_DATE['h']} 'at' {_TIME['']} ZZZZZ",
    "F": f"{_DATE['']}, {_TIME['s']}",
    "FF": f"{_DATE['m']}, {_TIME['s']}",
    "FFF": f"{_DATE['l']} 'at' {_TIME['s']} ZZZZ",
    "FFFF": f"{_DATE['h']} 'at' {_TIME['s']} ZZZZZ",
}
_PIECE: Final = lazy_regex(r"'([^']*)(?:'|$)|(([^'])\3*)")


def pieces(form: str) -> Iterator[tuple[bool, str]]:
    """The parts of a luxon format such as ``yyyy-MM``: for each whether it is literal text, and that text or token.

    Literal are white space, and what is in single quotes, without these. Anything else is a token, a hyphen too.
    """
    for found in _PIECE.finditer(form):
        if found[2] is None:
            if found[1]:
                yield True, found[1]
        else:
            yield found[2].isspace(), found[2]


def padded(number: float, width: int = 2) -> str:
    """``number`` as text with at least ``width`` digits, zeros in front; a minus comes before them."""
    if type(number) is int and number >= 0:
        return str(number).rjust(width, "0")
    digits = number_text(abs(number)).rjust(width, "0")
    return f"-{digits}" if number < 0 else digits


def show(moment: Moment, form: str, *, z_for_utc: bool = False) -> str:
    """``moment`` as text in a format of luxon's tokens, such as ``yyyy-MM-dd``.

    What is no token stays as it is. ``z_for_utc`` writes ``Z`` for an offset where the zone is UTC. Raises
    ``ValueError`` for an invalid moment, ``HostError`` where the zone's long name (``ZZZZZ``) is not known here.
    """
    shower = _Shower(moment, z_for_utc=z_for_utc)
    return "".join([part if literal else shower.token(part) for literal, part in _pieces(form)])


@lru_cache(maxsize=256)
def _pieces(form: str) -> tuple[tuple[bool, str], ...]:
    return tuple(pieces(form))


_WEEK: Final = ("weekYear", "week", "weekday")


class _Shower:
    def __init__(self, moment: Moment, *, z_for_utc: bool) -> None:
        self.moment = moment
        self.fields = moment.fields
        self.z_for_utc = z_for_utc

    def token(self, token: str) -> str:
        shown = _TOKENS.get(token)
        if shown is not None:
            return shown(self)
        return self.macro(MACROS[token]) if token in MACROS else token

    def macro(self, form: str) -> str:
        """A format of the locale, which knows a fixed offset as a zone of its own only for whole hours."""
        zone = self.moment.zone
        if zone.kind != "fixed":
            return show(self.moment, form)
        if zone.minutes == 0 or zone.minutes % 60 or not -720 <= zone.minutes <= 840:
            # A narrow blank stands before AM and PM here.
            return show(self.moment, form.replace(" a", "\u202fa"))
        name = "GMT" + zone.show_offset(0, "short" if "ZZZZZ" in form else "narrow")
        return show(self.moment, re.sub("ZZZZ+", f"'{name}'", form))

    def offset(self, form: str) -> str:
        if self.z_for_utc and self.moment.zone.kind == "fixed" and self.moment.offset == 0:
            return "Z"
        return self.moment.zone.show_offset(self.moment.ms, form)

    def number(self, name: str) -> float:
        if name in _WEEK:
            return iso_week(self.fields)[_WEEK.index(name)]
        return ordinal_of(self.fields) if name == "ordinal" else getattr(self.fields, name)


def _field(name: str, width: int = 1) -> Callable[[_Shower], str]:
    return lambda shower: padded(shower.number(name), width)


def _hour12(width: int) -> Callable[[_Shower], str]:
    return lambda shower: padded(shower.fields.hour % 12 or 12, width)


def _short(name: str) -> Callable[[_Shower], str]:
    return lambda shower: number_text(shower.number(name))[-2:].rjust(2, "0")


def _month(length: int | None) -> Callable[[_Shower], str]:
    return lambda shower: MONTHS[int(shower.fields.month) - 1][:length]


def _weekday(length: int | None) -> Callable[[_Shower], str]:
    return lambda shower: WEEKDAYS[int(shower.number("weekday")) - 1][:length]


def _era(before: str, after: str) -> Callable[[_Shower], str]:
    return lambda shower: before if shower.fields.year < 0 else after


def _local_week(shower: _Shower) -> tuple[float, float]:
    """Week and year as the United States count them: from Sunday, the first with a day of January."""
    fields = shower.fields
    weekday = shower.number("weekday") % 7
    first = (weekday - ordinal_of(fields) + 1) % 7
    week = (ordinal_of(fields) - 1 + first) // 7 + 1
    if fields.month == 12 and fields.day - weekday > 25 and fields.day + 6 - weekday > 31:
        return 1, fields.year + 1
    return week, fields.year


_TOKENS: Final[Mapping[str, Callable[[_Shower], str]]] = {
    "S": _field("millisecond"),
    "u": _field("millisecond", 3),
    "SSS": _field("millisecond", 3),
    "uu": lambda shower: padded(shower.fields.millisecond // 10),
    "uuu": lambda shower: padded(shower.fields.millisecond // 100, 1),
    "s": _field("second"),
    "ss": _field("second", 2),
    "m": _field("minute"),
    "mm": _field("minute", 2),
    "h": _hour12(1),
    "hh": _hour12(2),
    "H": _field("hour"),
    "HH": _field("hour", 2),
    "Z": lambda shower: shower.offset("narrow"),
    "ZZ": lambda shower: shower.offset("short"),
    "ZZZ": lambda shower: shower.offset("techie"),
    "ZZZZ": lambda shower: zone_name(shower.moment.zone, shower.moment.ms, long=False),
    "ZZZZZ": lambda shower: zone_name(shower.moment.zone, shower.moment.ms, long=True),
    "z": lambda shower: shower.moment.zone.name,
    "a": lambda shower: "AM" if shower.fields.hour < 12 else "PM",
    "d": _field("day"),
    "dd": _field("day", 2),
    **{f"{letter}": _field("weekday") for letter in "cE"},
    **{letter * 3: _weekday(3) for letter in "cE"},
    **{letter * 4: _weekday(None) for letter in "cE"},
    **{letter * 5: _weekday(1) for letter in "cE"},
    **{letter: _field("month") for letter in "LM"},
    **{letter * 2: _field("month", 2) for letter in "LM"},
    **{letter * 3: _month(3) for letter in "LM"},
    **{letter * 4: _month(None) for letter in "LM"},
    **{letter * 5: _month(1) for letter in "LM"},
    "y": _field("year"),
    "yy": _short("year"),
    "yyyy": _field("year", 4),
    "yyyyyy": _field("year", 6),
    "G": _era("BC", "AD"),
    "GG": _era("Before Christ", "Anno Domini"),
    "GGGGG": _era("B", "A"),
    "kk": _short("weekYear"),
    "kkkk": _field("weekYear", 4),
    "W": _field("week"),
    "WW": _field("week", 2),
    "n": lambda shower: padded(_local_week(shower)[0], 1),
    "nn": lambda shower: padded(_local_week(shower)[0]),
    "ii": lambda shower: number_text(_local_week(shower)[1])[-2:].rjust(2, "0"),
    "iiii": lambda shower: padded(_local_week(shower)[1], 4),
    "o": _field("ordinal"),
    "ooo": _field("ordinal", 3),
    "q": lambda shower: padded(math.ceil(shower.fields.month / 3), 1),
    "qq": lambda shower: padded(math.ceil(shower.fields.month / 3)),
    "X": lambda shower: number_text(math.floor(shower.moment.ms / 1000)),
    "x": lambda shower: number_text(shower.moment.ms),
}


def iso_date(moment: Moment, *, basic: bool = False) -> str:
    """The date in ISO 8601: ``2024-03-10``; years outside 0 to 9999 have a sign and six digits.

    ``basic`` leaves out the hyphens. Raises ``ValueError`` for an invalid moment.
    """
    fields = moment.fields
    long = fields.year > 9999 or fields.year < 0
    between = "" if basic else "-"
    year = ("+" if long and fields.year >= 0 else "") + padded(fields.year, 6 if long else 4)
    return f"{year}{between}{padded(fields.month)}{between}{padded(fields.day)}"


def iso_time(moment: Moment, options: Mapping[str, object]) -> str:
    """The time of day in ISO 8601, with its offset: ``15:04:05.678+01:00``.

    ``options`` are those of luxon's ``toISO``: ``suppressSeconds`` and ``suppressMilliseconds`` leave these out where
    they are 0, ``includeOffset`` false the offset; ``extendedZone`` adds the zone's name; a ``format`` other than
    ``extended`` has no colons in the time. Raises ``ValueError`` for an invalid moment.
    """
    fields = moment.fields
    between = "" if options.get("format", "extended") != "extended" else ":"
    shown = padded(fields.hour) + between + padded(fields.minute)
    if fields.millisecond or fields.second or not options.get("suppressSeconds"):
        shown += between + padded(fields.second)
        if fields.millisecond or not options.get("suppressMilliseconds"):
            shown += f".{padded(fields.millisecond, 3)}"
    named = options.get("extendedZone")
    if options.get("includeOffset", True):
        offset = moment.offset
        if moment.zone.kind == "fixed" and offset == 0 and not named:
            shown += "Z"
        else:
            size = abs(offset)
            shown += f"{'-' if offset < 0 else '+'}{padded(math.trunc(size / 60))}:{padded(math.trunc(size % 60))}"
    return shown + (f"[{_iana_name(moment.zone)}]" if named else "")


def _iana_name(zone: Zone) -> str:
    if zone.kind != "fixed":
        return zone.name
    return "Etc/UTC" if zone.minutes == 0 else f"Etc/GMT{Zone('fixed', '', -zone.minutes).show_offset(0, 'narrow')}"


def iso(moment: Moment, options: Mapping[str, object] | None = None) -> str | None:
    """Date and time in ISO 8601: ``2024-03-10T15:04:05.678+01:00``; None for an invalid moment.

    ``options`` are those of luxon's ``toISO`` (``suppressSeconds``, ``suppressMilliseconds``, ``includeOffset``,
    ``extendedZone``, ``format``), None for none: date, time and offset are then shown. A ``format`` other than
    ``extended`` has no hyphens and colons in date and time.
    """
    if not moment.is_valid:
        return None
    options = options or {}
    basic = options.get("format", "extended") != "extended"
    return f"{iso_date(moment, basic=basic)}T{iso_time(moment, options)}"


_LETTERS: Final = {
    "S": "milliseconds",
    "s": "seconds",
    "m": "minutes",
    "h": "hours",
    "d": "days",
    "w": "weeks",
    "M": "months",
    "y": "years",
}


def show_duration(duration: Duration, form: str, *, floor: bool = True) -> str:
    """``duration`` as text in a luxon format such as ``hh:mm:ss``; ``Invalid Duration`` for an invalid one.

    The tokens are letters of units, as many as the digits to fill with zeros (``y``, ``M``, ``w``, ``d``, ``h``, ``m``,
    ``s``, ``S``); the duration is expressed in these units. Amounts are rounded down with ``floor``, else to three
    decimals.
    """
    if duration.values is None:
        return "Invalid Duration"
    parts = list(pieces(form))
    units = [_LETTERS[part[0]] for literal, part in parts if not literal and part[0] in _LETTERS]
    shifted = duration.shifted(units)
    shown = ""
    for literal, part in parts:
        if literal or part[0] not in _LETTERS:
            shown += part
            continue
        amount = shifted.get(_LETTERS[part[0]])
        amount = math.floor(amount) if floor else math.floor(amount * 1000 + 0.5) / 1000
        whole, dot, fraction = number_text(abs(amount)).partition(".")
        shown += f"{'-' if amount < 0 else ''}{whole.rjust(len(part), '0')}{dot}{fraction}"
    return shown

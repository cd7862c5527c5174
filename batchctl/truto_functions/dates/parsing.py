"""Text → moments: ISO 8601, RFC 2822 and formats of luxon's tokens."""

from __future__ import annotations

import re
import time
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from batchctl.javascript.budget import tick
from batchctl.javascript.coercion import as_object, is_nil, no_property, text, truthy
from batchctl.javascript.errors import HostError
from batchctl.patterns import lazy_regex
from batchctl.truto_functions.dates.calendar import DAY_MS, days_in_month
from batchctl.truto_functions.dates.formats import MACROS, MONTHS, WEEKDAYS, pieces
from batchctl.truto_functions.dates.moment import Moment, from_fields, invalid
from batchctl.truto_functions.dates.zones import Zone, fixed, iana, signed_minutes, zone_of

if TYPE_CHECKING:
    from collections.abc import Mapping

Found = dict[str, float]
_IANA: Final = r"[A-Za-z_+-]{1,256}(?::?/[A-Za-z0-9_+-]{1,256}(?:/[A-Za-z0-9_+-]{1,256})?)?"
_OFFSET: Final = r"(?:(?P<utc>Z)|(?P<oh>[+-][0-9]{2})(?::?(?P<om>[0-9]{2}))?)"
_CLOCK: Final = (
    r"(?P<hour>[0-9]{2})(?::?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,30}))?)?)?"
)
_TIME: Final = rf"{_CLOCK}(?:{_OFFSET}?(?:\[(?P<zone>{_IANA})\])?)?"
_ISO: Final = [
    lazy_regex(
        rf"(?P<year>[+-][0-9]{{6}}|[0-9]{{4}})(?:-?(?P<month>[0-9]{{2}})(?:-?(?P<day>[0-9]{{2}}))?)?(?:T{_TIME})?"
    ),
    lazy_regex(rf"(?P<weekYear>[0-9]{{4}})-?W(?P<weekNumber>[0-9]{{2}})(?:-?(?P<weekday>[0-9]))?(?:T{_TIME})?"),
    lazy_regex(rf"(?P<year>[0-9]{{4}})-?(?P<ordinal>[0-9]{{3}})(?:T{_TIME})?"),
    lazy_regex(_TIME),
]
_COMMON: Final = lazy_regex(
    r"([1-9][0-9]{3})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,3}))?)?"
    r"(?:Z|([+-](?:0[0-9]|1[0-2])):([0-5][0-9]))?)?"
)
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()
_RFC2822: Final = lazy_regex(
    r"(?:(?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun),\s)?(?P<day>[0-9]{1,2})\s(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct"
    r"|Nov|Dec)\s(?P<year>[0-9]{2,4})\s(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?\s"
    r"(?:(?P<named>UT|GMT|[ECMP][SD]T)|(?P<utc>[Zz])|(?P<oh>[+-][0-9]{2})(?P<om>[0-9]{2}))"
)
_AMERICAN_HOURS: Final = {"EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8}
# Tokens of several widths side by side can be read in many ways; this many are still quick to try.
_MAX_OPEN_TOKENS: Final = 12


def now_ms() -> float:
    """The current time in milliseconds after the start of 1970."""
    return time.time() * 1000


@lru_cache(maxsize=1024)
def _common(written: str) -> Moment | None:
    """What services write, ``2026-01-31T09:30:00Z``, shown in UTC; None for any other text."""
    found = _COMMON.fullmatch(written)
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    hour, minute, second = int(found[4] or 0), int(found[5] or 0), int(found[6] or 0)
    if not (1 <= month <= 12 and 1 <= day <= days_in_month(year, month) and hour < 24 and minute < 60 and second < 60):
        return None
    east = signed_minutes(found[8], found[9]) if found[8] else 0
    clock = (hour * 60 + minute - east) * 60_000 + second * 1000 + int((found[7] or "").ljust(3, "0"))
    return Moment((date(year, month, day).toordinal() - _FIRST_DAY) * DAY_MS + clock)


def from_iso(source: object, options: Mapping[str, object]) -> Moment:
    """The moment that the ISO 8601 text ``source`` names: a date, week date, day of the year, or time of day.

    ``options`` are those of luxon's ``fromISO``: ``zone`` is the zone of the result, and of text that names none (UTC
    unless given); ``setZone`` true keeps the text's own. Invalid for other text, null and UNDEFINED; another value is
    read by its text (2024 is a year).
    """
    if type(source) is str and not options and (common := _common(source)) is not None:
        return common
    written = "" if is_nil(source) else text(source)
    for pattern in _ISO:
        found = pattern.fullmatch(written)
        if found:
            parts = found.groupdict()
            return _placed(_iso_fields(parts), _iso_zone(parts), options, "ISO 8601", source)
    return _unparsable(source, "ISO 8601")


def _iso_fields(parts: Mapping[str, str | None]) -> Found:
    fields = {
        name: float(parts[name] or 0)
        for name in ("year", "month", "day", "weekYear", "weekNumber", "weekday", "ordinal")
        if parts.get(name)
    }
    if "year" in fields and "ordinal" not in fields:
        fields = {"month": 1, "day": 1, **fields}
    for name in ("hour", "minute", "second"):
        fields[name] = float(parts.get(name) or 0)
    if parts.get("fraction"):
        fields["millisecond"] = _milliseconds(parts["fraction"])
    return fields


def _milliseconds(fraction: str | None) -> float:
    return float(f"0.{fraction}") * 1000 // 1


def _iso_zone(parts: Mapping[str, str | None]) -> Zone | None:
    if parts["zone"]:
        return iana(parts["zone"])
    if not parts["utc"] and not parts["oh"]:
        return None
    return fixed(signed_minutes(parts["oh"], parts["om"]))


def _placed(
    fields: Found,
    zone: Zone | None,
    options: Mapping[str, object],
    form: str,
    source: object,
    offset: float | None = None,
) -> Moment:
    """The moment that was read, in its own zone if ``setZone`` is set, else in the one that is wanted."""
    if not fields and zone is None:
        return _unparsable(source, form)
    wanted = zone_of(options.get("zone"))
    moment = from_fields(fields, zone or wanted, now_ms(), offset=offset)
    if truthy(options.get("setZone")) or not moment.is_valid:
        return moment
    return moment.in_zone(wanted)


def _unparsable(source: object, form: str) -> Moment:
    return invalid("unparsable", f'the input "{text(source)}" can\'t be parsed as {form}')


def from_rfc2822(source: object, options: Mapping[str, object]) -> Moment:
    """The moment that ``source`` names, such as ``Tue, 01 Nov 2016 13:23:12 +0630`` (RFC 2822, 3.3).

    ``options`` are those of luxon's ``fromRFC2822``: ``zone`` is the zone of the result (UTC unless given), ``setZone``
    true keeps the text's own. Invalid for other text and values; raises ``HostError`` for null or UNDEFINED.
    """
    if is_nil(source):
        raise no_property(source, "replace")
    written = re.sub(r"\([^()]*\)|[\n\t]", " ", text(source))
    found = _RFC2822.fullmatch(re.sub(r"\s\s+", " ", written).strip())
    if found is None:
        return _unparsable(source, "RFC 2822")
    parts = found.groupdict()
    year = float(parts["year"])
    fields = {name: float(parts[name]) for name in ("day", "hour", "minute", "second") if parts[name]}
    fields["year"] = _full_year(year) if len(parts["year"]) == 2 else year
    fields["month"] = _place(MONTHS, parts["month"])
    if parts["weekday"]:
        fields["weekday"] = _place(WEEKDAYS, parts["weekday"])
    hours = _AMERICAN_HOURS.get(parts["named"] or "", 0)
    return _placed(fields, fixed(hours * 60 or signed_minutes(parts["oh"], parts["om"])), options, "RFC 2822", source)


def _place(names: tuple[str, ...], name: str) -> int:
    return 1 + next(at for at, known in enumerate(names) if known.lower().startswith(name.lower()[:3]))


def _full_year(year: float) -> float:
    return year if year > 99 else 1900 + year if year > 60 else 2000 + year


_ONE_OR_TWO: Final = "[0-9]{1,2}"
_SHORT: Final = {names: "|".join(name[:3] for name in names) for names in (MONTHS, WEEKDAYS)}
_READ: Final = {
    "G": "BC|AD",
    "GG": "Before Christ|Anno Domini",
    "y": "[0-9]{1,6}",
    "yy": "[0-9]{2,4}",
    "yyyy": "[0-9]{4}",
    "yyyyy": "[0-9]{4,6}",
    "yyyyyy": "[0-9]{6}",
    "MMM": _SHORT[MONTHS],
    "MMMM": "|".join(MONTHS),
    "LLL": _SHORT[MONTHS],
    "LLLL": "|".join(MONTHS),
    "o": "[0-9]{1,3}",
    "ooo": "[0-9]{3}",
    "S": "[0-9]{1,3}",
    "SSS": "[0-9]{3}",
    "u": "[0-9]{1,9}",
    "uu": _ONE_OR_TWO,
    "uuu": "[0-9]",
    "a": "AM|PM",
    "kkkk": "[0-9]{4}",
    "kk": "[0-9]{2,4}",
    "E": "[0-9]",
    "c": "[0-9]",
    **{letter * 3: _SHORT[WEEKDAYS] for letter in "Ec"},
    **{letter * 4: "|".join(WEEKDAYS) for letter in "Ec"},
    "Z": "[+-][0-9]{1,2}(?::[0-9]{2})?",
    "ZZ": "[+-][0-9]{1,2}(?::[0-9]{2})?",
    "ZZZ": "[+-][0-9]{1,2}(?:[0-9]{2})?",
    "z": "[a-z_+-/]{1,256}?",
    **dict.fromkeys("MLdHhmqsW", _ONE_OR_TWO),
    **{letter * 2: "[0-9]{2}" for letter in "MLdHhmqsW"},
}
_OPEN: Final = lazy_regex(r"\{[0-9]+,")
_FIELDS: Final = {
    "S": "millisecond",
    "s": "second",
    "m": "minute",
    "h": "hour",
    "H": "hour",
    "d": "day",
    "o": "ordinal",
    "L": "month",
    "M": "month",
    "y": "year",
    "E": "weekday",
    "c": "weekday",
    "W": "weekNumber",
    "k": "weekYear",
}


def from_format(source: object, form: object, options: Mapping[str, object]) -> Moment:
    """The moment that the text ``source`` names in the format ``form``, luxon's tokens such as ``dd/MM/yyyy HH:mm``.

    ``options`` are those of luxon's ``fromFormat``: ``zone`` is the zone of the result, and of text that names none
    (UTC unless given); ``setZone`` true keeps the text's own. Invalid for text that does not match; raises
    ``HostError`` for a bad format, and for a ``source`` that is no text.
    """
    if isinstance(form, list) and form:
        raise HostError("fmt.charAt is not a function")
    shape = text(form)
    if not isinstance(source, str):
        raise no_property(source, "match") if source is None else HostError("input.match is not a function")
    found = re.fullmatch(_pattern(shape), source, re.IGNORECASE)
    read = {name[1:]: value for name, value in found.groupdict().items()} if found else {}
    for token in ("yy", "kk"):
        if found and _last_of(shape, token[0]) == token and float(read[token[0]]) <= 99:
            read[token[0]] = f"{_full_year(float(read[token[0]])):.0f}"
    if "a" in read and "H" in read:
        raise HostError("Can't include meridiem when specifying 24-hour format")
    zone = iana(read["z"]) if "z" in read else None
    offset = None
    if "Z" in read:
        sign = re.fullmatch(r"([+-][0-9]{1,2}):?([0-9]{2})?", read["Z"])
        offset = float(signed_minutes(sign[1], sign[2])) if sign else 0
        zone = zone or fixed(offset)
    return _placed(_read_fields(read), zone, options, f"format {shape}", source, offset)


def _last_of(form: str, letter: str) -> str:
    """The last token that begins with ``letter``."""
    return next((part for literal, part in reversed(_expanded(form)) if not literal and part[0] == letter), "")


def _expanded(form: str) -> list[tuple[bool, str]]:
    parts: list[tuple[bool, str]] = []
    for literal, part in pieces(form):
        if literal or part not in MACROS:
            parts.append((literal, part))
            continue
        # The year of such a format has four to six digits; any blank will do.
        inner = pieces(MACROS[part].replace("y", "yyyyy").replace("mm", "m").replace("ss", "s").replace("HH", "H"))
        parts += [(False, " ") if piece.isspace() else (is_text, piece) for is_text, piece in inner]
    return parts


def _pattern(form: str) -> str:
    pattern, seen, open_tokens = "", set(), 0
    for literal, part in _expanded(form):
        tick()
        expected = None if literal else r"[^\S\n\r]" if part == " " else _READ.get(part)
        if expected is None or part == " ":
            pattern += expected or re.escape(part)
            continue
        open_tokens += bool(_OPEN.search(expected))
        name = part[0]
        # Of a token that comes twice the last one counts: later groups take the name over.
        if name in seen:
            pattern = pattern.replace(f"(?P<t{name}>", "(?:")
        seen.add(name)
        pattern += f"(?P<t{name}>{expected})"
        if open_tokens > _MAX_OPEN_TOKENS:
            raise HostError("a format with so many tokens is not available locally", "not-local")
    return pattern


def _read_fields(read: Mapping[str, str]) -> Found:
    fields: Found = {}
    for token, written in read.items():
        name = _FIELDS.get(token)
        if name is not None:
            fields[name] = _read_number(token, written)
    if "q" in read:
        fields["month"] = (float(read["q"]) - 1) * 3 + 1
    if "h" in read and "a" in read:
        fields["hour"] = float(read["h"]) % 12 + (12 if read["a"].lower() == "pm" else 0)
        if float(read["h"]) > 12:
            fields["hour"] = float(read["h"])
    if read.get("G", "").lower() in {"bc", "before christ"} and fields.get("year"):
        fields["year"] = -fields["year"]
    if "u" in read:
        fields["millisecond"] = _milliseconds(read["u"])
    return fields


def _read_number(letter: str, written: str) -> float:
    if written[0].isdigit():
        return float(written)
    return _place(MONTHS if letter in "LM" else WEEKDAYS, written)


def parse_moment(source: object, form: object, options: object) -> Moment:
    """``$dtFromFormat``: the moment that the text ``source`` names in the format ``form``.

    ``form`` is ``ISO``, ``RFC2822`` or luxon's tokens (``dd/MM/yyyy``). ``options`` is an object with ``zone``, the
    zone of the result and of text that names none (UTC unless given), and ``setZone``, true to keep the text's own;
    another value counts as none. Invalid for text that does not match, and with ``ISO`` for null and UNDEFINED; these
    raise ``HostError`` with another ``form``, and with tokens so does all that is no text.
    """
    given = as_object(options)
    if form == "RFC2822":
        return from_rfc2822(source, given)
    if form == "ISO":
        return from_iso(source, given)
    if is_nil(source) and source is not None:
        raise HostError("fromFormat requires an input string and a format")
    return from_format(source, form, given)

"""A moment in a time zone, and what can be done with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from batchctl.javascript.coercion import is_nil, text
from batchctl.javascript.errors import HostError
from batchctl.structs import Struct, replace
from batchctl.truto_functions.dates.calendar import (
    MAX_MS,
    Fields,
    days_in_month,
    days_in_year,
    fields_of,
    from_week,
    iso_week,
    local_ms,
    ordinal_of,
    weeks_in_year,
)
from batchctl.truto_functions.dates.duration import Duration, Values, as_number, unit_name
from batchctl.truto_functions.dates.zones import SYSTEM, Zone, fixed, resolve, zone_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIME: Final = {"hour": 23, "minute": 59, "second": 59, "millisecond": 999}
_DATE_UNITS: Final = ("year", "month", "day", *_TIME)
_WEEK_UNITS: Final = ("weekYear", "weekNumber", "weekday", *_TIME)
_ORDINAL_UNITS: Final = ("year", "ordinal", *_TIME)
_FIELD_NAMES: Final = {name.lower(): name for name in (*_DATE_UNITS, *_WEEK_UNITS, *_ORDINAL_UNITS, "quarter")}
_FIELD_PLURALS: Final = {f"{name}s": field for name, field in _FIELD_NAMES.items()} | {"weeksnumber": "weekNumber"}
Given = dict[str, float]
"""Numbers by luxon's names of fields, such as ``{"weekYear": 2026, "weekNumber": 9}``."""


class Moment(Struct, frozen=True):
    """A moment in a time zone, as luxon's ``DateTime``: ``ms`` milliseconds after the start of 1970 in UTC.

    An invalid one has a ``reason`` in a word and an ``explanation`` in a sentence; ``plus``, ``with_fields``,
    ``start_of`` and ``end_of`` return it unchanged. ``locale`` is a BCP 47 tag.
    """

    ms: float = math.nan
    zone: Zone = SYSTEM
    locale: str = "en-US"
    reason: str | None = None
    explanation: str | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it is a moment; False for the result of something that names none, such as text that is no date."""
        return self.reason is None

    @property
    def offset(self) -> float:
        """The offset of its zone from UTC in minutes, positive to the east; of use for a valid moment only."""
        return self.zone.offset(self.ms)

    @property
    def fields(self) -> Fields:
        """The date and time of day in its zone; there is none for an invalid moment, which raises ``ValueError``."""
        return fields_of(math.trunc(self.ms) + self.offset * 60_000)

    def at(self, ms: float) -> Moment:
        """The moment ``ms`` milliseconds after 1970 in the same zone; invalid beyond JavaScript's range of dates."""
        if math.isnan(ms) or abs(ms) > MAX_MS:
            return invalid("invalid input")
        return replace(self, ms=ms)

    def in_zone(self, wanted: object, *, keep_clock: bool = False) -> Moment:
        """The same moment in another zone; with ``keep_clock`` the moment with the same date and time of day there.

        ``wanted`` is a ``Zone``, a name (``Europe/Paris``), minutes east of UTC, or None for the server's. Invalid for
        a zone that does not exist; raises ``HostError`` for an object that an expression has made.
        """
        zone = wanted if isinstance(wanted, Zone) else zone_of(wanted)
        if zone == self.zone:
            return self
        if not zone.is_known:
            return unsupported(zone)
        if not self.is_valid:
            return self
        ms = resolve(local_ms(self.fields), zone.offset(self.ms), zone)[0] if keep_clock else self.ms
        return replace(self, ms=ms, zone=zone)

    def plus(self, duration: Duration) -> Moment:
        """The moment later by ``duration``, a valid one: years to days by the calendar, smaller units as exact time."""
        if not self.is_valid:
            return self
        fields, amount = self.fields, duration.get
        year = fields.year + math.trunc(amount("years"))
        month = fields.month + math.trunc(amount("months")) + math.trunc(amount("quarters")) * 3
        day = min(fields.day, days_in_month(year, month)) + math.trunc(amount("days")) + math.trunc(amount("weeks")) * 7
        whole = {"years", "quarters", "months", "weeks", "days"}
        rest = {unit: math.fmod(left, 1) if unit in whole else left for unit, left in (duration.values or {}).items()}
        ms, _ = resolve(local_ms(replace(fields, year=year, month=month, day=day)), self.offset, self.zone)
        return self.at(ms + Duration(rest).milliseconds())

    def with_fields(self, values: object) -> Moment:
        """The moment with the fields in ``values`` (``{"month": 3}``) replaced; those out of range carry over.

        Raises ``HostError`` for fields that don't exist, or can't be combined; what is no object replaces nothing.
        """
        if not self.is_valid:
            return self
        given = normalized(values)
        check_mix(given)
        fields = self.fields
        if given.keys() & {"weekYear", "weekNumber", "weekday"}:
            year, week, day = iso_week(fields)
            fields = _from_ordinal(
                *from_week(given.get("weekYear", year), given.get("weekNumber", week), given.get("weekday", day)),
                fields,
            )
        elif "ordinal" in given:
            fields = _from_ordinal(given.get("year", fields.year), given["ordinal"], fields)
        merged = replace(fields, **{name: value for name, value in given.items() if name in _DATE_UNITS})
        if not given.keys() & {"day", "ordinal", "weekYear", "weekNumber", "weekday"}:
            merged = replace(merged, day=min(days_in_month(merged.year, merged.month), merged.day))
        return self.at(resolve(local_ms(merged), self.offset, self.zone)[0])

    def start_of(self, unit: object) -> Moment:
        """The first millisecond of the ``unit`` (``month``) that it is in. Raises ``HostError`` for what is no unit."""
        if not self.is_valid:
            return self
        name = unit_name(unit)
        given: Given = {}
        if name in {"years", "quarters", "months"}:
            given["day"] = 1
            month = self.fields.month
            if name != "months":
                given["month"] = 1 if name == "years" else (math.ceil(month / 3) - 1) * 3 + 1
        if name == "weeks":
            given["weekday"] = 1
        order = ("years quarters months weeks days", "hours", "minutes", "seconds")
        for units, field in zip(order, _TIME, strict=True):
            if name in " ".join(order[: order.index(units) + 1]).split():
                given[field] = 0
        return self.with_fields(given)

    def end_of(self, unit: object) -> Moment:
        """The last millisecond of the ``unit`` (``month``) that it is in. Raises ``HostError`` for what is no unit."""
        if not self.is_valid:
            return self
        return self.plus(Duration.of({text(unit): 1})).start_of(unit).plus(Duration({"milliseconds": -1}))


def _from_ordinal(year: float, ordinal: float, time: Fields) -> Fields:
    return replace(time, year=year, month=1, day=ordinal if ordinal > 0 else math.nan)


def invalid(reason: str, explanation: str | None = None) -> Moment:
    """An invalid moment: ``reason`` in a word or two, ``explanation`` in a sentence, in luxon's words."""
    return Moment(reason=reason, explanation=explanation)


def unsupported(zone: Zone) -> Moment:
    """An invalid moment, whose ``reason`` is that there is no such ``zone``."""
    return invalid("unsupported zone", f'the zone "{zone.name}" is not supported')


def normalized(values: object) -> Given:
    """The numbers in the object ``values`` by luxon's names of fields: ``{"Months": "3"}`` → ``{"month": 3}``.

    Raises ``HostError`` for other names, and values that are no numbers; null is left out. Empty for what is no object.
    """
    given: Given = {}
    for name, value in values.items() if isinstance(values, dict) else ():
        field = _FIELD_NAMES.get(name.lower()) or _FIELD_PLURALS.get(name.lower())
        if is_nil(value):
            continue
        if field is None:
            raise HostError(f"Invalid unit {name}")
        given[field] = as_number(value)
    return given


def check_mix(given: Given) -> None:
    """Raise ``HostError`` where week dates, days of the year (``ordinal``) and months are mixed in ``given``."""
    by_week = given.get("weekYear") or given.get("weekNumber")
    if by_week and given.keys() & {"year", "month", "day", "ordinal"}:
        raise HostError("Can't mix weekYear/weekNumber units with year/month/day or ordinals")
    if "ordinal" in given and given.keys() & {"month", "day"}:
        raise HostError("Can't mix ordinal dates with month/day")


def from_fields(
    values: Mapping[str, float], zone: Zone, now_ms: float, *, offset: float | None = None, locale: str = "en-US"
) -> Moment:
    """The moment at which a clock in ``zone`` shows ``values`` (``{"year": 2026, "month": 3}``).

    Of units that are missing, those larger than all in ``values`` are those at ``now_ms`` (milliseconds after 1970),
    the others the first (day 1, hour 0). ``offset``, in minutes, replaces the zone's; ``locale`` is a BCP 47 tag.
    Invalid for an unknown zone and numbers out of range. ``HostError`` is raised for unknown or mixed fields.
    """
    if not zone.is_known:
        return unsupported(zone)
    given = normalized(dict(values))
    check_mix(given)
    guess = zone.offset(now_ms) if offset is None else offset
    by_week = bool(given.get("weekYear") or given.get("weekNumber")) or (
        "weekday" in given and not given.keys() & {"year", "month", "day"}
    )
    units = _WEEK_UNITS if by_week else _ORDINAL_UNITS if "ordinal" in given else _DATE_UNITS
    complete = _completed(given, units, fields_of(now_ms + guess * 60_000))
    if problem := _out_of_range(complete, units):
        return problem
    if by_week:
        year, ordinal = from_week(complete["weekYear"], complete["weekNumber"], complete["weekday"])
    else:
        year, ordinal = complete["year"], complete.get("ordinal", math.nan)
    time = Fields(year, complete.get("month", 1), complete.get("day", 1), **{name: complete[name] for name in _TIME})
    fields = time if units is _DATE_UNITS else _from_ordinal(year, ordinal, time)
    moment = Moment(0, zone, locale).at(resolve(local_ms(fields), guess, zone)[0])
    wanted = given.get("weekday") if units is _DATE_UNITS else None
    if wanted and moment.is_valid and iso_week(moment.fields)[2] != wanted:
        date = moment.zone.iso(moment.ms)
        return invalid("mismatched weekday", f"you can't specify both a weekday of {text(wanted)} and a date of {date}")
    return moment


def _completed(given: Given, units: tuple[str, ...], now: Fields) -> Given:
    """Larger units that are missing are those of now, smaller ones the first."""
    complete: Given = {}
    for unit in units:
        if unit in given:
            complete[unit] = given[unit]
        elif any(larger in given for larger in units[: units.index(unit)]):
            complete[unit] = 0 if unit in _TIME else 1
        else:
            complete[unit] = _field_of(now, unit)
    return complete


def _field_of(fields: Fields, unit: str) -> float:
    if unit == "ordinal":
        return ordinal_of(fields)
    if unit in {"weekYear", "weekNumber", "weekday"}:
        return dict(zip(("weekYear", "weekNumber", "weekday"), iso_week(fields), strict=True))[unit]
    return float(getattr(fields, unit))


def _out_of_range(complete: Given, units: tuple[str, ...]) -> Moment | None:
    midnight = complete["hour"] == 24 and not any(complete[unit] for unit in ("minute", "second", "millisecond"))
    for unit in units:
        value = complete[unit]
        low, high = _range_of(unit, complete)
        if value != math.trunc(value) or not low <= value <= high:
            if unit == "hour" and midnight:
                continue
            name = "week" if unit == "weekNumber" else unit
            sentence = f"you specified {text(value)} (of type number) as a {name}, which is invalid"
            return invalid("unit out of range", sentence)
    return None


def _range_of(unit: str, complete: Given) -> tuple[float, float]:
    match unit:
        case "year" | "weekYear":
            return -math.inf, math.inf
        case "month":
            return 1, 12
        case "day":
            return 1, days_in_month(complete["year"], complete["month"])
        case "ordinal":
            return 1, days_in_year(complete["year"])
        case "weekNumber":
            return 1, weeks_in_year(complete["weekYear"])
        case "weekday":
            return 1, 7
        case _:
            return 0, _TIME[unit]


def difference(later: Moment, earlier: Moment, units: list[str]) -> Duration:
    """The duration from ``earlier`` to ``later`` in ``units`` such as ``days``; months and years by the calendar.

    It is negative where ``later`` is the earlier one, and invalid where one of them is invalid.
    """
    if not later.is_valid or not earlier.is_valid:
        return Duration(None)
    if earlier.ms > later.ms:
        return _difference(later, earlier, units).negated()
    return _difference(earlier, later, units)


def _difference(earlier: Moment, later: Moment, units: list[str]) -> Duration:
    cursor, high, lowest = earlier, earlier, ""
    results: Values = {}
    for unit in ("years", "quarters", "months", "weeks", "days"):
        if unit not in units:
            continue
        lowest = unit
        results[unit] = _count(unit, cursor, later)
        high = earlier.plus(Duration(results))
        if high.ms > later.ms:
            results[unit] -= 1
            cursor = earlier.plus(Duration(results))
            if cursor.ms > later.ms:
                high = cursor
                results[unit] -= 1
                cursor = earlier.plus(Duration(results))
        else:
            cursor = high
    remaining = later.ms - cursor.ms
    lower = [unit for unit in units if unit in {"hours", "minutes", "seconds", "milliseconds"}]
    if lower:
        return Duration({"milliseconds": remaining}).shifted(lower).plus(Duration(results))
    if high.ms < later.ms:
        high = cursor.plus(Duration({lowest: 1}))
    if high.ms != cursor.ms:
        results[lowest] = results.get(lowest, 0) + remaining / (high.ms - cursor.ms)
    return Duration(results)


def _count(unit: str, earlier: Moment, later: Moment) -> float:
    one, other = earlier.fields, later.fields
    years = other.year - one.year
    match unit:
        case "years":
            return years
        case "quarters":
            return math.ceil(other.month / 3) - math.ceil(one.month / 3) + years * 4
        case "months":
            return other.month - one.month + years * 12
    days = _day(other) - _day(one)
    return days if unit == "days" else (days - math.fmod(days, 7)) / 7


def _day(fields: Fields) -> float:
    return local_ms(Fields(fields.year, fields.month, fields.day)) // 86_400_000


def has_same(moment: Moment, other: Moment, unit: object) -> bool:
    """Whether two moments are in the same ``unit`` (``day``, ``month``), by the zone of ``other``.

    False where one of them is invalid. Raises ``HostError`` for what is no unit.
    """
    if not moment.is_valid:
        return False
    there = moment.in_zone(other.zone, keep_clock=True)
    return bool(there.start_of(unit).ms <= other.ms <= there.end_of(unit).ms)


def to_utc(moment: Moment, offset: object) -> Moment:
    """The same moment in the zone ``offset`` minutes east of UTC (0 if null, UNDEFINED); ``HostError`` if no number."""
    return moment.in_zone(fixed(0 if is_nil(offset) else as_number(offset)))

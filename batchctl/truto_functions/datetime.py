"""``$dtFromIso`` and ``$dtFromFormat``: dates with the members that luxon gives them, in English."""

from __future__ import annotations

import math
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from batchctl.javascript.coercion import as_array, as_object, is_nil, no_property, parse_int, text, truthy
from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED, js_number
from batchctl.truto_functions.dates.calendar import (
    days_in_month,
    days_in_year,
    is_leap,
    iso_week,
    ordinal_of,
    weeks_in_year,
)
from batchctl.truto_functions.dates.duration import Duration, unit_name
from batchctl.truto_functions.dates.formats import MONTHS, WEEKDAYS, iso, iso_date, iso_time, show, show_duration
from batchctl.truto_functions.dates.moment import Moment, difference, has_same, to_utc
from batchctl.truto_functions.dates.parsing import from_iso, now_ms, parse_moment
from batchctl.truto_functions.dates.zone_names import zone_name
from batchctl.truto_functions.dates.zones import UTC_ZONE, zone_of
from batchctl.truto_functions.graphs import Graph
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.objects import Method, ObjectKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.truto_functions.dates.calendar import Fields

_INVALID: Final = "Invalid DateTime"
_GETTERS: Final = """
    year quarter month day hour minute second millisecond weekYear weekNumber weekday ordinal monthShort monthLong
    weekdayShort weekdayLong offset offsetNameShort offsetNameLong zoneName daysInMonth daysInYear weeksInWeekYear
    isInLeapYear isInDST isOffsetFixed isValid invalidReason invalidExplanation locale numberingSystem outputCalendar
    zone
"""
_METHOD_NAMES: Final = """
    plus minus set startOf endOf setZone setLocale reconfigure toUTC toLocal toFormat toISO toISODate toISOTime
    toISOWeekDate toRFC2822 toHTTP toSQL toSQLDate toSQLTime toJSDate toMillis toSeconds toUnixInteger toRelative
    toRelativeCalendar toLocaleString diff diffNow until hasSame equals valueOf
"""


def dt_from_iso(source: object, zone: object) -> Moment:
    """``$dtFromIso``: the moment of ISO 8601 text, in ``zone`` (name, minutes; null or UNDEFINED: UTC), or invalid."""
    moment = from_iso(source, {})
    return moment.in_zone(zone) if truthy(zone) else moment


def dt_from_format(source: object, form: object, options: object) -> Moment:
    """``$dtFromFormat``: the moment of ``source`` by ``form`` (luxon's tokens, ISO, RFC2822, fromSeconds), or invalid.

    ``options`` may have ``zone`` (else UTC), ``setZone``. Raises ``HostError`` for bad tokens, or no text with them.
    """
    if form != "fromSeconds":
        return parse_moment(source, form, options)
    zone = zone_of(options.get("zone") if isinstance(options, dict) else None)
    return Moment(0, zone).at(parse_int(source) * 1000)


def _valid(read: Callable[[Moment], object], otherwise: object = None) -> Callable[[Moment], object]:
    return lambda moment: read(moment) if moment.is_valid else otherwise


def _of_fields(read: Callable[[Fields], float]) -> Callable[[Moment], object]:
    return _valid(lambda moment: js_number(read(moment.fields)), math.nan)


def _is_summer(moment: Moment) -> object:
    if not moment.is_valid or moment.zone.kind == "fixed":
        return False
    return any(moment.offset > moment.with_fields(other).offset for other in ({"month": 1, "day": 1}, {"month": 5}))


_VALUES: Final[Mapping[str, Callable[[Moment], object]]] = {
    **{
        name: _of_fields(attrgetter(name))
        for name in ("year", "month", "day", "hour", "minute", "second", "millisecond")
    },
    "quarter": _of_fields(lambda fields: math.ceil(fields.month / 3)),
    "weekYear": _of_fields(lambda fields: iso_week(fields)[0]),
    "weekNumber": _of_fields(lambda fields: iso_week(fields)[1]),
    "weekday": _of_fields(lambda fields: iso_week(fields)[2]),
    "ordinal": _of_fields(ordinal_of),
    "monthShort": _valid(lambda moment: MONTHS[int(moment.fields.month) - 1][:3]),
    "monthLong": _valid(lambda moment: MONTHS[int(moment.fields.month) - 1]),
    "weekdayShort": _valid(lambda moment: WEEKDAYS[int(iso_week(moment.fields)[2]) - 1][:3]),
    "weekdayLong": _valid(lambda moment: WEEKDAYS[int(iso_week(moment.fields)[2]) - 1]),
    "offset": _valid(lambda moment: js_number(moment.offset), math.nan),
    "offsetNameShort": _valid(lambda moment: zone_name(moment.zone, moment.ms, long=False)),
    "offsetNameLong": _valid(lambda moment: zone_name(moment.zone, moment.ms, long=True)),
    "zoneName": _valid(lambda moment: moment.zone.name),
    "daysInMonth": lambda moment: (
        days_in_month(moment.fields.year, moment.fields.month) if moment.is_valid else UNDEFINED
    ),
    "daysInYear": _of_fields(lambda fields: days_in_year(fields.year)),
    "weeksInWeekYear": _of_fields(lambda fields: weeks_in_year(iso_week(fields)[0])),
    "isInLeapYear": lambda moment: moment.is_valid and is_leap(moment.fields.year),
    "isInDST": _is_summer,
    "isOffsetFixed": _valid(lambda moment: moment.zone.kind == "fixed"),
    "isValid": lambda moment: moment.is_valid,
    "invalidReason": lambda moment: moment.reason,
    "invalidExplanation": lambda moment: moment.explanation,
    "locale": _valid(lambda moment: moment.locale),
    "numberingSystem": lambda _: None,
    "outputCalendar": lambda _: None,
    "zone": _valid(lambda moment: moment.zone.name),
}


def _in_zone(moment: Moment, zone: object, options: object) -> Moment:
    kept = as_object(options)
    return moment.in_zone(zone, keep_clock=truthy(kept.get("keepLocalTime")) or truthy(kept.get("keepCalendarTime")))


def _in_locale(moment: Moment, locale: object) -> Moment:
    if not is_nil(locale) and text(locale).lower() not in {"en", "en-us"}:
        raise HostError(f"the locale {text(locale)} exists on Truto, but is not available locally", "not-local")
    return moment


def _reconfigured(moment: Moment, options: object) -> Moment:
    return _in_locale(moment, as_object(options).get("locale"))


_WITH_MEMBERS: Final = (dict, list, str, int, float, Moment, Graph)


def _duration(wanted: object) -> Duration:
    if isinstance(wanted, Duration):
        return wanted
    if isinstance(wanted, float) and not math.isfinite(wanted):
        if math.isnan(wanted):
            raise HostError("Invalid unit value NaN")
        return Duration({})
    # A URL or a file has no members of its own that could be units.
    without_units = not isinstance(wanted, _WITH_MEMBERS) and not is_nil(wanted) and not callable(wanted)
    return Duration({}) if without_units else Duration.of(wanted)


def _diff(moment: Moment, other: object, units: object) -> Duration:
    if not isinstance(other, Moment):
        # Anything that is no date has no "isValid".
        return Duration(None)
    wanted = ["milliseconds"] if units is UNDEFINED else [unit_name(unit) for unit in as_array(units)]
    return difference(moment, other, wanted)


def _has_same(moment: Moment, other: object, unit: object) -> object:
    return has_same(moment, other, unit) if isinstance(other, Moment) else False


def _equals(moment: Moment, other: object) -> object:
    if not moment.is_valid:
        return False
    if other is None:
        raise no_property(other, "isValid")
    if not isinstance(other, Moment):
        return UNDEFINED
    if not other.is_valid:
        return False
    return moment.ms == other.ms and moment.zone == other.zone


def _shown(form: str, *, z_for_utc: bool = True) -> Callable[[Moment], object]:
    return lambda moment: show(moment, form, z_for_utc=z_for_utc) if moment.is_valid else None


def _http(moment: Moment) -> object:
    return show(moment.in_zone(UTC_ZONE), "EEE, dd LLL yyyy HH:mm:ss 'GMT'") if moment.is_valid else None


def _sql_time(moment: Moment, options: object) -> object:
    given = as_object(options)
    blank = " " if given.get("includeOffsetSpace", True) else ""
    zone = "z" if given.get("includeZone") else "ZZ" if given.get("includeOffset", True) else ""
    return _shown(f"HH:mm:ss.SSS{blank if zone else ''}{zone}")(moment)


def _sql(moment: Moment, options: object) -> object:
    return f"{iso_date(moment)} {_sql_time(moment, options)}" if moment.is_valid else None


def _date_only(moment: Moment, options: object) -> object:
    return (
        iso_date(moment, basic=as_object(options).get("format", "extended") != "extended") if moment.is_valid else None
    )


def _time_only(moment: Moment, options: object) -> object:
    given = as_object(options)
    return ("T" if given.get("includePrefix") else "") + iso_time(moment, given) if moment.is_valid else None


def _to_format(moment: Moment, form: object) -> object:
    return show(moment, text(form)) if moment.is_valid else _INVALID


def _locale_string(moment: Moment, options: object) -> object:
    if options is not UNDEFINED and options != {}:
        raise HostError("the options of toLocaleString exist on Truto, but are not available locally", "not-local")
    return show(moment, "D") if moment.is_valid else _INVALID


def _not_here(name: str) -> Method:
    def refused(*_: object) -> object:
        raise HostError(f"{name} of a date exists on Truto, but is not available locally", "not-local")

    return Method(refused, 1)


_METHODS: Final[Mapping[str, Method]] = {
    "plus": Method(lambda moment, amount: moment.plus(_duration(amount)) if moment.is_valid else moment, 1, "date"),
    "minus": Method(
        lambda moment, amount: moment.plus(_duration(amount).negated()) if moment.is_valid else moment, 1, "date"
    ),
    "set": Method(Moment.with_fields, 1, "date"),
    "startOf": Method(lambda moment, unit, _: moment.start_of(unit), 2, "date"),
    "endOf": Method(lambda moment, unit, _: moment.end_of(unit), 2, "date"),
    "setZone": Method(_in_zone, 2, "date"),
    "setLocale": Method(_in_locale, 1, "date"),
    "reconfigure": Method(_reconfigured, 1, "date"),
    "toUTC": Method(lambda moment, offset, _: to_utc(moment, offset), 2, "date"),
    "toLocal": Method(lambda moment: moment.in_zone(None), 0, "date"),
    "toFormat": Method(lambda moment, form, _: _to_format(moment, form), 2),
    "toISO": Method(lambda moment, options: iso(moment, as_object(options)), 1),
    "toISODate": Method(_date_only, 1),
    "toISOTime": Method(_time_only, 1),
    "toISOWeekDate": Method(_shown("kkkk-'W'WW-c")),
    "toRFC2822": Method(_shown("EEE, dd LLL yyyy HH:mm:ss ZZZ", z_for_utc=False)),
    "toHTTP": Method(_http),
    "toSQL": Method(_sql, 1),
    "toSQLDate": Method(_valid(iso_date)),
    "toSQLTime": Method(_sql_time, 1),
    "toJSDate": Method(lambda moment: moment, 0, "jsDate"),
    "toMillis": Method(_valid(lambda moment: js_number(moment.ms), math.nan)),
    "toSeconds": Method(_valid(lambda moment: js_number(moment.ms / 1000), math.nan)),
    "toUnixInteger": Method(_valid(lambda moment: math.floor(moment.ms / 1000), math.nan)),
    "valueOf": Method(_valid(lambda moment: js_number(moment.ms), math.nan)),
    "toRelative": _not_here("toRelative"),
    "toRelativeCalendar": _not_here("toRelativeCalendar"),
    "toLocaleString": Method(lambda moment, options, _: _locale_string(moment, options), 2),
    "diff": Method(lambda moment, other, units, _: _diff(moment, other, units), 3, "duration"),
    "diffNow": Method(lambda moment, units, _: _diff(moment, Moment(now_ms()), units), 2, "duration"),
    "until": _not_here("until"),
    "hasSame": Method(lambda moment, other, unit, _: _has_same(moment, other, unit), 3),
    "equals": Method(_equals, 1),
}


def _amounts(duration: Duration) -> dict[str, object]:
    return {unit: js_number(amount) for unit, amount in (duration.values or {}).items()}


def _as(duration: Duration, unit: object) -> object:
    return js_number(duration.shifted([unit_name(unit)]).get(unit))


def _shifted(duration: Duration, *units: object) -> Duration:
    return duration.shifted([unit_name(unit) for unit in units if unit is not UNDEFINED])


def _show_duration(duration: Duration, form: object, options: object) -> object:
    given = as_object(options)
    return show_duration(
        duration, text(form), floor=given.get("round") is not False and given.get("floor") is not False
    )


def js_date_text(moment: Moment) -> str:
    """The text that JavaScript's ``String(date)`` makes of a date at ``moment``, in UTC; ``Invalid Date`` for none."""
    if not moment.is_valid:
        return "Invalid Date"
    return show(moment.in_zone(UTC_ZONE), "EEE LLL dd yyyy HH:mm:ss 'GMT+0000 (Coordinated Universal Time)'")


def js_date_json(moment: Moment) -> object:
    """What JavaScript's ``date.toJSON()`` makes of a date at ``moment``: ISO 8601 in UTC, None for an invalid one."""
    return show(moment.in_zone(UTC_ZONE), "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'") if moment.is_valid else None


def js_date_number(moment: Moment) -> float:
    """The milliseconds from 1970 to ``moment``; NaN for an invalid one."""
    return js_number(moment.ms) if moment.is_valid else math.nan


def _make(name: str) -> Callable[[Any], object]:
    def make(native: object) -> object:
        return {"date": DATE, "duration": DURATION, "jsDate": JS_DATE}[name].make(native)

    return make


_MAKES: Final = {name: _make(name) for name in ("date", "duration", "jsDate")}
DATE: Final[ObjectKind] = ObjectKind(
    "date",
    _METHODS,
    _VALUES,
    order=(*_GETTERS.split(), *_METHOD_NAMES.split()),
    json=iso,
    number=js_date_number,
    inner=("ts", "_zone", "loc", "invalid", "weekData", "localWeekData", "c", "o", "isLuxonDateTime"),
    makes=_MAKES,
    unlisted={"toJSON": Method(iso)},
)
DURATION: Final[ObjectKind] = ObjectKind(
    "duration",
    {
        "toObject": Method(_amounts),
        "as": Method(_as, 1),
        "plus": Method(lambda duration, other: duration.plus(_duration(other)), 1, "duration"),
        "minus": Method(lambda duration, other: duration.plus(_duration(other).negated()), 1, "duration"),
        "shiftTo": Method(_shifted, 9, "duration"),
        "normalize": Method(Duration.normalized, 0, "duration"),
        "negate": Method(Duration.negated, 0, "duration"),
        "toFormat": Method(_show_duration, 2),
        "toISO": Method(Duration.iso),
        "toMillis": Method(lambda duration: js_number(duration.milliseconds())),
        "get": Method(lambda duration, unit: js_number(duration.get(unit)), 1),
    },
    spread=_amounts,
    json=Duration.iso,
    hidden=True,
    makes=_MAKES,
    unlisted={"toJSON": Method(Duration.iso)},
)
# What JavaScript itself has for a date: no members that JSONata sees.
JS_DATE: Final[ObjectKind] = ObjectKind(
    "jsDate",
    {},
    json=js_date_json,
    text=js_date_text,
    number=js_date_number,
    hidden=True,
    raw=True,
)
KINDS: Final = (DATE, DURATION, JS_DATE)
FUNCTIONS: Final = {
    "dtFromIso": Hosted(dt_from_iso, 2, 2, makes="date"),
    "dtFromFormat": Hosted(dt_from_format, 3, 3, makes="date"),
}

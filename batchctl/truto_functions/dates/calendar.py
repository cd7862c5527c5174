"""Days and milliseconds of the Gregorian calendar, for any year, as JavaScript's Date counts them."""

from __future__ import annotations

import math
from datetime import date
from functools import lru_cache
from typing import Final

from batchctl.structs import Struct

DAY_MS: Final = 86_400_000
MAX_MS: Final = 8.64e15
# Days between which Python's own calendar counts.
_YEAR_ONE: Final = date(1970, 1, 1).toordinal()
_YEAR_9999: Final = date.max.toordinal() - _YEAR_ONE
_LADDER: Final = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_LONG: Final = frozenset({1, 3, 5, 7, 8, 10, 12})


class Fields(Struct, frozen=True):
    """A date and a time of day, as a clock shows them. ``month`` and ``day`` count from 1."""

    year: float
    month: float
    day: float
    hour: float = 0
    minute: float = 0
    second: float = 0
    millisecond: float = 0


def is_leap(year: float) -> bool:
    """Whether ``year`` has a 29th of February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_year(year: float) -> int:
    """The number of days of a year: 365 or 366."""
    return 366 if is_leap(year) else 365


def days_in_month(year: float, month: float) -> int:
    """The number of days of ``month`` (January is 1) in ``year``; a month outside of 1 to 12 is one of another year."""
    within = (month - 1) % 12 + 1
    year += (month - within) / 12
    if within == 2:
        return 29 if is_leap(year) else 28
    return 31 if within in _LONG else 30


def local_ms(fields: Fields) -> float:
    """Milliseconds from the start of 1970 to ``fields``, as if in UTC; fields out of range carry over.

    NaN where that is no date that JavaScript has.
    """
    parts = (fields.year, fields.month, fields.day, fields.hour, fields.minute, fields.second, fields.millisecond)
    if not math.isfinite(sum(parts)):
        return math.nan
    year, month, day, hour, minute, second, millisecond = map(math.trunc, parts)
    year, month0 = year + (month - 1) // 12, (month - 1) % 12
    if abs(year) > 400_000:
        return math.nan
    days = _days_before(year) + _LADDER[month0] + (1 if month0 > 1 and is_leap(year) else 0) + day - 1
    return days * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + millisecond


def _days_before(year: int) -> int:
    """Days from 1970-01-01 to the first of January."""
    past = year - 1
    return past * 365 + past // 4 - past // 100 + past // 400 - 719_162


def fields_of(ms: float) -> Fields:
    """The date and time in UTC, ``ms`` milliseconds after the start of 1970; ``ms`` must not be NaN."""
    days, rest = divmod(math.trunc(ms), DAY_MS)
    hour, minute, second, millisecond = rest // 3_600_000, rest // 60_000 % 60, rest // 1000 % 60, rest % 1000
    if -_YEAR_ONE < days < _YEAR_9999:
        day = date.fromordinal(days + _YEAR_ONE)
        return Fields(day.year, day.month, day.day, hour, minute, second, millisecond)
    year = 1970 + math.floor(days / 365.2425)
    while _days_before(year + 1) <= days:
        year += 1
    while _days_before(year) > days:
        year -= 1
    ordinal = days - _days_before(year)
    month, day_of_month = _month_and_day(year, ordinal)
    return Fields(year, month, day_of_month, hour, minute, second, millisecond)


def _month_and_day(year: int, ordinal0: int) -> tuple[int, int]:
    for month in range(12, 0, -1):
        before = _LADDER[month - 1] + (1 if month > 2 and is_leap(year) else 0)
        if ordinal0 >= before:
            return month, ordinal0 - before + 1
    return 1, ordinal0 + 1


@lru_cache(maxsize=4096)
def weekday(year: float, month: float, day: float) -> int:
    """The weekday of a date: 1 for Monday to 7 for Sunday. ``month`` and ``day`` count from 1."""
    return int((local_ms(Fields(year, month, day)) // DAY_MS + 3) % 7) + 1


def ordinal_of(fields: Fields) -> float:
    """The number of a date's day within its year, from 1."""
    return _LADDER[int(fields.month) - 1] + (1 if fields.month > 2 and is_leap(fields.year) else 0) + fields.day


def weeks_in_year(year: float) -> int:
    """The number of ISO 8601 weeks of a year: 52 or 53."""
    offset, following = (3 - weekday(each, 1, 4) for each in (year, year + 1))
    return int((days_in_year(year) - offset + following) / 7)


def iso_week(fields: Fields) -> tuple[float, float, float]:
    """The ISO 8601 week of a date: its year, the number of the week from 1, and the weekday (1 is Monday)."""
    day = weekday(fields.year, fields.month, fields.day)
    week = math.floor((ordinal_of(fields) - day + 10) / 7)
    if week < 1:
        return fields.year - 1, weeks_in_year(fields.year - 1), day
    if week > weeks_in_year(fields.year):
        return fields.year + 1, 1, day
    return fields.year, week, day


def from_week(year: float, week: float, day: float) -> tuple[float, float]:
    """The date of a weekday in an ISO 8601 week, as its year and the day within that year, from 1.

    ``day`` is 1 for Monday, to 7. The year can be the one before or after the week's ``year``, as for the first week.
    """
    ordinal = week * 7 + day - weekday(year, 1, 4) - 3
    if ordinal < 1:
        return year - 1, ordinal + days_in_year(year - 1)
    if ordinal > days_in_year(year):
        return year + 1, ordinal - days_in_year(year)
    return year, ordinal


def iso_local(fields: Fields) -> str:
    """A date and time of day in ISO 8601, without offset: ``2026-01-28T10:20:00.000``.

    A year outside of 0 to 9999 has a sign and six digits, as in luxon.
    """
    year = f"{fields.year:04.0f}" if 0 <= fields.year <= 9999 else f"{fields.year:+07.0f}"
    time = f"{fields.hour:02.0f}:{fields.minute:02.0f}:{fields.second:02.0f}.{fields.millisecond:03.0f}"
    return f"{year}-{fields.month:02.0f}-{fields.day:02.0f}T{time}"

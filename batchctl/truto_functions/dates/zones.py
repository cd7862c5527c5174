"""Time zones: the server's (UTC), fixed offsets and those of the tz database."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from batchctl.javascript.coercion import is_nil, is_number
from batchctl.javascript.errors import HostError
from batchctl.javascript.objects import BareObject
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct
from batchctl.truto_functions.dates.calendar import fields_of, iso_local

_SPECIFIER: Final = lazy_regex(r"utc(?:([+-][0-9]{1,2})(?::([0-9]{2}))?)?", re.IGNORECASE)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Years that the tz database covers; the calendar, and so every zone's last rule, repeats after 400 years.
_CYCLE_MS: Final = 146_097 * 86_400_000
_FIRST_MS: Final = -62_000_000_000_000
_LAST_MS: Final = 250_000_000_000_000


class Zone(Struct, frozen=True):
    """A time zone; ``name`` is what it is shown as.

    ``kind`` is ``system`` (the server's), ``fixed`` (always ``minutes`` east of UTC), ``iana`` (``name`` is one of the
    tz database), or ``unknown`` where there is no such zone.
    """

    kind: str
    name: str
    minutes: float = 0

    @property
    def is_known(self) -> bool:
        """Whether the zone exists."""
        return self.kind != "unknown"

    def offset(self, ms: float) -> float:
        """Minutes east of UTC at ``ms`` milliseconds after 1970; 0 for an unknown zone."""
        if self.kind != "iana":
            return self.minutes
        if not math.isfinite(ms):
            return math.nan
        return _iana_offset(self.name, ms)

    def show_offset(self, ms: float, form: str) -> str:
        """The offset from UTC at ``ms`` milliseconds after 1970, as text.

        ``form`` is ``short`` (``+05:30``), ``techie`` (``+0530``) or ``narrow`` (``+5:30``).
        """
        return offset_text(self.offset(ms), form)

    def iso(self, ms: float) -> str:
        """The moment ``ms``, milliseconds after 1970, as luxon's ``toISO``: ``2026-01-28T10:20:00.000+01:00``."""
        offset = self.offset(ms)
        shown = "Z" if self.kind == "fixed" and not offset else offset_text(offset, "short")
        return f"{iso_local(fields_of(ms + offset * 60_000))}{shown}"


SYSTEM: Final = Zone("system", "UTC")
UTC_ZONE: Final = Zone("fixed", "UTC")


def offset_text(offset: float, form: str) -> str:
    """An offset from UTC in minutes as text.

    ``form`` is ``short`` (``+05:30``), ``techie`` (``+0530``) or ``narrow`` (``+5:30``).
    """
    hours, minutes = int(abs(offset) // 60), int(abs(offset) % 60)
    sign = "+" if offset >= 0 else "-"
    if form == "narrow":
        return f"{sign}{hours}" + (f":{minutes}" if minutes else "")
    return f"{sign}{hours:02}{':' if form == 'short' else ''}{minutes:02}"


def fixed(minutes: float) -> Zone:
    """The zone that is always ``minutes`` east of UTC."""
    return UTC_ZONE if minutes == 0 else Zone("fixed", f"UTC{offset_text(minutes, 'narrow')}", minutes)


def signed_minutes(hours: str | None, minutes: str | None) -> int:
    """The minutes of an offset from its digits: ``hours`` ``-05`` and ``minutes`` ``30`` → -330; None counts as 0."""
    whole, rest = int(hours or 0), int(minutes or 0)
    return whole * 60 - rest if (hours or "").startswith("-") else whole * 60 + rest


def zone_of(wanted: object) -> Zone:
    """The zone that ``wanted`` means: a name, minutes east of UTC, or None or UNDEFINED for the server's, which is UTC.

    A name is ``Europe/Paris``, ``utc``, ``UTC+3``, or ``system`` or ``local`` for the server's. One of kind ``unknown``
    for anything else, an empty text, a list and infinity included. Raises ``HostError`` for an object that an
    expression has made.
    """
    if is_nil(wanted):
        return SYSTEM
    if is_number(wanted):
        return fixed(wanted) if math.isfinite(wanted) else Zone("unknown", "")
    if isinstance(wanted, BareObject):
        raise HostError("Cannot convert object to primitive value")
    if not isinstance(wanted, str):
        return Zone("unknown", "")
    lowered = wanted.lower()
    if lowered in {"default", "local", "system"}:
        return SYSTEM
    if lowered in {"utc", "gmt"}:
        return UTC_ZONE
    if found := _SPECIFIER.fullmatch(lowered):
        return fixed(signed_minutes(found[1], found[2]))
    return iana(wanted)


def iana(name: str) -> Zone:
    """The zone of the tz database called ``name``, in any case; one of kind ``unknown`` where there is none."""
    return Zone("iana" if _info(name) is not None else "unknown", name)


@lru_cache(maxsize=256)
def _info(name: str) -> ZoneInfo | None:
    known = _names().get(name.lower())
    try:
        return ZoneInfo(known) if known else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


@cache
def _names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if name not in {"Factory", "localtime"}}


@lru_cache(maxsize=4096)
def _iana_offset(name: str, ms: float) -> float:
    info = _info(name)
    if info is None:
        return 0
    whole = math.floor(ms)
    if whole > _LAST_MS:
        whole -= _CYCLE_MS * ((whole - _LAST_MS) // _CYCLE_MS + 1)
    moment = _EPOCH + timedelta(milliseconds=max(whole, _FIRST_MS))
    offset = moment.astimezone(info).utcoffset()
    return offset.total_seconds() / 60 if offset is not None else 0


def resolve(local: float, guess: float, zone: Zone) -> tuple[float, float]:
    """The moment (milliseconds after 1970) at which a clock in ``zone`` shows ``local``, and the offset then (minutes).

    ``local`` is that clock's time in milliseconds, as if it were in UTC. ``guess`` is an offset in minutes that decides
    where the clock shows a time twice; a time that is skipped is moved later by the gap.
    """
    moment = local - guess * 60_000
    second = zone.offset(moment)
    if guess == second:
        return moment, guess
    moment -= (second - guess) * 60_000
    third = zone.offset(moment)
    if second == third:
        return moment, second
    return local - min(second, third) * 60_000, max(second, third)

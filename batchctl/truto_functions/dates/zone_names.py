"""What American English calls the time zones, as far as it is short enough to know by heart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchctl.javascript.errors import HostError
from batchctl.truto_functions.dates.zones import Zone, offset_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_AMERICAN: Final = {
    "Eastern": ("E", "New_York Detroit Toronto Indiana/Indianapolis Kentucky/Louisville Nipigon Montreal"),
    "Central": ("C", "Chicago Menominee Winnipeg Indiana/Knox North_Dakota/Center"),
    "Mountain": ("M", "Denver Boise Edmonton Phoenix"),
    "Pacific": ("P", "Los_Angeles Vancouver Tijuana"),
    "Alaska": ("AK", "Anchorage Juneau Nome"),
}
_LONG: Final = {
    "Central European": "Europe/Paris Europe/Berlin Europe/Madrid Europe/Rome Europe/Amsterdam Europe/Brussels "
    "Europe/Vienna Europe/Zurich Europe/Stockholm Europe/Oslo Europe/Copenhagen Europe/Prague Europe/Warsaw "
    "Europe/Budapest",
    "Eastern European": "Europe/Athens Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Bucharest Europe/Sofia",
    "Australian Eastern": "Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Hobart",
    "Lord Howe": "Australia/Lord_Howe",
    "India": "Asia/Kolkata Asia/Calcutta",
    "Japan": "Asia/Tokyo",
    "China": "Asia/Shanghai",
    "Singapore": "Asia/Singapore",
    "Brasilia": "America/Sao_Paulo",
    "New Zealand": "Pacific/Auckland",
    "Gulf": "Asia/Dubai",
}
_SUMMER: Final = {"Central European", "Eastern European", "Brasilia"}


def _american() -> Iterator[tuple[str, tuple[str, str]]]:
    for name, (letter, cities) in _AMERICAN.items():
        for city in cities.split():
            yield f"America/{city}", (letter, name)


_BY_ZONE: Final = dict(_american())
_LONG_BY_ZONE: Final = {zone: name for name, zones in _LONG.items() for zone in zones.split()}


def zone_name(zone: Zone, ms: float, *, long: bool) -> str:
    """The name of a zone at ``ms`` (milliseconds after 1970) in American English: ``EST``.

    ``long`` asks for ``Eastern Standard Time``; raises ``HostError`` where that is not known here.
    """
    if zone.kind == "fixed":
        return zone.name
    if zone.kind == "system" or zone.name in {"UTC", "Etc/UTC"}:
        return "Coordinated Universal Time" if long else "UTC"
    summer = _is_summer(zone, ms)
    if zone.name in _BY_ZONE:
        letter, name = _BY_ZONE[zone.name]
        return f"{name} {'Daylight' if summer else 'Standard'} Time" if long else f"{letter}{'DT' if summer else 'ST'}"
    offset = zone.offset(ms)
    if not long:
        return "GMT" if offset == 0 else f"GMT{offset_text(offset, 'narrow')}"
    name = _LONG_BY_ZONE.get(zone.name, "")
    if not name:
        raise HostError(f"the English name of {zone.name} exists on Truto, but is not available locally", "not-local")
    return f"{name} {('Summer' if name in _SUMMER else 'Daylight') if summer else 'Standard'} Time"


def _is_summer(zone: Zone, ms: float) -> bool:
    """Whether clocks are put forward: the offset is larger than the smallest of the year around."""
    half_year = 182 * 86_400_000
    return zone.offset(ms) > min(zone.offset(ms - half_year), zone.offset(ms + half_year))

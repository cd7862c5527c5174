"""A date that Truto itself puts into what expressions read: ``sync_job_run.started_at``.

It is a JavaScript ``Date`` there. JSONata sees none of its members but those that the package puts on it: these methods
(@truto/truto-jsonata 3.0.6). As JSON it is ISO 8601 text, and as text what ``String(date)`` is; the service is in UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchctl.truto_functions.dates.parsing import from_iso
from batchctl.truto_functions.datetime import js_date_json, js_date_number, js_date_text
from batchctl.truto_functions.objects import Method, ObjectKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.javascript.objects import SpecialObject
    from batchctl.truto_functions.dates.moment import Moment


def _field(name: str, shift: int = 0) -> Method:
    read: Callable[[Moment], object] = lambda moment: int(getattr(moment.fields, name)) + shift  # noqa: E731 - a getter
    return Method(read)


# A month counts from 0, and a week from Sunday.
_MONTH: Final = _field("month", -1)
HOST_DATE: Final = ObjectKind(
    "hostDate",
    {},
    unlisted={
        "toISOString": Method(js_date_json),
        "getTime": Method(js_date_number),
        "getFullYear": _field("year"),
        "getMonth": _MONTH,
        "getDate": _field("day"),
        "getUTCFullYear": _field("year"),
        "getUTCMonth": _MONTH,
        "getUTCDate": _field("day"),
        "getUTCDay": Method(lambda moment: int((moment.ms // 86_400_000 + 4) % 7)),
        "getUTCHours": _field("hour"),
        "getUTCMinutes": _field("minute"),
        "getUTCSeconds": _field("second"),
        "getUTCMilliseconds": _field("millisecond"),
    },
    json=js_date_json,
    text=js_date_text,
    number=js_date_number,
    hidden=True,
    raw=True,
)


def host_date(written: str) -> SpecialObject:
    """The JavaScript date at ``written``, ISO 8601 text in UTC, as an object for expressions."""
    return HOST_DATE.make(_moment(written))


def host_date_text(written: str) -> str:
    """What a placeholder writes for the date at ``written``: ``Tue Jan 02 2024 03:04:05 GMT+0000 (Coordinated …)``.

    ``written`` is ISO 8601 text in UTC.
    """
    return js_date_text(_moment(written))


def _moment(written: str) -> Moment:
    return from_iso(written, {"zone": "utc"})

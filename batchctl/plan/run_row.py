"""``sync_job_run`` as placeholders and expressions of a sync job read it: ``started_at`` is a JavaScript date there.

An expression can call its methods (``started_at.toISOString()``). A placeholder writes it as JavaScript turns a date
into text, which no API takes for one. Source: Truto's public skills (sync-jobs), @truto/replace-placeholders 1.0.11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.json_types import JsonObject

# Of a transform alone: how many records the request before it has brought so far.
SIZE = "total_records_size"
ROOT, STARTED = "sync_job_run", "started_at"


def for_placeholders(roots: JsonObject) -> JsonObject:
    """A copy of ``roots``, names and their values, as placeholders in a sync job read them.

    In it ``sync_job_run.started_at`` is the text that JavaScript makes of a date (``Sat Jan 31 2026 09:30:00 GMT+0000
    …``). Without ``sync_job_run`` it is ``roots`` itself.
    """
    if ROOT not in roots:
        return roots
    from batchctl.truto_functions.host_date import host_date_text  # noqa: PLC0415 - a batch needs no dates

    return _replaced(roots, host_date_text)


def for_expressions(roots: JsonObject, written: JsonObject) -> JsonObject:
    """A copy of ``roots``, names and their values, as expressions in a sync job read them.

    Its ``sync_job_run`` is a copy of that in ``written``, but ``started_at``, which is ISO 8601 text there, is a
    JavaScript date. Without ``sync_job_run`` in ``written`` it is ``roots`` itself.
    """
    if ROOT not in written:
        return roots
    from batchctl.truto_functions.host_date import host_date  # noqa: PLC0415 - as above

    return {**roots, ROOT: _replaced({ROOT: written[ROOT]}, host_date)[ROOT]}


def _replaced(roots: JsonObject, made: Callable[[str], object]) -> JsonObject:
    row = roots[ROOT]
    began = row.get(STARTED) if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(began, str):
        return roots
    return {**roots, ROOT: {**row, STARTED: made(began)}}  # type: ignore[dict-item]  # JSON's kin

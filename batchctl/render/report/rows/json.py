"""Many rows as JSON for programs that judge them: every row, resource and call, and the causes across rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.render.report.json import FORMAT_VERSION, resource_data, with_list
from batchctl.render.result.rows import row_envelope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.execution.row_end import RowEnd
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.redaction import Redactor
    from batchctl.render.report.rows.report import RowsReport


def rows_report_json(report: RowsReport, redactor: Redactor) -> Iterator[str]:
    """The report of many rows as JSON text, in pieces; times are in seconds. ``redactor`` masks secrets.

    It is ``{"format_version", "file", "name", "executed_by", "status", "elapsed_s", "summary", "causes", "rows"}``. The
    summary has numbers: ``rows``, of these ``succeeded``, ``failed``, ``refused`` (could not run) and ``unfinished``,
    and ``records``. A cause has ``resource`` (its key), ``sentence``, ``status``, ``origin``, ``errors`` and ``rows``
    (numbers of them), ``first_rows`` (their row numbers) and ``advice``. A row has ``row`` (from 1), ``account``,
    ``args``, ``status`` (a word of the summary's), ``elapsed_s``, ``resources`` (see ``resource_data``) and ``calls``
    (see ``call_data``); one without a result has ``errors``, ``{"batch": [ERROR]}``, in place of these two.
    """
    redact, counts = redactor.text, report.rows.ends.table.counts()
    causes: list[JsonValue] = [
        {
            "resource": redact(each.resource),
            "sentence": redact(each.cause.sentence),
            "status": each.cause.status,
            "origin": each.cause.origin,
            "errors": each.cause.count,
            "rows": each.rows,
            "first_rows": list(each.first_rows),
            "advice": each.cause.advice,
        }
        for each in report.causes()
    ]
    head: JsonObject = {
        "format_version": FORMAT_VERSION,
        "file": redact(report.file),
        "name": redact(report.title) if report.plan.definition.name else None,
        "executed_by": redact(report.where),
        "status": report.rows.status,
        "elapsed_s": round(report.elapsed_s, 6),
        "summary": {
            "rows": counts.rows,
            "succeeded": counts.succeeded,
            "failed": counts.failed,
            "refused": counts.refused,
            "unfinished": counts.open,
            "records": counts.records,
        },
        "causes": causes,
    }
    yield from with_list(head, "rows", (_row(end, report, redactor) for end in report.rows.ends))


_STATES = {"open": "unfinished"}


def _row(end: RowEnd, report: RowsReport, redactor: Redactor) -> JsonObject:
    about: JsonObject = {
        "row": end.number,
        "account": None if end.account is None else redactor.text(end.account),
        "args": redactor.data(end.args),
        "status": _STATES.get(end.state, end.state),
        "elapsed_s": round(end.elapsed_s, 6),
    }
    if end.result is None:
        entry: JsonValue = redactor.data(row_envelope(end))
        return {**about, "errors": {"batch": [entry]}}
    outcomes = end.result.outcomes.items()
    return {
        **about,
        "resources": [resource_data(key, outcome, report.plan, redactor) for key, outcome in outcomes],
        "calls": list(end.calls.listed),
    }

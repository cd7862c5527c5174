"""The date that a sync job's run begins at, as expressions see it: answers of @truto/truto-jsonata 3.0.6 on Node."""

import pytest

from batchctl.errors import ExpressionError
from batchctl.expression import compile_expression
from batchctl.template import UNDEFINED
from batchctl.truto_functions.host_date import host_date, host_date_text

BEGAN = "2024-01-02T03:04:05.678Z"


def evaluated(expression: str) -> object:
    row = {"status": "running", "started_at": host_date(BEGAN)}
    return compile_expression(expression).evaluate({"args": {"x": 1}, "sync_job_run": row})


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("sync_job_run.started_at.toISOString()", BEGAN),
        ("sync_job_run.started_at", BEGAN),
        ("sync_job_run.started_at.getTime()", 1704164645678),
        ("sync_job_run.started_at.getMonth()", 0),
        ("sync_job_run.started_at.getUTCDay()", 2),
        ("sync_job_run.started_at.getUTCSeconds()", 5),
        ("$string(sync_job_run.started_at)", f'"{BEGAN}"'),
        ('"x" & sync_job_run.started_at', f'x"{BEGAN}"'),
        ('sync_job_run.{"a": started_at}', {"a": BEGAN}),
        ("$keys(sync_job_run)", ["status", "started_at"]),
        ("$keys(sync_job_run.started_at)", UNDEFINED),
        ("sync_job_run.started_at.*", UNDEFINED),
        ("sync_job_run.started_at.foo", UNDEFINED),
        ("$boolean(sync_job_run.started_at)", False),
        ("$type(sync_job_run.started_at)", "object"),
        ("$dtFromIso(sync_job_run.started_at)", None),
        ("$substring(sync_job_run.started_at.toISOString(), 0, 10)", "2024-01-02"),
        (
            '$dtFromIso(sync_job_run.started_at.toISOString()).minus({"minutes": 2}).toUTC().toISO()',
            "2024-01-02T03:02:05.678Z",
        ),
        ("($keys(sync_job_run.started_at); sync_job_run.started_at.getDate())", 2),
        ("$.sync_job_run", {"status": "running", "started_at": BEGAN}),
        ("args.x", 1),
    ],
)
def test_an_expression_that_reads_the_date(expression: str, answer: object) -> None:
    assert evaluated(expression) == answer


@pytest.mark.parametrize("method", ["toJSON", "getDay", "toUTCString", "setFullYear"])
def test_a_method_that_the_package_does_not_put_on_it(method: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluated(f"sync_job_run.started_at.{method}()")
    assert caught.value.code == "T1006"


def test_the_text_that_a_placeholder_writes() -> None:
    assert host_date_text(BEGAN) == "Tue Jan 02 2024 03:04:05 GMT+0000 (Coordinated Universal Time)"

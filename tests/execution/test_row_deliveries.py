"""The records of a row of which Truto answered: what is not delivered is in the answer beside its own errors."""

import asyncio
from pathlib import Path

import pytest

from batchctl.engine.result import Failed, RunResult, Succeeded
from batchctl.execution.row_deliveries import RowDeliveries
from batchctl.execution.row_end import Row
from batchctl.json_types import JsonValue
from batchctl.preparation import prepare

BATCH = """
integrated_account_id: acc
resources:
  - {resource: crm/contacts, method: list}
  - {resource: crm/notes, method: list}
"""


@pytest.mark.parametrize(
    ("errors", "before"), [(None, []), ({}, []), ({"crm/contacts": [{"message": "first"}]}, [{"message": "first"}])]
)
def test_what_is_not_delivered_is_beside_the_errors_of_the_service(
    tmp_path: Path, errors: JsonValue, before: list[JsonValue]
) -> None:
    plan = prepare(BATCH, file="batch.yaml", environment={}).require_plan()
    (tmp_path / "file").write_text("", "utf-8")
    records: list[JsonValue] = [{"id": "a"}]
    contacts = Failed(before, records=records, accepted=True) if before else Succeeded(records=records)
    raw = {"result": {"crm/contacts": records, "crm/notes": []}, "errors": errors, "x": 1}
    result = RunResult({"crm/contacts": contacts, "crm/notes": Succeeded()}, 0.0, raw=raw)
    deliveries = RowDeliveries([f"dir:{tmp_path}/file"], "made-up")
    end = asyncio.run(deliveries.deliver(Row(1, "acc", {}), plan, result, None))
    body = end.body()
    found = body["errors"]
    assert isinstance(found, dict)
    assert list(found) == ["crm/contacts"]
    listed = found["crm/contacts"]
    assert isinstance(listed, list)
    assert (listed[:-1], "not delivered: " in str(listed[-1])) == (before, True)
    assert (body["result"], body["x"]) == ({"crm/contacts": records, "crm/notes": []}, 1)
    assert (end.failed, list(deliveries.counts.failed)) == (("crm/contacts",), ["crm/contacts"])

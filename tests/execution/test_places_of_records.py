"""Where a record or a lock can't be made, it is a ``StoreError`` that says why."""

from pathlib import Path

import pytest

from batchctl.definition.given import Given
from batchctl.errors import StoreError
from batchctl.execution.history import RowHistory
from batchctl.execution.sync import plan_sync
from batchctl.execution.sync_here import mutex_of
from batchctl.preparation import prepare
from batchctl.store.facts import RunInfo
from batchctl.store.runs import RunStore

JOB = """
label: Pages
default_runtime_version: 4
mutex_key: pages
resources:
  - {name: pages, type: request, resource: wiki/pages, method: list, integrated_account_id: a}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [pages]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "file"
    found.write_text("", "utf-8")
    return found


def test_the_record_of_a_row(file: Path, tmp_path: Path) -> None:
    history = RowHistory(file / "rows", RunStore(tmp_path))
    with pytest.raises(StoreError, match="not a directory"):
        history.open(RunInfo("direct", "a.yaml", {}))


def test_the_lock_of_a_job(file: Path) -> None:
    planned = plan_sync(prepare(JOB, given=Given(), jobs=True))
    with pytest.raises(StoreError, match="exists"):
        mutex_of(planned, file)

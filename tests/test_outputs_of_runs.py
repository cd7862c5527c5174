"""What runs leave beside their results, where not all is asked for or not all can be written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from recording_service import TOKEN, served

import batchctl
from batchctl import Answers, Notice
from batchctl.engine.backends.recording import Recorder
from batchctl.errors import UsageError
from batchctl.execution.notices import Recorded
from batchctl.execution.row_end import Row
from batchctl.outputs.recordings import RowRecordings
from batchctl.outputs.result_files import rescue
from batchctl.outputs.row_extras import RowExtras
from batchctl.redaction import Redactor
from batchctl.render.result.formats import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {stage: won}
resources:
  - name: contacts
    resource: crm/contacts
    method: list
    query: {stage: "{{args.stage}}"}
"""
RECORDS: dict[str, Any] = {"crm/contacts": [{"id": "1", "stage": "won"}, {"id": "2", "stage": "lost"}]}
ROWS: list[dict[str, Any]] = [{"stage": "won"}, {"stage": "lost"}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.yaml"
    path.write_text(FILE, "utf-8")
    return path


@pytest.fixture
def reached() -> Iterator[dict[str, Any]]:
    with served(Answers(RECORDS)) as service:
        yield {"token": TOKEN, "api_url": service.url, "environment": {}}


def entries(har: Path) -> list[str]:
    return [each["request"]["url"].partition("?")[0] for each in json.loads(har.read_text("utf-8"))["log"]["entries"]]


def test_rows_are_traced_without_a_recording(file: Path, tmp_path: Path, reached: dict[str, Any]) -> None:
    notices: list[Notice] = []
    batchctl.run_each(file, ROWS, executor="direct", trace=tmp_path / "traces", notify=notices.append, **reached)
    assert sorted(path.name for path in (tmp_path / "traces").iterdir()) == ["1.har", "2.har"]
    assert entries(tmp_path / "traces" / "2.har") == [f"{reached['api_url']}/unified/crm/contacts"]
    assert [each for each in notices if isinstance(each, Recorded)] == [Recorded(tmp_path / "traces", 2, "row")]


def test_rows_that_truto_runs_are_recorded_by_their_records(
    file: Path, tmp_path: Path, reached: dict[str, Any]
) -> None:
    """Which call brought which record is not known there: the trace has the batch, the recording no calls."""
    kept, traces = tmp_path / "kept", tmp_path / "traces"
    batchctl.run_each(file, ROWS, executor="truto", record=kept, trace=traces, **reached)
    assert [entries(traces / f"{row}.har") for row in (1, 2)] == [[f"{reached['api_url']}/batch-request"]] * 2
    for row, record in ((1, "1"), (2, "2")):
        (found,) = json.loads((kept / str(row) / "unified" / "crm" / "contacts.json").read_text("utf-8"))
        assert found["id"] == record
        assert not (kept / str(row) / "recording.ndjson").exists()


@pytest.mark.parametrize("what", ["record", "trace"])
def test_rows_of_a_local_run_have_nothing_to_record(tmp_path: Path, what: str) -> None:
    folder, trace = (tmp_path / "kept", None) if what == "record" else (None, tmp_path / "kept")
    with pytest.raises(UsageError, match="nothing to record"):
        RowRecordings.of(folder, trace, RowExtras(kind="local"), Redactor([]), 2)
    assert list(tmp_path.iterdir()) == []


def test_what_workers_recorded_is_written_and_what_is_missing_said(tmp_path: Path) -> None:
    kept, traces = tmp_path / "kept", tmp_path / "traces"
    recordings = RowRecordings.of(kept, traces, RowExtras(kind="direct"), Redactor([]), 12)
    recordings.take(Row(1, "acc", {}), {"record/unified/crm/contacts.json": "[1]", "trace.har": "{}"}, None)
    recordings.take(Row(2, None, {}), {"record/unified/crm/contacts.json": "[2]"}, "can't write: no space left")
    recordings.take(Row(3, None, {}), {}, "can't write: a second reason")
    assert (kept / "01-acc" / "unified" / "crm" / "contacts.json").read_text("utf-8") == "[1]"
    assert (traces / "01-acc.har").read_text("utf-8") == "{}"
    assert sorted(path.name for path in kept.iterdir()) == ["01-acc", "record.yaml"]
    notices: list[Notice] = []
    with pytest.raises(UsageError) as error:
        recordings.end(notices.append)
    assert str(error.value) == "can't write: no space left"
    assert notices == [Recorded(kept, 1, "row"), Recorded(traces, 1, "row")]


def test_what_workers_recorded_and_nobody_asked_for_is_not_written(tmp_path: Path) -> None:
    recordings = RowRecordings.of(tmp_path / "kept", None, RowExtras(kind="direct"), Redactor([]), 1)
    recordings.take(Row(1, None, {}), {"trace.har": "{}", "record/faults.yaml": "[]"}, None)
    recordings.end(lambda _: None)
    found = [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert found == ["kept/1/faults.yaml", "kept/record.yaml"]


@pytest.mark.parametrize("at_worker", [True, False])
def test_a_row_that_can_not_be_recorded_stops_no_other(file: Path, tmp_path: Path, at_worker: bool) -> None:
    kept = tmp_path / "kept"
    recordings = RowRecordings.of(kept, None, RowExtras(kind="direct"), Redactor([]), 2)
    (kept / "1").touch()
    plan, result = batchctl.dry_run(file).plan, batchctl.run(file, backend=Answers(RECORDS))
    for number in (1, 2):
        row = Row(number, None, {})
        if at_worker:
            recordings.take(row, {"record/faults.yaml": "[]"}, None)
        else:
            recordings.write(row, plan, result, Recorder())
    with pytest.raises(UsageError) as error:
        recordings.end(lambda _: None)
    assert (kept / "2").is_dir()
    assert recordings.rows == 1
    assert str(kept / "1") in str(error.value)


def run_rows(folder: Path, api_url: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "rows.csv").write_text("stage\nwon\nlost\n", "utf-8")
    reached = ["--token", TOKEN, "--api-url", api_url]
    return subprocess.run(
        [sys.executable, "-m", "batchctl", "run", "a.yaml", "--each", "rows.csv", *reached, *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")},
    )


def test_a_row_that_could_not_run_has_its_error_in_its_folder(file: Path, tmp_path: Path) -> None:
    done = run_rows(file.parent, "http://127.0.0.1:1", "--retries", "0", "--out", "each/")
    assert done.returncode == 4, done.stderr
    for number in (1, 2):
        (row,) = json.loads((tmp_path / "each" / str(number) / "errors.json").read_text("utf-8"))["batch"]
        assert row == {
            "statusCode": 0,
            "error": "",
            "message": "can't connect to 127.0.0.1:1: the connection is refused",
        }


def test_the_calls_of_rows_are_junit_cases_without_a_json_report(
    file: Path, tmp_path: Path, reached: dict[str, Any]
) -> None:
    done = run_rows(file.parent, reached["api_url"], "--direct", "--report-junit", "rows.xml", "--junit-cases", "calls")
    assert done.returncode == 0, done.stderr
    found = [
        (case.attrib["classname"], case.attrib["name"]) for case in ET.parse(tmp_path / "rows.xml").iter("testcase")
    ]
    assert found == [
        ("a.yaml: contacts", "GET /unified/crm/contacts?stage=won"),
        ("a.yaml: contacts", "GET /unified/crm/contacts?stage=lost"),
    ]


def test_a_result_that_can_not_be_written_is_saved_where_there_is_room(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder for temporary files is gone, then that of the user, then the current one."""
    result = batchctl.run(file, backend=Answers(RECORDS))
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    saved = rescue(result, Shape(Redactor([]).text))
    assert saved is not None
    assert saved.parent == home
    assert json.loads(saved.read_text("utf-8"))["result"] == {"contacts": [{"id": "1", "stage": "won"}]}
    saved.unlink()
    home.rmdir()
    beside = rescue(result, Shape(Redactor([]).text))
    assert beside is not None
    assert [path.name for path in here.iterdir()] == [beside.name]
    beside.unlink()


@pytest.mark.skipif(sys.platform == "win32", reason="the current folder can't be removed there")
def test_a_result_that_can_be_saved_nowhere_is_told(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = batchctl.run(file, backend=Answers(RECORDS))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(tmp_path / "none"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    here.rmdir()
    assert rescue(result, Shape(Redactor([]).text)) is None

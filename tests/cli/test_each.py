import json
import subprocess
import sys
from pathlib import Path

import pytest

FILE = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {stage: none}
resources:
  - resource: crm/contacts
    method: list
    query: {stage: "{{args.stage}}"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(FILE, "utf-8")
    records = tmp_path / "fixtures" / "unified" / "crm" / "contacts.json"
    records.parent.mkdir(parents=True)
    records.write_text('[{"id": 1, "stage": "lead"}, {"id": 2, "stage": "won"}, {"id": 3, "stage": "lead"}]', "utf-8")
    return tmp_path


def run(folder: Path, rows: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "rows.csv").write_text(rows, "utf-8")
    command = [sys.executable, "-m", "batchctl", "run", "a.yaml", "--local", "--each", "rows.csv", *options]
    root = str(Path(__file__).parents[2])
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": root, "HOME": str(folder)}
    )


def test_a_record_knows_its_row(folder: Path) -> None:
    done = run(
        folder,
        "account,stage\n11111111-1111-4111-8111-111111111111,won\n22222222-2222-4222-8222-222222222222,lead\n",
        "-o",
        "ndjson",
    )
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["row"], line["record"]["id"]) for line in lines] == [(1, 2), (2, 1), (2, 3)]
    assert lines[0]["account"] == "11111111-1111-4111-8111-111111111111"


def test_json_has_an_answer_per_row(folder: Path) -> None:
    done = run(folder, "stage\nwon\nnobody\n", "-o", "json")
    first, second = json.loads(done.stdout)
    assert [record["id"] for record in first["result"]["crm/contacts"]] == [2]
    assert second["result"] == {"crm/contacts": []}


def test_failures_are_opened_and_named(folder: Path) -> None:
    faults = "- {resource: crm/contacts, query: {stage: won}, status: 403, message: no scope}\n"
    (folder / "fixtures" / "faults.yaml").write_text(faults, "utf-8")
    done = run(folder, "stage\nwon\nlead\n")
    assert done.returncode == 3
    assert "✖ row 1 · stage=won" in done.stdout
    assert "no scope" in done.stdout
    assert "✔ row 2 · stage=lead  2 records" in done.stdout
    assert "1 of 2 rows succeeded · look at row 1" in done.stdout


def test_nothing_starts_when_a_row_is_faulty(folder: Path) -> None:
    (folder / "a.yaml").write_text(FILE.replace("method: list", "method: list\n    loop_on: args.ids"), "utf-8")
    done = run(folder, "ids:=\n[1]\n7\n")
    assert done.returncode == 1
    assert "row 2 of rows.csv" in done.stderr
    assert done.stdout == ""


def test_only_what_can_be_tagged(folder: Path) -> None:
    done = run(folder, "stage\nwon\n", "-o", "csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--each prints tree, json, ndjson" in done.stderr


def test_resume_runs_only_the_rows_that_did_not_succeed(folder: Path) -> None:
    faults = folder / "fixtures" / "faults.yaml"
    faults.write_text("- {resource: crm/contacts, query: {stage: won}, status: 403, message: no scope}\n", "utf-8")
    rows = "stage\nwon\nlead\n"
    first = run(folder, rows, "-o", "ndjson")
    assert first.returncode == 3
    run_id = next(line.split()[-1] for line in first.stderr.splitlines() if "--resume" in line)
    # What succeeded is not asked for again: its records are gone, and still in the result.
    faults.write_text("- {resource: crm/contacts, query: {stage: lead}, status: 500, message: asked again}\n", "utf-8")
    second = run(folder, rows, "-o", "ndjson", "--resume", run_id)
    assert second.returncode == 0
    lines = [json.loads(line) for line in second.stdout.splitlines()]
    assert [(line["row"], line["record"]["id"]) for line in lines] == [(1, 2), (2, 1), (2, 3)]
    (folder / "a.yaml").write_text(FILE.replace("method: list", "method: search"), "utf-8")
    assert "was started from a different definition" in run(folder, rows, "--resume", run_id).stderr


def test_rows_are_written_to_a_file_and_what_can_not_be_is_refused(folder: Path) -> None:
    done = run(folder, "stage\nwon\nlead\n", "--out", "rows.ndjson")
    assert [json.loads(line)["row"] for line in (folder / "rows.ndjson").read_text("utf-8").splitlines()] == [1, 2, 2]
    assert "2 of 2 rows succeeded" in done.stdout
    for option in ("--out=rows/", "--out=rows.csv", "--report-junit=x.xml", "-ocsv"):
        refused = run(folder, "stage\nwon\n", option)
        assert (refused.returncode, refused.stdout) == (2, "")

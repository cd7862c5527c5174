import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

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


def run(folder: Path, rows: str, *options: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    each = []
    if rows:
        (folder / "rows.csv").write_text(rows, "utf-8")
        each = ["--each", "rows.csv"]
    command = [sys.executable, "-m", "batchctl", "run", "a.yaml", "--local", *each, *options]
    env = {"PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=env, input=stdin)


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
    for options in (["-otree", "--out=rows.txt"], ["--trace=x.har"], ["--each-format=csv", "--where=x"]):
        refused = run(folder, "stage\nwon\n", *options)
        assert (refused.returncode, refused.stdout) == (2, "")


def test_rows_as_csv_yaml_and_tables(folder: Path) -> None:
    rows = "stage\nwon\nlead\n"
    csv_lines = run(folder, rows, "-o", "csv").stdout.splitlines()
    assert csv_lines == [
        "row,account,resource,id,stage",
        "1,,crm/contacts,2,won",
        "2,,crm/contacts,1,lead",
        "2,,crm/contacts,3,lead",
    ]
    data = yaml.safe_load(run(folder, rows, "-o", "yaml").stdout)
    assert data == json.loads(run(folder, rows, "-o", "json").stdout)
    table = run(folder, rows, "-o", "table").stdout
    assert table.index("row 1 · stage=won") < table.index("won\n") < table.index("row 2 · stage=lead")


def test_a_folder_per_row(folder: Path) -> None:
    account = "11111111-1111-4111-8111-111111111111"
    done = run(folder, f"account,stage\n{account},won\n{account},lead\n", "--out", "out/", "-o", "ndjson")
    assert done.returncode == 0, done.stderr
    first = folder / "out" / f"1-{account}"
    assert [json.loads(line)["id"] for line in (first / "crm-contacts.ndjson").read_text("utf-8").splitlines()] == [2]
    assert json.loads((folder / "out" / f"2-{account}" / "errors.json").read_text("utf-8")) == {}


def test_rows_from_stdin_in_every_format(folder: Path) -> None:
    texts = {
        "csv": "stage\nwon\n",
        "tsv": "stage\nwon\n",
        "ndjson": '{"stage": "won"}\n',
        "json": '[{"stage": "won"}]',
        "yaml": "- {stage: won}\n",
    }
    for row_format, text in texts.items():
        done = run(folder, "", "--each", "-", "--each-format", row_format, "-o", "ndjson", stdin=text)
        assert [json.loads(line)["record"]["id"] for line in done.stdout.splitlines()] == [2], done.stderr
    refused = run(folder, "", "--each", "-", stdin="x")
    assert (refused.returncode, "--each-format" in refused.stderr) == (2, True)


def test_a_query_per_row(folder: Path) -> None:
    rows = "stage\nwon\nlead\n"
    done = run(folder, rows, "--query", "$count(result.`crm/contacts`)")
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"row": 1, "account": None, "value": 1},
        {"row": 2, "account": None, "value": 2},
    ]
    assert run(folder, rows, "--query", "result.`crm/contacts`[0].stage", "--raw").stdout == "won\nlead\n"


def test_reports_have_a_suite_per_row_and_the_causes_across_rows(folder: Path) -> None:
    faults = "- {resource: crm/contacts, query: {stage: lost}, status: 403, message: no scope}\n"
    (folder / "fixtures" / "faults.yaml").write_text(faults, "utf-8")
    reports = ["--report-junit", "r.xml", "--report-json", "r.json", "--report-html", "r.html"]
    done = run(folder, "stage\nlost\nwon\nlost\n", *reports)
    assert done.returncode == 3
    assert "2 rows: crm/contacts  the fixtures answer it with: 403 Forbidden: no scope" in done.stdout
    assert "rows 1, 3" in done.stdout
    suites = ET.parse(folder / "r.xml").getroot()
    assert [suite.get("name") for suite in suites] == ["row 1", "row 2", "row 3"]
    assert (suites.get("tests"), suites.get("failures")) == ("3", "2")
    data = json.loads((folder / "r.json").read_text("utf-8"))
    assert data["summary"] == {
        "rows": 3,
        "succeeded": 1,
        "failed": 2,
        "refused": 0,
        "unfinished": 0,
        "records": 1,
    }
    (cause,) = data["causes"]
    assert (cause["rows"], cause["first_rows"], cause["status"]) == (2, [1, 3], 403)
    assert [row["status"] for row in data["rows"]] == ["failed", "succeeded", "failed"]
    assert data["rows"][1]["calls"][0]["path"] == "/unified/crm/contacts"
    page = (folder / "r.html").read_text("utf-8")
    assert "<small>rows 1, 3</small>" in page
    assert "no scope" in page


def test_each_row_is_said_once_where_there_is_no_terminal(folder: Path) -> None:
    rows = "stage\nwon\nlead\n"
    for options in ([], ["-o", "ndjson"]):
        done = run(folder, rows, *options)
        shown = done.stderr + (done.stdout if not options else "")
        assert shown.count("row 1 · stage=won") == 1
        assert shown.count("row 2 · stage=lead") == 1


def test_accounts_of_the_fixtures_are_rows(folder: Path) -> None:
    (folder / "a.yaml").write_text(FILE.replace("{stage: none}", "{stage: won}"), "utf-8")
    for name, integration in (("acc-1", "hubspot"), ("acc-2", "pipedrive"), ("acc-3", "hubspot")):
        own = folder / "fixtures" / "accounts" / name / "unified" / "crm"
        own.mkdir(parents=True)
        (own / "contacts.json").write_text(json.dumps([{"id": name, "stage": "won"}]), "utf-8")
        about = folder / "fixtures" / "accounts" / name / "account.yaml"
        about.write_text(f"integration: {{name: {integration}}}\n", "utf-8")
    done = run(folder, "", "--each", "accounts", "--where", "integration.name = 'hubspot'", "-o", "ndjson")
    assert [json.loads(line)["account"] for line in done.stdout.splitlines()] == ["acc-1", "acc-3"], done.stderr
    none = run(folder, "", "--each", "accounts", "--where", "false")
    assert (none.returncode, "none of 3 accounts" in none.stderr) == (2, True)


def test_what_the_engine_remarks_is_said_once_for_all_rows(folder: Path) -> None:
    (folder / "a.yaml").write_text(FILE.replace("{{args.stage}}", "{{args.nobody}}"), "utf-8")
    done = run(folder, "stage\nwon\nlead\n", "--allow-unresolved", "--allow-unused")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("crm/contacts: sent literally: {{args.nobody}} has no value (2 calls)") == 1

"""The command as scripts use it: formats, samples, comparisons, exit codes, and what it never touches."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from batchctl.cli.app import app
from batchctl.errors import UsageError

ROOT = Path(__file__).parents[2]
EVERYTHING = ROOT / "tests" / "golden" / "dry_run" / "everything.yaml"
QUICKSTART = ROOT / "samples" / "quickstart.yaml"
LOOP = ROOT / "samples" / "loop-over-users.yaml"
FIXTURES = ROOT / "samples" / "fixtures"


def dry_run(*arguments: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["dry-run", *map(str, arguments)], input=text, env={"COLUMNS": "80"})


def data(*arguments: str | Path) -> Any:
    done = dry_run(*arguments, "--format", "json", "-q")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def requests_of(found: Any, name: str) -> Any:
    return next(resource["requests"] for resource in found["resources"] if resource["name"] == name)


def test_every_turn_of_a_loop_is_a_request_of_its_own() -> None:
    found = data(EVERYTHING)
    users = requests_of(found, "users")
    assert [request["path"] for request in users][:4] == [
        "/unified/ticketing/users/u-1",
        "/unified/ticketing/users/u-2",
        "/unified/ticketing/users/u-3",
        "/unified/ticketing/users/u%204%2F%C3%BC",
    ]
    assert users[0]["bindings"] == {"args.user_ids": "u-1"}
    assert users[0]["url"] == (
        "https://api.truto.one/unified/ticketing/users/u-1?integrated_account_id=5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
        "&fields=id%2Cname&region=eu&token=%2A%2A%2A&ids=1%2Cnull%2C2&updated_at[gt]=2024-01-01"
    )
    assert found["waves"] == [["users", "tickets", "page-content"], ["cleanup", "all-content"], ["note", "digest"]]
    assert found["summary"] | {"rate_limit": None} == {
        "resources": 7,
        "requests": 19,
        "complete": False,
        "writes": 2,
        "deletes": 1,
        "known": 17,
        "count_unknown": ["cleanup", "note", "page-content"],
        "paged": 9,
        "rate_limit": None,
    }


def test_what_a_run_brings_stands_as_its_own_text() -> None:
    (request,) = requests_of(data(QUICKSTART), "notes")
    assert request["query"] == {"contact_id": "{{resources.crm.contacts.id}}"}
    assert request["unresolved"] == ["resources.crm.contacts.id"]
    assert request["url"].endswith("&contact_id={{resources.crm.contacts.id}}")


def test_a_placeholder_that_is_sent_literally_is_encoded() -> None:
    request = requests_of(data(EVERYTHING), "tickets")[0]
    assert "&owner=%7B%7Bargs.owner%7D%7D" in request["url"]
    assert request["unresolved"] == []


def test_remarks_are_diagnostics_with_their_places() -> None:
    found = {(one["rule"], one["path"]): one for one in data(EVERYTHING)["diagnostics"]}
    assert found["sent-literally", "$.resources[1].query.owner"]["line"] == 19
    assert found["array-to-text", "$.resources[0].query.ids"]["severity"] == "warning"
    assert found["fallback-used", "$.resources[0].query.region"]["message"].endswith("(in all 8 requests)")
    dropped = data(ROOT / "samples" / "create-and-update.yaml")["diagnostics"]
    assert [(one["rule"], one["resource"]) for one in dropped] == [
        ("dropped-key", "new-contact"),
        ("fallback-used", "new-contact"),
    ]


@pytest.mark.parametrize(
    "options", ["--format ndjson", "--format http", "--format curl --per-request", "--format curl", "--format python"]
)
def test_where_stdout_has_only_requests_the_remarks_are_on_stderr(tmp_path: Path, options: str) -> None:
    ids = [*(f"u{number}" for number in range(30)), "..", "x y"]
    (tmp_path / "args.json").write_text(json.dumps({"ids": ids, "people": [{"id": 1}, {}]}), "utf-8")
    (tmp_path / "batch.yaml").write_text(
        """
        integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
        args_schema: {ids: {type: array}, people: {type: array}, region: {type: string}}
        resources:
          - name: users
            resource: hris/users
            method: get
            loop_on: args.ids
            id: "{{args.ids}}"
            query: {region: "{{args.region?:eu}}"}
          - {resource: crm/notes, method: list, loop_on: args.people, query: {person: "{{args.people.id}}"}}
        """,
        "utf-8",
    )
    given = (tmp_path / "batch.yaml", "--args-file", tmp_path / "args.json")
    remarks = [(one["severity"], one["line"], one["message"]) for one in data(*given)["diagnostics"]]
    done = dry_run(*given, *options.split())
    assert done.exit_code == 0
    said = " ".join(done.stderr.split())
    assert [message for _severity, _line, message in remarks] == [
        'not sent: the id is "..", which leads to another address (in 1 of 32 requests)',
        "args.region has no value: query.region takes the default (in all 32 requests)",
        "{{args.people.id}} has no value and would be sent literally in query.person (in 1 of 2 requests)",
    ]
    assert all(f"line {line}, " in said and message in said for _severity, line, message in remarks)
    assert not any(message in done.stdout for _severity, _line, message in remarks)
    quiet = " ".join(dry_run(*given, *options.split(), "-q").stderr.split())
    assert [severity != "info" for severity, _line, _message in remarks] == [
        message in quiet for *_, message in remarks
    ]


def test_a_type_that_does_not_convert_a_sample_is_a_remark(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text('[{"size": "big"}, {"size": "3"}]', "utf-8")
    (tmp_path / "batch.yaml").write_text(
        """
        integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
        args: {size: small}
        resources:
          - {name: rows, resource: crm/rows, method: list}
          - name: notes
            resource: crm/notes
            method: list
            depends_on: rows
            query: {size: "{{resources.crm.rows.size:int}}", other: "{{args.size:int}}"}
        """,
        "utf-8",
    )
    found = data(tmp_path / "batch.yaml", "--sample", f"rows={tmp_path / 'rows.json'}")["diagnostics"]
    # What the rule says of the argument is not said again.
    assert {(each["rule"], each["path"]): "in 1 of 2 requests" in each["message"] for each in found} == {
        ("unconverted-value", "$.resources[1].query.size"): True,
        ("unconverted-value", "$.resources[1].query.other"): False,
    }
    assert len(found) == 2


def test_a_remark_is_accepted_by_a_comment(tmp_path: Path) -> None:
    comment = r"\1  # batchctl: ignore[array-to-text] the ids are text there"
    text = re.sub(r"(    query: \{fields: .*)", comment, EVERYTHING.read_text("utf-8"))
    (tmp_path / "batch.yaml").write_text(text, encoding="utf-8")
    rules = [one["rule"] for one in data(tmp_path / "batch.yaml")["diagnostics"]]
    assert "became-text" not in rules
    assert "unknown-rule" not in rules


def test_explain_tells_where_values_came_from() -> None:
    request = requests_of(data(EVERYTHING, "--explain"), "users")[0]
    by_field = {".".join(map(str, one["at"])): one for one in request["explain"]}
    assert (by_field["id"]["source"], by_field["id"]["raw"]) == ("args.user_ids", "u-1")
    assert (by_field["query.region"]["default"], by_field["query.region"]["value"]) == (True, "eu")
    assert (by_field["query.ids"]["raw"], by_field["query.ids"]["value"]) == ([1, None, 2], "1,null,2")
    assert by_field["query.token"]["raw"] == by_field["query.token"]["value"] == "***"


def test_yaml_and_ndjson_say_what_json_says() -> None:
    whole = data(EVERYTHING)
    assert yaml.safe_load(dry_run(EVERYTHING, "--format", "yaml", "-q").stdout) == whole
    lines = [json.loads(line) for line in dry_run(EVERYTHING, "--format", "ndjson", "-q").stdout.splitlines()]
    assert lines == [
        {"resource": resource["name"], **request} for resource in whole["resources"] for request in resource["requests"]
    ]


def test_samples_expand_as_deep_as_they_reach(tmp_path: Path) -> None:
    (tmp_path / "contacts.json").write_text('[{"id": "a/b"}, {"id": "c", "lifecycle_stage": null}, {"id": "d"}]')
    done = data(QUICKSTART, "--sample", f"crm/contacts={tmp_path / 'contacts.json'}", "--arg", "stage:=null")
    assert [request["query"]["contact_id"] for request in requests_of(done, "notes")] == []
    text = QUICKSTART.read_text("utf-8").replace("lifecycle_stage", "stage")
    (tmp_path / "batch.yaml").write_text(text, encoding="utf-8")
    found = data(tmp_path / "batch.yaml", "--sample", f"contacts={tmp_path / 'contacts.json'}")
    assert [request["query"]["contact_id"] for request in requests_of(found, "notes")] == ["a/b", "c", "d"]
    assert found["resources"][1]["repeats"] == [{"over": "resources.crm.contacts", "count": 3}]
    # Nobody knows the notes' records, but nothing reads them either.
    assert found["summary"]["complete"] is True


def test_the_result_of_a_run_is_a_sample(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["run", str(QUICKSTART), "--local", "-o", "json", "-q"])
    (tmp_path / "run.json").write_text(run.stdout, encoding="utf-8")
    from_run = data(QUICKSTART, "--sample-run", tmp_path / "run.json")
    assert from_run["resources"] == data(QUICKSTART, "--fixtures", FIXTURES)["resources"]


def test_writes_are_never_answered() -> None:
    found = data(ROOT / "samples" / "create-and-update.yaml", "--fixtures", FIXTURES)
    assert requests_of(found, "handover")[0]["unresolved"] == ["resources.crm.contacts.id"]
    assert found["summary"]["complete"] is False


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sample", "crm/contacts"], "is not RESOURCE=FILE"),
        (["--sample", "crm/contatcs=x.json"], 'did you mean "crm/contacts"'),
        (["--sample", "crm/contacts=none.json"], "none.json"),
        (["--sample", "crm/contacts=none.txt"], "can't tell what none.txt holds"),
        (["--sample-run", "none.json"], "no such file"),
        (["--fixtures", "nowhere"], "does not exist"),
        (["--per-request"], "--format curl"),
        (["--show-secrets"], "goes with a snippet"),
        (["--summary", "--format", "json"], "goes with the tree"),
        (["--against-arg", "stage=x", "--format", "curl"], "tree or json"),
        (["--against", "none.yaml"], "no such file"),
    ],
)
def test_wrong_use_is_one_sentence(options: list[str], said: str) -> None:
    done = dry_run(QUICKSTART, *options)
    assert isinstance(done.exception, UsageError)
    assert said in f"{done.exception} {done.exception.hint}"
    assert done.stdout == ""


def test_exit_code_tells_a_difference_when_asked(tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(dry_run(EVERYTHING, "--format", "json", "-q").stdout, encoding="utf-8")
    assert dry_run(EVERYTHING, "-q", "--against", saved, "--exit-code").exit_code == 0
    other = tmp_path / "other.yaml"
    other.write_text(EVERYTHING.read_text("utf-8").replace("a@b.c", "x@b.c"), encoding="utf-8")
    assert dry_run(other, "-q", "--against", saved).exit_code == 0
    done = dry_run(other, "-q", "--against", EVERYTHING, "--exit-code", "--format", "json")
    assert done.exit_code == 1
    (changed,) = json.loads(done.stdout)["resources"]
    (altered,) = changed["altered"]
    assert altered["fields"] == [
        {"field": "body.emails[0].email", "before": "a@b.c", "after": "x@b.c", "hidden": False}
    ]


def test_a_secret_that_changes_is_told_without_being_shown(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(EVERYTHING.read_text("utf-8").replace("sk-abcdef123456", "sk-other-654321"), encoding="utf-8")
    done = dry_run(other, "-q", "--against", EVERYTHING)
    assert "query.token  changes; it is a secret" in done.stdout
    assert "sk-" not in done.output


def test_other_arguments_are_the_other_side() -> None:
    done = dry_run(LOOP, "--against-arg", 'user_ids:=["u-1", "u-5"]', "--format", "json")
    (users,) = json.loads(done.stdout)["resources"]
    assert [one["path"] for one in users["added"]] == ["/unified/ticketing/users/u-2", "/unified/ticketing/users/u-7"]
    assert [one["path"] for one in users["removed"]] == ["/unified/ticketing/users/u-5"]


@pytest.mark.parametrize("options", [[], ["--format", "ndjson"], ["--fixtures", str(FIXTURES)], ["--format", "python"]])
def test_no_network_no_token(options: list[str]) -> None:
    code = (
        "import sys, runpy\n"
        "try: runpy.run_module('batchctl', run_name='__main__')\n"
        "except SystemExit as end: code = end.code\n"
        "print(code, 'httpx' in sys.modules, 'ssl' in sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "dry-run", str(QUICKSTART), *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRUTO")}
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment)
    # The engine's event loop knows ssl; nothing else does.
    assert done.stderr.split()[-3:] == ["0", "False", str("--fixtures" in options)]


@pytest.mark.parametrize("form", ["tree", "json", "yaml", "ndjson"])
def test_a_loop_over_nothing_is_told(form: str) -> None:
    text = """
        integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
        args_schema: {ids: {type: array}}
        resources: [{resource: m/u, method: get, id: "{{args.ids}}", loop_on: ids}]
    """
    done = dry_run("-", "--format", form, text=text)
    assert done.exit_code == 0
    assert "loop_on: ids has no value" in done.output

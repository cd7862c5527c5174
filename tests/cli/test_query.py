"""``--query`` and ``--raw``: one value of a run, of an earlier run and of a dry run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FINE = ("run", "samples/quickstart.yaml", "--local")
FAILING = ("run", "samples/tickets-with-comments.yaml", "--local")
DRY = ("dry-run", "samples/quickstart.yaml")


def batchctl(*arguments: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "batchctl", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", **environment},
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A definition whose one record is given: texts, numbers, a secret-looking field."""
    (tmp_path / "a.yaml").write_text(
        "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
        "resources: [{name: contacts, resource: crm/contacts, method: list}]\n"
    )
    records = tmp_path / "fixtures" / "unified" / "crm"
    records.mkdir(parents=True)
    record = {"id": "c1", "name": 'Zoë "Z"', "n": 1.5, "big": 9007199254740991, "ok": True, "access_token": "tok-4711"}
    (records / "contacts.json").write_text(json.dumps([record]))
    return tmp_path / "a.yaml"


@pytest.mark.parametrize("query", ["$", "result.contacts[0]", "$count(result.notes)", "result.contacts.id", "errors"])
def test_it_picks_from_the_response_body(query: str) -> None:
    body = json.loads(batchctl(*FINE, "-o", "json").stdout)
    expected = {
        "$": body,
        "result.contacts[0]": body["result"]["contacts"][0],
        "$count(result.notes)": len(body["result"]["notes"]),
        "result.contacts.id": [each["id"] for each in body["result"]["contacts"]],
        "errors": body["errors"],
    }[query]
    for also in ((), ("-o", "json")):
        done = batchctl(*FINE, "--query", query, *also)
        assert (done.returncode, json.loads(done.stdout)) == (0, expected)
    assert batchctl(*FINE, "--query", query, "-q").stderr == ""


def test_the_exit_code_is_that_of_the_run() -> None:
    done = batchctl(*FAILING, "--query", "$keys(errors)")
    assert done.returncode == 3
    assert "attachments" in json.loads(done.stdout)
    assert "✖ attachments" in done.stderr


def test_nothing_is_printed_where_there_is_no_value() -> None:
    for raw in ((), ("--raw",)):
        done = batchctl(*FINE, "--query", "result.nobody", *raw)
        assert (done.returncode, done.stdout) == (0, "")
        assert "no value" in done.stderr


@pytest.mark.parametrize(
    ("query", "printed"),
    [("name", 'Zoë "Z"\n'), ("n", "1.5\n"), ("n * 2", "3\n"), ("big", "9007199254740991\n"), ('"a\nb"', "a\nb\n")],
)
def test_raw_is_the_text_alone(project: Path, query: str, printed: str) -> None:
    done = batchctl("run", project, "--local", "-q", "--query", f"result.contacts.({query})", "--raw")
    assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")


def test_raw_is_not_escaped_for_ascii(project: Path) -> None:
    asked = ("run", project, "--local", "-q", "--ascii", "--query", "result.contacts.name")
    assert batchctl(*asked).stdout == '"Zo\\u00eb \\"Z\\""\n'
    assert batchctl(*asked, "--raw").stdout == 'Zoë "Z"\n'


@pytest.mark.parametrize(
    ("query", "kind"),
    [("result.contacts[0]", "an object"), ("[1, 2]", "a list"), ("null", "null"), ("1 = 1", "a boolean")],
)
def test_raw_of_anything_else_is_refused_and_the_result_is_kept(query: str, kind: str) -> None:
    done = batchctl(*FINE, "--query", query, "--raw")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error: --raw prints one text or number, and the query gives {kind}" in done.stderr
    assert_kept(done.stderr)


def test_a_query_that_fails_loses_nothing(tmp_path: Path) -> None:
    asked = (*FINE, "--query", 'result.contacts[0].id + "x"')
    done = batchctl(*asked)
    assert (done.returncode, done.stdout) == (2, "")
    assert '  result.contacts[0].id + "x"\n' in done.stderr
    assert re.search(r"^ +\^+$", done.stderr, re.MULTILINE)
    assert_kept(done.stderr)
    out = tmp_path / "all.json"
    assert batchctl(*asked, "--out", out).returncode == 2
    assert set(json.loads(out.read_text("utf-8"))) == {"result", "errors"}


def assert_kept(said: str) -> None:
    found = re.search(r"the result is in (.+)", said)
    assert found
    kept = Path(found[1])
    assert len(json.loads(kept.read_text("utf-8"))["result"]["contacts"]) == 10
    kept.unlink()


@pytest.mark.parametrize("command", [FINE, DRY])
def test_a_mistake_has_a_caret_and_nothing_runs(command: tuple[str, ...], tmp_path: Path) -> None:
    out = ("--out", tmp_path / "out.json") if command is FINE else ()
    done = batchctl(*command, *out, "--query", "a.(b +")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == '--query: error[S0203]: Expected ")" before end of expression\n  a.(b +\n       ^\n'
    assert not list(tmp_path.iterdir())


def test_an_unknown_function_is_reported_before_anything_runs(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = batchctl(*FINE, "--query", "$uppercas(result.a)", "--out", str(out))
    assert (done.returncode, done.stdout) == (2, "")
    assert "--query: error[T1006]: there is no function $uppercas\n  $uppercas(result.a)\n  ^^^^^^^^^\n" in done.stderr
    assert not out.exists()
    assert "the result is in" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*FINE, "--raw"), "--raw goes with --query"),
        *[
            ((*FINE, "--query", "1", "-o", form), f"not as {form}")
            for form in ("tree", "csv", "table", "yaml", "ndjson")
        ],
        ((*DRY, "--query", "1", "--format", "curl"), "not as curl"),
        ((*DRY, "--query", "1", "--summary"), "does not go with --summary"),
        ((*DRY, "--query", "1", "--against", "samples/quickstart.yaml"), "does not go with --against"),
    ],
)
def test_what_does_not_go_together(arguments: tuple[str, ...], message: str) -> None:
    done = batchctl(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_whole_result_is_written_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "all.ndjson"
    done = batchctl(*FINE, "--query", "$count(result.contacts)", "--out", out)
    assert (done.returncode, done.stdout) == (0, "10\n")
    assert sum('"contacts"' in line for line in out.read_text("utf-8").splitlines()) == 10


def test_secrets_are_as_they_came_with_a_notice_or_masked(project: Path) -> None:
    asked = ("run", project, "--local", "--query", "result.contacts.access_token", "--raw")
    done = batchctl(*asked)
    assert done.stdout == "tok-4711\n"
    assert "1 value of the result look" in done.stderr
    assert "tok-4711" not in done.stderr
    masked = batchctl(*asked, "--mask-data")
    assert masked.stdout == "***\n"
    assert "--mask-data masks" not in masked.stderr
    # Masked before the expression sees it: there is nothing to turn around or to cut out.
    turned = batchctl(*asked[:-2], "$base64encode(result.contacts.access_token)", "--raw", "--mask-data")
    assert turned.stdout == "Kioq\n"


def test_a_dry_run() -> None:
    whole = json.loads(batchctl(*DRY, "--format", "json").stdout)
    for also in ((), ("--format", "json")):
        done = batchctl(*DRY, "--query", "resources.requests.path", *also)
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout) == [
            request["path"] for resource in whole["resources"] for request in resource["requests"]
        ]
    nothing = batchctl(*DRY, "--query", "nothing")
    assert (nothing.returncode, nothing.stdout) == (0, "")


def test_raw_of_a_dry_run() -> None:
    done = batchctl(*DRY, "--query", "resources[0].resource", "--raw")
    assert (done.returncode, done.stdout, done.stderr) == (0, "crm/contacts\n", "")
    alone, a_list = batchctl(*DRY, "--raw"), batchctl(*DRY, "--query", "resources", "--raw")
    assert (alone.returncode, a_list.returncode) == (2, 2)
    assert "--raw goes with --query" in alone.stderr
    assert "the query gives a list" in a_list.stderr


def test_secrets_of_a_dry_run_are_masked_before(tmp_path: Path) -> None:
    text = (ROOT / DRY[1]).read_text("utf-8").replace("limit: 25", "api_key: hidden-4711")
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    done = batchctl("dry-run", tmp_path / "a.yaml", "--query", "$base64encode(resources.requests[0].query.api_key)")
    assert json.loads(done.stdout) == "Kioq"

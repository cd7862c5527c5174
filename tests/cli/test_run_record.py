"""What a run records gives the same result again, without what tells who somebody is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from recording_service import TOKEN, served

from batchctl.engine.backends.fakes import FAKE, read_fakes
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.errors import FixtureError

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = Path(__file__).parents[2] / "samples"
CONTACTS: list[Any] = [
    {"id": 1, "email": "zoe@example.com", "name": "Zoë", "phone": "", "api_key": "k-123456", "n": 2**60},
    {"id": 2, "email": "li@example.com", "name": "李雷", "phone": "+49 30 1", "note": "ask zoe@example.com", "n": None},
]
NOTES = [{"id": f"n{n}", "author": CONTACTS[n % 2]["email"], "text": f"note {n}"} for n in range(4)]
BATCH = """
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {who: li@example.com}
resources:
  - {name: contacts, resource: crm/contacts, method: list, query: {limit: 1}}
  - name: notes
    resource: crm/notes
    method: list
    depends_on: contacts
    query: {author: "{{resources.crm.contacts.email}}"}
  - {name: his, resource: crm/notes, method: list, query: {author: "{{args.who}}"}}
  - {name: new, resource: crm/deals, method: create, body: {n: 1}}
  - {name: gone, resource: crm/deals, method: get, id: d1}
"""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "live/unified/crm"
    folder.mkdir(parents=True)
    (folder / "contacts.json").write_text(json.dumps(CONTACTS))
    (folder / "notes.json").write_text(json.dumps(NOTES))
    (folder / "deals.json").write_text("[]")
    (tmp_path / "batch.yaml").write_text(BATCH)
    with served(FixtureBackend(tmp_path / "live")) as running:
        yield running.url


def run(folder: Path, *options: str, url: str = "") -> subprocess.CompletedProcess[str]:
    remote = ["--api-url", url, "--token", TOKEN] if url else ["--local"]
    command = [sys.executable, "-m", "batchctl", "run", str(folder / "batch.yaml"), "-y", *remote, *options]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def body_of(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode in (0, 3), done.stderr
    return json.loads(done.stdout)


def test_a_recorded_run_runs_again_without_the_service(tmp_path: Path, url: str) -> None:
    recording = tmp_path / "recording"
    asked = ["--direct", "--record", str(recording), "--trace", str(tmp_path / "t.har"), "-o", "json"]
    live = run(tmp_path, *asked, url=url)
    assert "recorded 7 calls in" in live.stderr
    again = run(tmp_path, "--fixtures", str(recording), "-o", "json")
    assert (live.returncode, again.returncode) == (3, 3)
    first, second = body_of(live), body_of(again)
    assert {name: len(records) for name, records in second["result"].items()} == {
        name: len(records) for name, records in first["result"].items()
    }
    assert [each["text"] for each in second["result"]["notes"]] == [each["text"] for each in first["result"]["notes"]]
    assert [each["text"] for each in second["result"]["his"]] == ["note 1", "note 3"]
    assert second["result"]["contacts"][0]["n"] == 2**60
    assert second["result"]["new"] == first["result"]["new"]
    assert first["errors"]["gone"][0]["statusCode"] == second["errors"]["gone"][0]["statusCode"] == 404
    # A recording may be served, and read by itself.
    assert body_of(run(tmp_path, "--fixtures", str(recording), "-o", "json")) == second
    assert len(json.loads((recording / "unified/crm/notes.json").read_text())) == 4


def test_nothing_in_a_recording_tells_who_somebody_is(tmp_path: Path, url: str) -> None:
    run(tmp_path, "--direct", "--record", str(tmp_path / "recording"), "-o", "json", url=url)
    files = [path for path in (tmp_path / "recording").rglob("*") if path.is_file() and path.name != "record.yaml"]
    text = "\n".join(path.read_text("utf-8") for path in files)
    assert len(files) == 3
    for canary in ("zoe@example.com", "li@example.com", "+49 30 1", "k-123456", TOKEN):
        assert canary not in text
    contacts = json.loads((tmp_path / "recording/unified/crm/contacts.json").read_text())
    notes = json.loads((tmp_path / "recording/unified/crm/notes.json").read_text())
    assert {note["author"] for note in notes} == {contact["email"] for contact in contacts}
    assert contacts[1]["note"] == f"ask {contacts[0]['email']}"
    assert contacts[0]["phone"] == ""


def test_rules_of_ones_own(tmp_path: Path, url: str) -> None:
    folder = tmp_path / "recording"
    folder.mkdir()
    (folder / "record.yaml").write_text("keys: {email: keep, n: text, NAME: name}\n")
    run(tmp_path, "--direct", "--record", str(folder), "-o", "json", url=url)
    contacts = json.loads((folder / "unified/crm/contacts.json").read_text())
    assert contacts[0]["email"] == "zoe@example.com"
    assert contacts[0]["n"].startswith("text-")
    assert contacts[0]["name"].startswith("Name-")
    assert contacts[0]["api_key"].startswith("secret-")


def test_a_batch_on_the_service_is_recorded_as_records(tmp_path: Path, url: str) -> None:
    folder = tmp_path / "recording"
    done = run(tmp_path, "--record", str(folder), "-o", "json", url=url)
    assert "recorded the records of" in done.stderr
    assert not (folder / "recording.ndjson").exists()
    assert len(json.loads((folder / "unified/crm/contacts.json").read_text())) == 2


def test_the_trace_is_an_http_archive(tmp_path: Path, url: str) -> None:
    trace = tmp_path / "t.har"
    run(tmp_path, "--direct", "--trace", str(trace), "-q", "-o", "json", url=url)
    text = trace.read_text("utf-8")
    assert TOKEN not in text
    assert "k-123456" not in text
    log = json.loads(text)["log"]
    assert log["version"] == "1.2"
    assert len(log["entries"]) == 7
    for entry in log["entries"]:
        assert entry["request"]["url"].startswith(f"{url}/unified/crm/")
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= entry.keys()
        assert {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"} <= set(
            entry["request"]
        )
    statuses = sorted(entry["response"]["status"] for entry in log["entries"])
    assert statuses == [200, 200, 200, 200, 200, 201, 404]


def test_the_trace_of_a_batch_on_the_service_is_its_one_call(tmp_path: Path, url: str) -> None:
    trace = tmp_path / "t.har"
    done = run(tmp_path, "--trace", str(trace), "-o", "json", url=url)
    assert f"1 call is in {trace}" in " ".join(done.stderr.split())
    text = trace.read_text("utf-8")
    assert TOKEN not in text
    assert "k-123456" not in text
    (entry,) = json.loads(text)["log"]["entries"]
    assert (entry["request"]["method"], entry["request"]["url"]) == ("POST", f"{url}/batch-request")
    assert json.loads(entry["request"]["postData"]["text"])["args"] == {"who": "li@example.com"}
    assert len(json.loads(entry["response"]["content"]["text"])["result"]["contacts"]) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--record", "live"], "a recording needs a folder of its own"),
        (["--record", "no-rules"], "can't record in no-rules: no such file or directory"),
        (["--local", "--record", "new"], "nothing to record"),
        (["--local", "--trace", "x.har"], "nothing to record"),
    ],
)
def test_what_can_not_be_recorded_is_said_before_anything_runs(tmp_path: Path, options: list[str], said: str) -> None:
    (tmp_path / "batch.yaml").write_text(BATCH)
    (tmp_path / "live/unified").mkdir(parents=True)
    (tmp_path / "no-rules").mkdir()
    (tmp_path / "no-rules/record.yaml").symlink_to("nowhere/record.yaml")
    command = [sys.executable, "-m", "batchctl", "run", "batch.yaml", "--token", "t0ken-of-a-test", *options]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([], "may have keys and patterns only"),
        ({"key": {}}, "may have keys and patterns only"),
        ({"keys": ["email"]}, "keys is not a map"),
        ({"keys": {"email": "mail"}}, "keys: email is none of secret, email"),
        ({"patterns": {"(": "email"}}, "is no regular expression"),
    ],
)
def test_rules_that_can_not_be_followed_are_named(rules: Any, said: str) -> None:
    with pytest.raises(FixtureError, match=r"record\.yaml") as caught:
        read_fakes(rules, "record.yaml")
    assert said in str(caught.value)


def test_a_fake_is_the_same_for_the_same_value_and_stays_what_it_is() -> None:
    fakes = read_fakes({"keys": {"phone": "phone", "all": "text", "email": "email"}}, "record.yaml")
    value: Any = {"phone": "+49 1", "all": {"deep": ["a", None, True, 7]}, "email": "a@b.example", "password": "x"}
    first: Any = fakes.replaced(value)
    assert fakes.replaced(first) == first == fakes.replaced(value)
    assert first["all"]["deep"][1:3] == [None, True]
    for fake in (first["phone"], first["all"]["deep"][0], first["all"]["deep"][3], first["email"], first["password"]):
        assert FAKE.fullmatch(fake)
    assert read_fakes({}, "record.yaml").replaced({"password": "x"}) != {"password": first["password"]}

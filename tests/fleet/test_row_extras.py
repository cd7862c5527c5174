"""What is written of rows beside their results: a recording, a trace and JUnit cases, here and on workers."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from fleet.api import contacts
from fleet.processes import TOKEN, account, run, write_files

ROWS = 3
OPTIONS = (
    *("--record", "recorded", "--trace", "traces/", "--report-json", "report.json"),
    *("--report-junit", "report.xml", "--junit-cases", "calls"),
)


@pytest.mark.parametrize("on", [(), ("--on", "local:2")], ids=["one-process", "workers"])
def test_each_row_has_its_own(tmp_path: Path, on: tuple[str, ...]) -> None:
    write_files(tmp_path, ROWS)
    with contacts() as api:
        done = run(tmp_path, api.url, *OPTIONS, *on)
        assert done.returncode == 0, done.stderr
    names = [f"{number}-{account(number)}" for number in range(1, ROWS + 1)]
    assert sorted(path.name for path in (tmp_path / "recorded").iterdir()) == [*names, "record.yaml"]
    assert sorted(path.name for path in (tmp_path / "traces").iterdir()) == [f"{name}.har" for name in names]
    for number, name in enumerate(names, 1):
        entries = json.loads((tmp_path / "traces" / f"{name}.har").read_text())["log"]["entries"]
        assert [each["request"]["method"] for each in entries] == ["GET", "POST", "POST"]
        assert all(account(number) in each["request"]["url"] for each in entries)
        # A recording of a row is a fixtures folder that gives the same result.
        words = ("--fixtures", f"recorded/{name}", "--account", account(number), "--arg", f"n=row-{number}")
        again = run(tmp_path, api.url, "--local", *words, each=False, direct=False)
        assert again.returncode == 0, again.stderr
        mine = [json.loads(line) for line in done.stdout.splitlines() if account(number) in line]
        assert [each["record"] for each in mine] == [json.loads(line)["record"] for line in again.stdout.splitlines()]
    suites = ET.parse(tmp_path / "report.xml").getroot()
    assert suites.attrib["tests"] == str(3 * ROWS)
    cases = [case.attrib["name"] for case in suites.findall("testsuite")[0]]
    assert cases == ["GET /unified/crm/contacts", "POST /unified/crm/contacts", "POST /unified/crm/contacts"]
    rows = json.loads((tmp_path / "report.json").read_text())["rows"]
    assert [len(row["calls"]) for row in rows] == [3] * ROWS
    written = [path for path in tmp_path.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert written == []


def test_what_can_not_be_is_said_before_a_row_runs(tmp_path: Path) -> None:
    write_files(tmp_path, 1)
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "file").touch()
    for options, said in (
        (("--trace", "all.har"), "each row has a file of its own"),
        (("--record", "used"), "a recording needs a folder of its own"),
        (("--junit-cases", "calls"), "--junit-cases goes with --report-junit"),
    ):
        done = run(tmp_path, "http://127.0.0.1:1", *options)
        assert (done.returncode in (1, 2, 4), done.stdout) == (True, "")
        assert said in done.stderr

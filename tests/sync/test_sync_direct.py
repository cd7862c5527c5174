"""``sync --direct`` against ``batchctl serve``, both real processes: killed and resumed, and its reports."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from killing_receiver import Receiver, receiving

if sys.platform == "win32":
    pytest.skip("there is no SIGKILL", allow_module_level=True)

JOB = """
label: Pages
default_runtime_version: 4
state_key: pages
resources:
  - name: pages
    type: request
    resource: wiki/pages
    method: list
    integrated_account_id: one
    query: {limit: 2}
  - name: hook
    type: destination
    destination_type: webhook
    resources_to_persist: [pages]
    config: {id: "{{args.hook?:none}}"}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [pages]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for account in ("one", "two"):
        pages = tmp_path / "fixtures" / "accounts" / account / "unified" / "wiki" / "pages.json"
        pages.parent.mkdir(parents=True)
        pages.write_text(json.dumps([{"id": f"{account}-{number}"} for number in range(5)]), "utf-8")
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    return tmp_path


@pytest.fixture
def api(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "batchctl", "serve", "--port", "0", "--token", "tok-of-the-test"]
    server = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        while not (found := re.search(r"http://[\d.]+:\d+", server.stderr.readline())):
            assert server.poll() is None
        yield found[0]
    finally:
        server.terminate()
        server.communicate(timeout=30)


def start(folder: Path, api: str, *words: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "BATCHCTL_STATE_DIR": str(folder / "state"),
        "TRUTO_API_TOKEN": "tok-of-the-test",
        "NO_COLOR": "1",
    }
    command = [sys.executable, "-m", "batchctl", "sync", *words, "--api-url", api, "--allow-http", "-o", "json"]
    command += ["--webhook-secret", "shared"]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def test_a_resumed_run_asks_for_no_answer_twice(folder: Path, api: str) -> None:
    with receiving() as receiver:
        targets = ("--to", f"hook=webhook:{receiver.url}", "--to", "rows=duckdb:db.duckdb")
        receiver.kill_at = 4
        first = start(folder, api, "job.yaml", "--direct", *targets)
        receiver.victim = first.pid
        first.communicate(timeout=120)
        assert first.returncode == -9
        second = start(folder, api, "--resume", "latest", "--report-junit", "junit.xml", "--report-json", "report.json")
        out, err = second.communicate(timeout=120)
        assert second.returncode == 0, (err, out)
        _check(receiver, json.loads(out))
    assert "reused" in err
    assert "tok-of-the-test" not in err + out
    assert ET.parse(folder / "junit.xml").getroot().get("failures") == "0"
    assert json.loads((folder / "report.json").read_text("utf-8"))["resources"]


def _check(receiver: Receiver, result: dict[str, dict[str, object]]) -> None:
    ids = [[record["id"] for record in shown] for event, shown in receiver.once_each() if event.endswith(":record")]
    assert ids == [["one-0", "one-1"], ["one-2", "one-3"], ["one-4"]]
    assert result["destinations"]["rows"] == {"delivered": 3, "failed": 0}
    assert result["run"]["status"] == "completed"

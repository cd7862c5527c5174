import json
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = sorted((Path(__file__).parent.parent / "samples").glob("*.yaml"))
QUICKSTART, TICKETS, NOTION = (
    next(path for path in SAMPLES if path.stem == stem)
    for stem in ("quickstart", "tickets-with-comments", "notion-page-to-markdown")
)


def batchctl(*arguments: str | Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "batchctl", *map(str, arguments)]
    environment = {"PYTHONIOENCODING": "utf-8", "PATH": ""}
    return subprocess.run(command, capture_output=True, encoding="utf-8", input=text, env=environment, check=False)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_sample_is_valid_previewed_and_run(sample: Path) -> None:
    assert batchctl("validate", sample).returncode == 0
    preview = batchctl("dry-run", sample, "--format", "json")
    assert preview.returncode == 0
    assert json.loads(preview.stdout)["format_version"] == "1.0"
    done = batchctl("run", sample, "--local", "-o", "json")
    assert done.returncode == (3 if sample.stem == "tickets-with-comments" else 0)
    assert all(json.loads(done.stdout)["result"].values()) == (done.returncode == 0)


def test_quickstart_fans_out() -> None:
    body = json.loads(batchctl("run", QUICKSTART, "--local", "-o", "json").stdout)
    contacts = {contact["id"] for contact in body["result"]["contacts"]}
    assert {note["contact_id"] for note in body["result"]["notes"]} < contacts


def test_failure_has_cause_and_skips_dependents() -> None:
    errors = json.loads(batchctl("run", TICKETS, "--local", "-o", "json").stdout)["errors"]
    assert errors["attachments"][0]["truto_is_remote_error"] is True
    assert errors["previews"][0]["skipped_because"] == ["attachments"]


def test_the_blocks_of_a_page_become_markdown() -> None:
    (page,) = json.loads(batchctl("run", NOTION, "--local", "-o", "json").stdout)["result"]["combine-page-content"]
    assert page["markdown"].startswith("# Welcome\n\nWe deploy on **Tuesdays**.\n\nFirst day\n\n- [X] Get a badge\n")
    assert "\tLunch is at noon" in page["markdown"]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", 1, ""),
        ("a: [", 1, "BC101"),
        ("integrated_account_id: x\nresources: []\n", 1, "resources"),
        ("integrated_account_id: x\nresources: 5\n", 1, "resources"),
        ("integrated_account_id: x\n", 1, "resources"),
        ("a: 1\n---\nb: 2\n", 1, "document"),
    ],
)
def test_wrong_text_is_a_diagnostic(text: str, code: int, said: str) -> None:
    done = batchctl("validate", "-", text=text)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert said in done.stdout + done.stderr


def test_wrong_paths_and_no_token(tmp_path: Path) -> None:
    assert batchctl("run", tmp_path / "none.yaml", "--local").returncode == 2
    assert batchctl("run", tmp_path, "--local").returncode == 2
    done = batchctl("run", QUICKSTART)
    assert (done.returncode, done.stdout) == (4, "")
    assert "token" in done.stderr

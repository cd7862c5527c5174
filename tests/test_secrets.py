"""Canaries: secrets planted wherever one can stand, then searched in everything that a command leaves behind."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from batchctl.cli import dry_run_options, run_options, validate_options

ROOT = Path(__file__).parents[1]
TOKEN = "tok/canary+a_1"
VARIABLE = "var/canary+b=2"
ARGUMENT = "arg/canary+c 3"
CANARIES = (TOKEN, VARIABLE, ARGUMENT)

FILE = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {note: "${CRM_API_KEY}"}
args_schema: {password: {type: string}, note: {type: string}}
resources:
  - name: contacts
    resource: crm/contacts
    method: list
    query: {hint: "${CRM_API_KEY}", login: "{{args.password}}"}
  - name: broken
    resource: crm/notes
    method: get
    id: "{{args.password}}"
  - name: made
    resource: crm/contacts
    method: create
    depends_on: contacts
    body: {login: "{{args.password}}", note: "{{args.note}}"}
"""
FAULTY = FILE.replace("method: get", "methd: get").replace(
    'id: "{{args.password}}"', 'id: "${CRM_API_KEY} {{args.x!}}"'
)


def forms(secret: str) -> set[str]:
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {secret, quote(secret, safe=""), quote(secret), encoded, json.dumps(secret)[1:-1]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(FILE, "utf-8")
    (tmp_path / "faulty.yaml").write_text(FAULTY, "utf-8")
    (tmp_path / "rows.csv").write_text(f"password\n{ARGUMENT}\n", "utf-8")
    echoes = [{"id": "1", "echo": secret, "url": f"https://x/?k={quote(secret, safe='')}"} for secret in CANARIES]
    records = tmp_path / "fixtures" / "unified" / "crm"
    records.mkdir(parents=True)
    (records / "contacts.json").write_text(json.dumps([{**e, "hint": VARIABLE, "login": ARGUMENT} for e in echoes]))
    (records / "notes.json").write_text("[]")
    said = " ".join(form for secret in CANARIES for form in sorted(forms(secret)))
    fault = {"resource": "crm/notes", "status": 403, "remote": True, "message": f"refused {said}"}
    (tmp_path / "fixtures" / "faults.yaml").write_text(json.dumps([fault]))
    return tmp_path


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "batchctl", "serve", "--fixtures", "fixtures", "--port", "0", "--token", TOKEN]
    with subprocess.Popen(command, cwd=folder, env=environment(folder), stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        yield server.stderr.readline().split(" on ")[1].split()[0]
        server.terminate()


def environment(folder: Path) -> dict[str, str]:
    homes = {"HOME": str(folder / "home"), "BATCHCTL_STATE_DIR": str(folder / "state")}
    return {
        **os.environ,
        **homes,
        "PYTHONPATH": str(ROOT),
        "CRM_API_KEY": VARIABLE,
        "TRUTO_API_TOKEN": TOKEN,
        "XDG_CONFIG_HOME": "",
    }


def run(folder: Path, command: list[str], *, stdin: str = "", **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "batchctl", *command],
        cwd=folder, env=environment(folder) | more, capture_output=True, check=False, input=stdin.encode(),
    )  # fmt: skip


def search(folder: Path, command: list[str], *, stdin: str = "", **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command, then search all that it printed and wrote."""
    before = {path for path in folder.rglob("*") if path.is_file()}
    done = run(folder, command, stdin=stdin, **more)
    left = {"stdout": done.stdout, "stderr": done.stderr}
    left |= {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path not in before}
    for place, data in left.items():
        for secret in CANARIES:
            for form in forms(secret):
                assert form.encode() not in data, f"{form} is in {place} of {command}"
    return done


@pytest.mark.parametrize("form", list(validate_options.Format))
def test_validate(folder: Path, form: str) -> None:
    assert search(folder, ["validate", "faulty.yaml", "--format", form]).returncode == 1


@pytest.mark.parametrize("form", list(dry_run_options.Format))
def test_dry_run(folder: Path, form: str) -> None:
    assert search(folder, ["dry-run", "a.yaml", "--format", form, "--arg", f"password={ARGUMENT}"]).returncode == 0


LOCAL = ["run", "a.yaml", "--local", "--arg", f"password={ARGUMENT}"]


@pytest.mark.parametrize("form", list(run_options.Output))
def test_run_over_fixtures(folder: Path, form: str) -> None:
    assert search(folder, [*LOCAL, "-o", form, "-v", "--mask-data"]).returncode == 3


@pytest.mark.parametrize("form", ["json", "ndjson", "yaml", "csv"])
def test_data_is_the_services_own(folder: Path, form: str) -> None:
    done = run(folder, [*LOCAL, "-o", form])
    assert TOKEN in done.stdout.decode()
    assert "look secret" in done.stderr.decode()
    assert TOKEN not in done.stderr.decode()


@pytest.mark.parametrize("form", ["json", "csv", "yaml"])
def test_files_and_reports(folder: Path, form: str) -> None:
    out = ["--out", "out/" if form == "csv" else f"out.{form}"]
    reports = [part for kind in ("junit", "json", "html") for part in (f"--report-{kind}", f"report-{kind}")]
    assert (
        search(folder, [*LOCAL, *out, *reports, "-v", "--mask-data"], GITHUB_STEP_SUMMARY="summary.md").returncode == 3
    )
    assert (folder / "summary.md").stat().st_size
    assert len(list(folder.glob("report-*"))) == 3


def test_run_on_a_service(folder: Path, served: str) -> None:
    remote = ["run", "a.yaml", "--arg", f"password={ARGUMENT}", "--api-url", served, "--token", TOKEN]
    for form in ("tree", "json"):
        assert search(folder, [*remote, "-o", form, "--mask-data"]).returncode == 3
    assert search(folder, [*remote[:-1], "wrong-token"]).returncode == 4
    assert search(folder, [*remote, "--debug"]).returncode == 3


def test_run_per_row(folder: Path) -> None:
    assert search(folder, ["run", "a.yaml", "--local", "--each", "rows.csv"]).returncode == 3


def test_login_and_whoami(folder: Path) -> None:
    config = folder / "home" / ".config" / "batchctl" / "config.toml"
    config.parent.mkdir(parents=True)
    config.touch()
    assert search(folder, ["login", "--token-stdin"], stdin=TOKEN).returncode == 0
    assert TOKEN in config.read_text("utf-8")
    assert search(folder, ["whoami", "--offline", "-o", "json"]).returncode == 0
    assert (
        search(folder, ["run", "a.yaml", "--arg", f"password={ARGUMENT}", "--api-url", "http://127.0.0.1:9"]).returncode
        == 4
    )

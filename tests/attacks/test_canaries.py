"""Secrets of fourteen kinds are planted wherever one can stand, and searched for in all that a command leaves."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from attacks.planted import KINDS, TOKEN, Project
from batchctl.cli import dry_run_options, validate_options

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
FILE = f"""\
integrated_account_id: {ACCOUNT}
args: {{note: "${{CRM_API_KEY}}", pin: 1}}
args_schema: {{password: {{type: string}}, client_secret: {{type: string}}, note: {{type: string}}}}
resources:
  - name: contacts
    resource: crm/contacts
    method: list
    query:
      hint: "${{CRM_API_KEY}}"
      login: "{{{{args.password}}}}"
      api_key: {KINDS["literal in a query"]}
      access_key: {KINDS["digits alone"]}
      pat: {KINDS["shorter than six characters"]}
      authorization: "Basic {KINDS["base64 of a user and a password"]}"
      callback: "https://ann:{KINDS["in an address"]}@example.com/"
  - name: broken
    resource: crm/notes
    method: get
    id: "{{{{args.password}}}}"
  - name: made
    resource: crm/contacts
    method: create
    depends_on: contacts
    body: {{login: "{{{{args.client_secret:any}}}}", note: "{{{{args.note}}}}", secret: {KINDS["literal in a body"]}}}
"""
OPEN, BLOCK, QUERY = (
    KINDS[kind] for kind in ("value after an unclosed quote", "lines of a block", "literal in a query")
)
SHORT, BODY = KINDS["shorter than six characters"], KINDS["literal in a body"]
BROKEN = {
    "unclosed.yaml": f'integrated_account_id: x\nresources:\n  - query:\n      password: "{OPEN}\n  - {{a: [}}\n',
    "flow.yaml": f"resources: [{{name: a, query: {{api_key: {QUERY}, b: ]}}}}]\n",
    "block.yaml": f"client_secret: |\n  {BLOCK}\n bad indent: [\n",
    "tab.yaml": f"resources:\n\t- token: {BLOCK}\n",
    "twice.yaml": f"password: {BODY}\npassword: {BLOCK}\nresources: 1\n",
    "cut.json": f'{{"resources": [{{"query": {{"api_key": "{QUERY}", "pat": "{SHORT}"',
    "wrong.json": f'{{"resources": [{{"resource": "a", "querry": {{"api_key": "{QUERY}"}}}}]}}',
    "address.yaml": f"resources: https://ann:{KINDS['in an address']}@example.com/ [\n",
}
GIVEN = ("--arg", f"password={KINDS['argument under a secret-looking name']}", "--args-file", "args.yaml")
LOCAL = ("run", "a.yaml", "--local", *GIVEN)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name, text in {"a.yaml": FILE, **BROKEN}.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "args.yaml").write_text(f"client_secret: {KINDS['in an args file']}\n")
    (tmp_path / "rows.csv").write_text(f"password\n{KINDS['cell of a row']}\n", "utf-8")
    records = tmp_path / "fixtures" / "unified" / "crm"
    records.mkdir(parents=True)
    echoed = [secret for kind, secret in KINDS.items() if kind not in _NEVER_KNOWN]
    echoes = [
        {"id": str(number), "echo": secret, "text": f"<{secret}>" if len(secret) > 5 else ""}
        for number, secret in enumerate(echoed)
    ]
    (records / "contacts.json").write_text(json.dumps(echoes))
    (records / "notes.json").write_text("[]")
    said = " ".join(f'"{secret}"' for secret in echoed)
    fault = {"resource": "crm/notes", "status": 403, "remote": True, "message": f"refused {said}"}
    (tmp_path / "fixtures" / "faults.yaml").write_text(json.dumps([fault]))
    return Project(tmp_path)


# What stands nowhere but in broken files, in rows, or in a provider's error.
_NEVER_KNOWN = {
    "value after an unclosed quote",
    "lines of a block",
    "cell of a row",
    "issued by the provider in an error",
    "base64 of a user and a password",
    "in an address",
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("command", ["validate", "run --local", "dry-run", "graph"])
def test_a_file_that_can_not_be_read(project: Project, name: str, command: str) -> None:
    verb, *options = command.split()
    code, found = project.leaks(verb, name, *options)
    assert found == {}
    assert code in (1, 2)


@pytest.mark.parametrize("form", list(validate_options.ReportFormat))
def test_every_format_of_problems(project: Project, form: str) -> None:
    for name in ("wrong.json", "twice.yaml"):
        assert project.leaks("validate", name, "--format", form) == (1, {})


@pytest.mark.parametrize("form", list(dry_run_options.PreviewFormat))
def test_every_preview(project: Project, form: str) -> None:
    code, found = project.leaks("dry-run", "a.yaml", *GIVEN, "--format", form)
    assert found == {}
    assert code == 0


@pytest.mark.parametrize("form", ["tree", "table"])
def test_every_view_and_report_of_a_run(project: Project, form: str) -> None:
    reports = [part for kind in ("junit", "json", "html") for part in (f"--report-{kind}", f"report-{kind}")]
    code, found = project.leaks(*LOCAL, "-o", form, "-v", *reports, GITHUB_STEP_SUMMARY="summary.md")
    assert found == {}
    assert code == 3
    assert {"report-junit", "report-json", "report-html", "summary.md"} <= set(project.searched)


@pytest.mark.parametrize("form", ["json", "ndjson", "yaml", "csv"])
def test_masked_data(project: Project, form: str) -> None:
    assert project.leaks(*LOCAL, "-o", form, "--mask-data") == (3, {})


@pytest.mark.parametrize("form", ["json", "ndjson", "yaml", "csv"])
def test_data_is_what_the_service_said_and_a_notice_says_so(project: Project, form: str) -> None:
    done = project.run(*LOCAL, "-o", form)
    assert TOKEN.encode() in done.stdout
    assert b"secret; --mask-data masks such values" in done.stderr
    assert TOKEN.encode() not in done.stderr


def test_rows(project: Project) -> None:
    command = ("run", "a.yaml", "--local", "--args-file", "args.yaml", "--each", "rows.csv")
    # No row has this argument, so that nothing says that it is a secret.
    assert project.leaks(*command, spared=("argument under a secret-looking name",)) == (3, {})


def test_short_and_numeric_secrets_leave_innocent_values_alone(project: Project) -> None:
    text = FILE.replace(KINDS["digits alone"], "123456").replace("name: contacts", "name: contacts\n    persist: true")
    (project.folder / "a.yaml").write_text(text.replace(KINDS["literal in a query"], "contacts"))
    contacts = project.folder / "fixtures" / "unified" / "crm" / "contacts.json"
    contacts.write_text('[{"id": 91234567, "n": 123456, "of": "contacts"}]')
    assert b'"id": 91234567' in project.run(*LOCAL, "-o", "ndjson").stdout
    tree = project.run(*LOCAL).stdout.decode()
    assert "contacts" in tree
    assert "91234567" in tree
    assert "123456 " not in tree


HELD = ("held-in-a-record-Xq81", "held-within-Zw72", "held-in-a-list-Kj63")
RECORD = {
    "id": "1",
    "access_token": HELD[0],
    "of": {"password": HELD[1]},
    "more": [{"api_key": HELD[2]}],
    "pin": {"secret": 4711},
}


def test_what_a_record_holds_under_a_secret_looking_name_is_not_shown(project: Project) -> None:
    (project.folder / "a.yaml").write_text(
        "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
        "resources: [{name: contacts, resource: crm/contacts, method: list}]\n"
    )
    contacts = project.folder / "fixtures" / "unified" / "crm" / "contacts.json"
    contacts.write_text(json.dumps([RECORD]))
    reports = [project.folder / name for name in ("r.html", "r.json", "r.xml")]
    written = [f"--report-{path.suffix[1:].replace('xml', 'junit')}={path}" for path in reports]
    shown = b""
    for more in ([*written], ["-o", "table"], ["-o", "table", "--fields", "of.password,access_token,id"]):
        done = project.run("run", "a.yaml", "--local", *more)
        assert done.returncode == 0, done.stderr
        shown += done.stdout + done.stderr
    shown += project.run("runs", "show", "latest").stdout + b"".join(path.read_bytes() for path in reports)
    assert not [each for each in (*HELD, "4711") if each.encode() in shown]
    assert shown.count(b"***") > 9
    exported = project.run("run", "a.yaml", "--local", "-o", "ndjson")
    assert json.loads(exported.stdout)["record"] == RECORD


ISSUED: dict[str, object] = {
    "statusCode": 401,
    "message": 'said {"access_token": "' + KINDS["issued by the provider in an error"] + '"}',
    "truto_is_remote_error": True,
    "raw_response": {"access_token": KINDS["issued by the provider in an error"], "detail": "expired"},
}
ANSWER = {"result": {"contacts": [{"token": TOKEN}]}, "errors": {"broken": [ISSUED]}}
JSON = "application/json"
# Status, content type or location, body.
REFUSALS = {
    "message": (403, JSON, json.dumps({"statusCode": 403, "message": f"no: {TOKEN} {TOKEN}"})),
    "html": (502, "text/html", f"<html>{'x' * 186}{TOKEN} Bearer {TOKEN}</html>"),
    "redirect": (302, f"http://{TOKEN.replace('/', '-')}.example/{TOKEN}", ""),
    "list": (400, JSON, json.dumps([{"token": "x1"}, TOKEN])),
    "not json": (200, JSON, f'{{"result": {TOKEN}'),
    "issued": (200, JSON, json.dumps(ANSWER)),
}


@pytest.fixture
def refusing() -> Iterator[tuple[str, list[str]]]:
    """A service that repeats the token in whatever it says; the list names the refusal."""
    kind = ["message"]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            status, about, text = REFUSALS[kind[0]]
            self.send_response(status)
            self.send_header("location" if status == 302 else "content-type", about)
            self.send_header("x-request-id", f"req-{TOKEN}")
            self.send_header("content-length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", kind
        server.shutdown()


@pytest.mark.parametrize("kind", REFUSALS)
@pytest.mark.parametrize("command", ["run", "run --direct", "whoami"])
def test_a_service_that_repeats_the_token(
    project: Project, refusing: tuple[str, list[str]], kind: str, command: str
) -> None:
    url, chosen = refusing
    chosen[0] = kind
    verb, *options = command.split()
    file = ("a.yaml", *GIVEN) if verb == "run" else ()
    end = ("--api-url", url, "--debug", *(("--retries", "0") if file else ()))
    code, found = project.leaks(verb, *file, *options, *end)
    # What the service itself issued is data in the run's own files, which nobody else can read.
    kept = {
        place: here for place, here in found.items() if place.startswith(("answer.json", "response.json", "run.db"))
    }
    assert all(set(here) == {"issued by the provider in an error"} for here in kept.values())
    assert {place: here for place, here in found.items() if place not in kept} == {}
    assert code in (0, 3, 4)


def test_login(project: Project) -> None:
    config = project.folder / "home" / "config" / "batchctl" / "config.toml"
    done = subprocess.run(
        [sys.executable, "-m", "batchctl", "login", "--token-stdin"],
        cwd=project.folder, env=project.environment(), input=TOKEN.encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert TOKEN.encode() not in done.stdout + done.stderr
    assert TOKEN in config.read_text("utf-8")
    assert config.stat().st_mode & 0o077 == 0
    assert project.leaks("whoami", "--offline", "-o", "json") == (0, {})


def test_no_secret_among_the_arguments_of_a_process(project: Project, refusing: tuple[str, list[str]]) -> None:
    (project.folder / "home").mkdir()
    command = [sys.executable, "-m", "batchctl", "run", "a.yaml", "--args-file", "args.yaml", "--api-url", refusing[0]]
    with subprocess.Popen(command, cwd=project.folder, env=project.environment(), stderr=subprocess.DEVNULL) as process:
        listed = b""
        for _ in range(200):
            if process.poll() is not None:
                break
            lines = [path for path in Path("/proc").glob("[0-9]*/cmdline") if _is_of(path, process.pid)]
            listed += b"".join(path.read_bytes() for path in lines)
    assert b"batchctl" in listed
    assert TOKEN.encode() not in listed


def _is_of(path: Path, parent: int) -> bool:
    try:
        fields = (path.parent / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return path.parent.name == str(parent) or fields[1] == str(parent)


def test_a_traceback(project: Project) -> None:
    code = (
        "import sys; from batchctl import __main__; from batchctl.cli import app\n"
        "from batchctl.cli.terminal import Terminal; from batchctl.cli.options import Color\n"
        "from batchctl.cli import running\n"
        f"def broken(*_): Terminal(Color.AUTO, secrets=[{TOKEN!r}]); raise ValueError({TOKEN!r})\n"
        "running._run = broken; sys.argv = ['batchctl', 'run', 'a.yaml', '--debug']; __main__.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project.folder, env=project.environment(), capture_output=True, check=False
    )
    assert done.returncode == 70
    assert b"Traceback" in done.stderr
    assert b"ValueError: ***" in done.stderr


def test_a_query_sees_what_is_masked(project: Project) -> None:
    assert project.leaks("dry-run", "a.yaml", *GIVEN, "--query", "$") == (0, {})
    assert project.leaks(*LOCAL, "--query", "$", "--mask-data") == (3, {})

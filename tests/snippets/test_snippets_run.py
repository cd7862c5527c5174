"""Every snippet is run as its reader would run it, against a service on this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from recording_service import TOKEN
from typer.testing import CliRunner

from batchctl.cli.app import app
from batchctl.render.preview.snippets import Batch, javascript

if TYPE_CHECKING:
    from recording_service import Service

HERE = Path(__file__).parent
NASTY = "it's \"quoted\" $HOME `id` $(id) \\ \n'JSON'\nJSON\n#{x} ${y} */ // é 😀 \u202e\u2028 \x7f end"
# In the file's text ``${`` would be a variable.
DEFINITION = json.dumps(
    {
        "name": "Nasty 'text' */\n",
        "integrated_account_id": "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10",
        "args": {"text": NASTY.replace("${", "$${"), "__proto__": {"x": [1, 2.5, None, True, {}]}, NASTY[:9]: []},
        "resources": [
            {
                "name": "made",
                "resource": "crm/contacts",
                "method": "create",
                "body": {"id": "c-x", "t": "{{args.text}}"},
            },
            {"name": "read", "resource": "crm/contacts", "method": "get", "id": "c-17", "depends_on": "made"},
        ],
    }
)


def dry_run(*options: str, text: str = DEFINITION) -> str:
    done = CliRunner().invoke(app, ["dry-run", "-", *options], input=text)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8", "HOME": "/nowhere", **more}


def run(command: list[str], **more: str) -> object:
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, env=environment(TRUTO_API_TOKEN=TOKEN, **more)
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def need(program: str) -> str:
    return shutil.which(program) or pytest.skip(f"{program} is not here")


def snippet(folder: Path, name: str, form: str, service: Service) -> str:
    text = dry_run("--format", form, "--api-url", service.url)
    assert TOKEN not in text
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def check(answer: object, service: Service) -> None:
    (received,) = service.received
    sent = json.loads(DEFINITION)
    sent["args"]["text"] = NASTY
    del sent["name"]
    assert (received.method, received.target.rstrip("?")) == ("POST", "/batch-request")
    assert received.json() == sent
    assert isinstance(answer, dict)
    assert answer["result"]["made"][0]["t"] == NASTY
    assert answer["result"]["read"][0]["id"] == "c-17"


def test_curl(service: Service, tmp_path: Path) -> None:
    need("curl")
    check(run(["sh", snippet(tmp_path, "batch.sh", "curl", service)]), service)


def test_javascript(service: Service, tmp_path: Path) -> None:
    check(run([need("node"), snippet(tmp_path, "batch.mjs", "javascript", service)]), service)


def test_python(service: Service, tmp_path: Path) -> None:
    if find_spec("requests") is None:
        pytest.skip("requests is not here")
    check(run([sys.executable, snippet(tmp_path, "batch.py", "python", service)]), service)


def test_typescript_sdk(service: Service, tmp_path: Path) -> None:
    packages = os.environ.get("TRUTO_TS_SDK_DIR", str(HERE / "packages"))
    (tmp_path / "node_modules").symlink_to(packages)
    check(run([need("node"), snippet(tmp_path, "batch.mjs", "typescript-sdk", service)]), service)


def test_python_sdk(service: Service, tmp_path: Path) -> None:
    packages = os.environ.get("TRUTO_PYTHON_SDK_DIR", str(HERE / "packages"))
    check(run([sys.executable, snippet(tmp_path, "batch.py", "python-sdk", service)], PYTHONPATH=packages), service)


def test_javascript_keeps_large_numbers(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "batch.mjs"
    # A rule tells of such a number; a comment in the file can accept it.
    payload = {**json.loads(DEFINITION), "args": {"big": 12345678901234567890, "text": NASTY}}
    path.write_text(javascript(Batch("big", service.url, payload)), encoding="utf-8")
    subprocess.run([need("node"), str(path)], check=False, capture_output=True, env=environment(TRUTO_API_TOKEN=TOKEN))
    assert service.received[0].json() == payload


def test_curl_per_request(service: Service, tmp_path: Path) -> None:
    need("curl")
    path = tmp_path / "all.sh"
    path.write_text(dry_run("--format", "curl", "--per-request", "--api-url", service.url), encoding="utf-8")
    done = subprocess.run(["sh", str(path)], capture_output=True, check=False, env=environment(TRUTO_API_TOKEN=TOKEN))
    assert done.returncode == 0, done.stderr
    listed = [json.loads(line) for line in dry_run("--format", "ndjson", "--api-url", service.url).splitlines()]
    assert [(each.method, service.url + each.target) for each in service.received] == [
        (each["method"], each["url"]) for each in listed
    ]
    assert service.received[0].json() == {"id": "c-x", "t": NASTY}


def test_http_file(service: Service) -> None:
    """Read as the editors that know such files do: variables at the top, ``###`` between requests."""
    need("curl")
    text = dry_run("--format", "http", "--api-url", service.url)
    variables = dict(re.findall(r"^@(\w+) = (.*)$", text, re.MULTILINE))
    filled = re.sub(r"\{\{(\w+)\}\}", lambda match: variables[match[1]], text)
    for part in filled.replace("{{$processEnv TRUTO_API_TOKEN}}", TOKEN).split("\n### ")[1:]:
        head, _, body = part.partition("\n\n")
        _name, line, *headers = head.split("\n")
        method, url = line.split(" ")
        options = [option for header in headers for option in ("--header", header)]
        options += ["--data-binary", body.strip()] if body.strip() else []
        run(["curl", "--silent", "--fail-with-body", "--globoff", "--request", method, *options, url])
    assert [each.method for each in service.received] == ["POST", "GET"]
    assert service.received[0].json() == {"id": "c-x", "t": NASTY}


def test_what_only_a_run_can_tell_is_a_comment_or_a_variable() -> None:
    text = (Path(__file__).parents[2] / "samples" / "quickstart.yaml").read_text("utf-8")
    shell = dry_run("--format", "curl", "--per-request", text=text)
    assert "# not complete: only a run knows ‹contacts.id›\n# curl " in shell
    http = dry_run("--format", "http", text=text)
    assert "@contacts_id = fill-in\n" in http
    assert "&contact_id={{contacts_id}}\n" in http


SECRET = """
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {api_key: "abc-123", other: "has-no-secret"}
resources:
  - resource: crm/contacts
    method: list
    query: {access_token: "tok-very-secret", key: "{{args.api_key}}", token: "{{args.api_key}}"}
"""


@pytest.mark.parametrize("form", ["curl", "javascript", "python", "typescript-sdk", "python-sdk"])
def test_secrets_are_masked_unless_asked_for(form: str) -> None:
    hidden = dry_run("--format", form, text=SECRET)
    assert "very-secret" not in hidden
    assert '"abc-123"' not in hidden
    assert '"token": "{{args.api_key}}"' in hidden
    bare = dry_run("--format", form, "--show-secrets", text=SECRET)
    assert "tok-very-secret" in bare
    assert '"abc-123"' in bare


def test_the_token_is_never_printed() -> None:
    text = SECRET.replace("tok-very-secret", "${TRUTO_API_TOKEN}")
    command = [sys.executable, "-m", "batchctl", "dry-run", "-", "--format", "curl", "--show-secrets"]
    done = subprocess.run(
        command, input=text, capture_output=True, encoding="utf-8", check=True, env=environment(TRUTO_API_TOKEN=TOKEN)
    )
    assert "abc-123" in done.stdout
    assert TOKEN not in done.stdout


@pytest.mark.parametrize("form", ["tree", "json", "yaml", "ndjson", "http"])
def test_secrets_are_masked_in_every_view(form: str) -> None:
    text = dry_run("--format", form, "--explain", text=SECRET)
    assert "very-secret" not in text
    assert "abc-123" not in text

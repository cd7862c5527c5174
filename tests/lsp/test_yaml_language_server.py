"""The published schema in the language server that most editors have for YAML, from npm."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = "yaml-language-server@1.18.0"
UNQUOTED = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {a: {{args.x}}}
resources:
  - resource: crm/contacts
    method: list
    query: {a: {{args.x}}, b: {c: [{{args.y}}]}}
    body:
      k: {{args.z}}
"""


class Server:
    """The server over stdio, with one schema for ``*.batch.yaml``."""

    def __init__(self, folder: Path, schema: Path) -> None:
        script = folder / "node_modules" / "yaml-language-server" / "out" / "server" / "src" / "server.js"
        command = [str(shutil.which("node")), str(script), "--stdio"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        # A server that says nothing must not keep the tests.
        self._guard = threading.Timer(60, self._process.kill)
        self._guard.start()
        yaml = {
            "validate": True,
            "completion": True,
            "hover": True,
            "schemas": {schema.as_uri(): "*.batch.yaml"},
            "schemaStore": {"enable": False},
        }
        self._settings: dict[str, Any] = {"yaml": yaml}
        self._folder, self._serial, self._published = folder, 0, list[dict[str, Any]]()
        self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": folder.as_uri(),
                "workspaceFolders": None,
                "capabilities": {"workspace": {"configuration": True}},
            },
        )
        self._send({"method": "initialized", "params": {}})
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": self._settings}})

    def close(self) -> None:
        self._guard.cancel()
        self._process.kill()
        self._process.communicate()

    def request(self, method: str, params: object) -> Any:
        self._serial += 1
        serial = self._serial
        self._send({"id": serial, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == serial and "method" not in message:
                return message["result"]
            self._take(message)

    def open(self, name: str, text: str) -> str:
        uri = (self._folder / name).as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return uri

    def diagnostics(self, text: str) -> list[dict[str, Any]]:
        self._serial += 1
        uri = self.open(f"checked-{self._serial}.batch.yaml", text)
        # Once it has answered, it knows the schema: what it says of the next text is of that.
        self.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 1}})
        self._published.clear()
        change = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text + "\n"}]}
        self._send({"method": "textDocument/didChange", "params": change})
        while not any(each["uri"] == uri for each in self._published):
            self._take(self._read())
        found: list[dict[str, Any]] = next(each for each in self._published if each["uri"] == uri)["diagnostics"]
        return found

    def labels(self, text: str, line: int, character: int) -> list[str]:
        uri = self.open(f"completed-{line}-{character}.batch.yaml", text)
        where = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        return [item["label"] for item in self.request("textDocument/completion", where)["items"]]

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            self._published.append(message["params"])
        elif "id" in message and "method" in message:
            asked = message.get("params", {}).get("items", [])
            configuration = [self._settings.get(item.get("section"), {}) for item in asked]
            result = configuration if message["method"] == "workspace/configuration" else None
            self._send({"id": message["id"], "result": result})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while (line := self._process.stdout.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the server ended"
        found: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("editor")
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("needs npm and Node")
    install = [npm, "install", "--no-audit", "--no-fund", "--silent", PACKAGE]
    if subprocess.run(install, cwd=folder, check=False, capture_output=True).returncode:
        pytest.skip(f"{PACKAGE} can't be had")
    schema = folder / "schema.json"
    subprocess.run([sys.executable, "-m", "batchctl", "schema", "--output", str(schema)], check=True)
    running = Server(folder, schema)
    running.diagnostics("resources: []\n")
    yield running
    running.close()


def test_type_completes_every_kind(server: Server) -> None:
    text = "integrated_account_id: x\nresources:\n  - type: \n"
    assert sorted(set(server.labels(text, 2, 10))) == ["add_context", "request", "spool", "transform"]


def test_keys_are_those_of_the_kind(server: Server) -> None:
    text = "integrated_account_id: x\nresources:\n  - type: transform\n    \n"
    labels = server.labels(text, 3, 4)
    assert "config" in labels
    assert "loop_on" not in labels


def test_placeholders_without_quotes_are_marked_however_deep(server: Server) -> None:
    found = [each for each in server.diagnostics(UNQUOTED) if "without quotes" in each["message"]]
    # Of two on one line it shows one.
    assert {each["range"]["start"]["line"] for each in found} == {1, 5, 7}
    quoted = re.sub(r"\{\{(.*?)\}\}", r'"{{\1}}"', UNQUOTED)
    assert server.diagnostics(quoted) == []


def test_an_unknown_key_is_marked(server: Server) -> None:
    text = "integrated_account_id: x\nresources:\n  - resource: a\n    methd: list\n"
    assert any("methd" in each["message"] for each in server.diagnostics(text))

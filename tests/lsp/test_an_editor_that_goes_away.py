"""The end of a session that nobody ended: the server goes too, and says nothing of it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import IO

import pytest

pytest.importorskip("pygls", reason="needs the extra lsp")

OPENED = {
    "jsonrpc": "2.0",
    "method": "textDocument/didOpen",
    "params": {"textDocument": {"uri": "file:///a.batch.yaml", "languageId": "yaml", "version": 1, "text": "a: 5\n"}},
}


def message(content: object) -> bytes:
    body = json.dumps(content).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def answer(stream: IO[bytes]) -> object:
    size = 0
    while line := stream.readline().strip():
        name, _, value = line.partition(b":")
        size = int(value) if name.lower() == b"content-length" else size
    return json.loads(stream.read(size))


@pytest.mark.parametrize("is_reading", [True, False], ids=["still-reads", "reads-no-more"])
@pytest.mark.parametrize(
    "last",
    [b"", message(OPENED), b'Content-Length: 500\r\n\r\n{"jsonrpc"', b"Content-Length: 500\r\n", b"no header\r\n\r\n"],
    ids=["nothing", "a-document", "half-a-message", "half-a-header", "no-message"],
)
def test_the_server_ends_without_a_word(last: bytes, *, is_reading: bool) -> None:
    command = [sys.executable, "-m", "batchctl", "lsp"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stderr is not None
        parameters: dict[str, object] = {"processId": None, "rootUri": None, "capabilities": {}}
        server.stdin.write(message({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": parameters}))
        server.stdin.flush()
        assert "result" in str(answer(server.stdout))
        if not is_reading:
            server.stdout.close()
        server.stdin.write(last)
        server.stdin.close()
        assert server.stderr.read() == b""
        assert server.wait(60) == 0

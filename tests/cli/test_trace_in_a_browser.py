"""A trace is what Chromium's developer tools open: their own reader of HAR files, asked over the debugging protocol."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from recording_service import TOKEN

if TYPE_CHECKING:
    from recording_service import Service

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
START_S = 60
SAMPLE = Path(__file__).parents[2] / "samples" / "quickstart.yaml"
# What the menu "Import HAR file" of the panel Network does, without the panel.
READ = """
import("/devtools/models/har/har.js").then((har) => {
  const log = new har.HARFormat.HARRoot(JSON.parse(%s)).log;
  return har.Importer.Importer.requestsFromHARLog(log).map(
    (read) => [read.requestMethod, read.url(), read.statusCode, read.mimeType, read.duration > 0]);
})
"""


async def opened(port: int, text: str) -> Any:
    """What the developer tools read from a HAR file."""
    origin = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as session:
        async with session.put(f"{origin}/json/new?{origin}/devtools/inspector.html") as answer:
            page = json.loads(await answer.text())
        async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            # The page is there when its address is.
            for number in range(1, 200):
                where = await evaluated(socket, number, "location.origin")
                if where.get("value") == origin:
                    break
                await asyncio.sleep(0.1)
            return (await evaluated(socket, 1_000, READ % json.dumps(text))).get("value")


async def evaluated(socket: aiohttp.ClientWebSocketResponse, number: int, expression: str) -> dict[str, Any]:
    params = {"expression": expression, "awaitPromise": True, "returnByValue": True}
    await socket.send_json({"id": number, "method": "Runtime.evaluate", "params": params})
    while True:
        answer = json.loads((await socket.receive(timeout=START_S)).data)
        if answer.get("id") == number:
            assert "exceptionDetails" not in answer["result"], answer
            result: dict[str, Any] = answer["result"]["result"]
            return result


def debugging_port(profile: Path, browser: subprocess.Popen[bytes]) -> int:
    until = time.monotonic() + START_S
    named = profile / "DevToolsActivePort"
    while not (named.exists() and named.read_text().strip()):
        if browser.poll() is not None or time.monotonic() > until:
            pytest.skip("Chromium does not start on this machine")
        time.sleep(0.05)
    return int(named.read_text().split()[0])


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_chromium_opens_a_trace(tmp_path: Path, service: Service) -> None:
    assert CHROMIUM is not None
    command = [sys.executable, "-m", "batchctl", "run", str(SAMPLE), "--direct", "--trace", "t.har", "-q", "-o", "json"]
    command += ["--api-url", service.url, "--allow-http", "--token", TOKEN]
    environment = {**os.environ, "BATCHCTL_STATE_DIR": str(tmp_path / "state")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    text = (tmp_path / "t.har").read_text("utf-8")
    profile = tmp_path / "profile"
    options = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--remote-debugging-port=0",
        "--remote-allow-origins=*",
    ]
    with subprocess.Popen(
        [CHROMIUM, *options, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as browser:
        try:
            read = asyncio.run(opened(debugging_port(profile, browser), text))
        finally:
            browser.kill()
    entries = json.loads(text)["log"]["entries"]
    assert len(entries) > 2
    expected = [(each["request"]["method"], each["request"]["url"], each["response"]["status"]) for each in entries]
    assert sorted(tuple(each[:3]) for each in read) == sorted(expected)
    assert {each[3] for each in read} == {"application/json"}
    assert all(each[4] for each in read)

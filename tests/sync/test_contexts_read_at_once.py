"""Contexts of accounts that records or elements name are read several at once, each once, over real sockets."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

import batchctl
from batchctl.engine.options import RunOptions
from batchctl.engine.result import Failed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT_ONCE = 4
ACCOUNTS = [f"acc-{number}" for number in range(4 * AT_ONCE)]
BY_RECORD = """
default_runtime_version: 4
integrated_account_id: acc-0
resources:
  - {name: who, type: request, resource: crm/users, method: list}
  - {name: deals, type: request, resource: crm/deals, method: list, depends_on: who, RUN_IF integrated_account_id: "{{resources.crm.users.id}}", query: {region: "{{region}}"}}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [deals]}
"""  # noqa: E501 - a definition
BY_ELEMENT = """
default_runtime_version: 4
resources:
  - {name: deals, type: request, resource: crm/deals, method: list, loop_on: args.accounts, integrated_account_id: "{{args.accounts}}", query: {region: "{{region}}"}}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [deals]}
"""  # noqa: E501 - a definition


@dataclass
class Api:
    """Answers no one who asks for an account before ``AT_ONCE`` are there; ``missing`` is an account that is not."""

    url: str = ""
    missing: str = ""
    asked: list[str] = field(default_factory=list)
    at_once: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    barrier: threading.Barrier = field(default_factory=lambda: threading.Barrier(AT_ONCE, timeout=120))

    def answer(self, target: str) -> tuple[int, Any]:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/unified/crm/users":
            return 200, {"result": [{"id": account} for account in ACCOUNTS]}
        if parts.path == "/unified/crm/deals":
            return 200, {"result": [{"id": f"{query['integrated_account_id']} in {query['region']}"}]}
        account = parts.path.removeprefix("/integrated-account/")
        with self.lock:
            self.asked.append(account)
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        try:
            self.barrier.wait()
        finally:
            with self.lock:
                self.at_once -= 1
        if account == self.missing:
            return 404, {"message": "no such account"}
        return 200, {"id": account, "context": {"region": f"the region of {account}"}}


@contextmanager
def answering() -> Iterator[Api]:
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, body = api.answer(self.path)
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    service = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    api.url = f"http://127.0.0.1:{service.server_address[1]}"
    try:
        yield api
    finally:
        service.shutdown()
        service.server_close()


def sync(folder: Path, api: Api, text: str) -> batchctl.SyncResult:
    (folder / "job.yaml").write_text(text, "utf-8")
    return batchctl.run_sync(
        folder / "job.yaml",
        to=f"dir:{folder}/out",
        environment={"BATCHCTL_STATE_DIR": str(folder / "own")},
        executor="direct",
        api_url=api.url,
        token="t",
        args={"accounts": [*ACCOUNTS, *ACCOUNTS]} if text == BY_ELEMENT else {},
        options=RunOptions(concurrency=AT_ONCE),
    )


def rows(folder: Path) -> list[str]:
    lines = (folder / "out" / "rows" / "crm_deals.ndjson").read_text("utf-8").splitlines()
    return sorted({json.loads(line)["id"] for line in lines})


def whole(*accounts: str) -> list[str]:
    return sorted(f"{account} in the region of {account}" for account in accounts)


@pytest.mark.parametrize("job", [BY_RECORD.replace("RUN_IF", ""), BY_ELEMENT], ids=["record", "element"])
def test_several_are_read_at_once_and_each_once(tmp_path: Path, job: str) -> None:
    with answering() as api:
        done = sync(tmp_path, api, job)
    assert done.ok, done.json()
    assert rows(tmp_path) == whole(*ACCOUNTS)
    assert sorted(api.asked) == sorted(ACCOUNTS)
    assert api.most == AT_ONCE


def test_one_that_can_not_be_read_is_an_error_of_its_own_calls(tmp_path: Path) -> None:
    with answering() as api:
        api.missing = ACCOUNTS[5]
        done = sync(tmp_path, api, BY_RECORD.replace("RUN_IF", ""))
    outcome = done.result.outcomes["deals"]
    assert isinstance(outcome, Failed)
    (entry,) = outcome.errors
    assert f"the context of account {ACCOUNTS[5]} can't be read" in str(entry)
    assert rows(tmp_path) == whole(*(account for account in ACCOUNTS if account != ACCOUNTS[5]))


def test_an_account_of_calls_that_are_not_made_is_not_asked_for(tmp_path: Path) -> None:
    wanted = ACCOUNTS[8 : 8 + AT_ONCE]
    condition = " or ".join(f"resources.crm.users.id = '{account}'" for account in wanted)
    with answering() as api:
        done = sync(tmp_path, api, BY_RECORD.replace("RUN_IF", f'run_if: "{condition}",'))
    assert done.ok, done.json()
    assert (sorted(api.asked), rows(tmp_path)) == (sorted(wanted), whole(*wanted))

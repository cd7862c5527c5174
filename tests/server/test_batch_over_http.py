import concurrent.futures
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from recording_service import TOKEN, Service, served

from batchctl.engine.backends.fixtures import FixtureBackend

SAMPLES = Path(__file__).parents[2] / "samples"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}
ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"


@pytest.fixture
def notion() -> Iterator[Service]:
    with served(FixtureBackend(SAMPLES / "notion-fixtures")) as running:
        yield running


def definition(sample: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((SAMPLES / f"{sample}.yaml").read_text("utf-8"))
    return {name: data[name] for name in ("integrated_account_id", "args", "resources") if name in data}


def batch(url: str, body: Any, **headers: str) -> httpx.Response:
    return httpx.post(f"{url}/batch-request", json=body, headers={**AUTHORIZED, **headers})


def test_a_posted_batch_is_run(service: Service) -> None:
    answer = batch(service.url, definition("quickstart"))
    assert answer.status_code == 200
    assert {name: len(records) for name, records in answer.json()["result"].items()} == {"contacts": 10, "notes": 14}
    assert answer.json()["errors"] == {}


def test_it_is_what_the_command_prints(notion: Service) -> None:
    over_http = batch(notion.url, definition("notion-page-to-markdown")).json()
    command = [sys.executable, "-m", "batchctl", "run", str(SAMPLES / "notion-page-to-markdown.yaml"), "--local"]
    printed = subprocess.run([*command, "-o", "json"], capture_output=True, encoding="utf-8", check=True).stdout
    assert over_http == json.loads(printed)
    assert over_http["result"]["combine-page-content"][0]["markdown"].startswith("# Welcome")


def test_failures_are_in_the_answer_and_the_status_is_200(service: Service) -> None:
    answer = batch(service.url, definition("tickets-with-comments"))
    assert answer.status_code == 200
    errors = answer.json()["errors"]
    assert errors["attachments"][0]["statusCode"] == 403
    assert errors["attachments"][0]["call"]["path"] == "/unified/ticketing/attachments"
    assert errors["previews"][0]["skipped_because"] == ["attachments"]


def test_a_faulty_definition_is_a_400_that_says_where(service: Service) -> None:
    answer = batch(service.url, {"integrated_account_id": ACCOUNT, "resources": [{"resource": "crm/contacts"}]})
    assert answer.status_code == 400
    assert answer.json()["details"]["failures"][0]["path"] == "$.resources[0]"
    assert batch(service.url, [1]).status_code == 400
    assert httpx.post(f"{service.url}/batch-request", content=b"{", headers=AUTHORIZED).status_code == 400


CREATE = {
    "integrated_account_id": ACCOUNT,
    "resources": [{"name": "new", "resource": "crm/contacts", "method": "create", "body": {"first_name": "Zoë"}}],
}


def test_a_key_is_answered_once(service: Service) -> None:
    first, again = (batch(service.url, CREATE, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.content == again.content
    assert first.json()["result"]["new"][0]["id"] == "contacts-1"
    assert batch(service.url, CREATE, **{"Idempotency-Key": "k2"}).json()["result"]["new"][0]["id"] == "contacts-2"
    assert batch(service.url, CREATE).json()["result"]["new"][0]["id"] == "contacts-3"


def test_a_key_belongs_to_a_path(service: Service) -> None:
    key = {**AUTHORIZED, "Idempotency-Key": "k"}
    new = batch(service.url, CREATE, **key).json()["result"]["new"][0]["id"]
    url = f"{service.url}/unified/crm/contacts?integrated_account_id={ACCOUNT}"
    created = [httpx.post(url, json={"first_name": "Ada"}, headers=key).json()["id"] for _ in range(2)]
    assert created[0] == created[1] != new


def test_a_wrong_token_gets_no_answer_of_another(service: Service) -> None:
    key = {"Idempotency-Key": "k"}
    assert batch(service.url, CREATE, **key).status_code == 200
    assert batch(service.url, CREATE, Authorization="Bearer other", **key).status_code == 401


def test_a_key_asked_for_twice_at_once_is_answered_once(service: Service) -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: batch(service.url, CREATE, **{"Idempotency-Key": "k"}).text, range(4)))
    assert len(set(answers)) == 1
    assert batch(service.url, CREATE).json()["result"]["new"][0]["id"] == "contacts-2"


def test_serve_is_a_process_that_any_client_can_use() -> None:
    command = [sys.executable, "-m", "batchctl", "serve", "--fixtures", str(SAMPLES / "fixtures"), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stderr is not None
        found = re.search(r"http://\S+:\d+", process.stderr.readline())
        assert found
        assert batch(found[0], definition("quickstart")).status_code == 200
        run = [sys.executable, "-m", "batchctl", "run", str(SAMPLES / "quickstart.yaml"), "-q", "-o", "json"]
        away = subprocess.run(
            [*run, "--api-url", found[0], "--token", "any"], capture_output=True, encoding="utf-8", check=True
        )
        here = subprocess.run([*run, "--local"], capture_output=True, encoding="utf-8", check=True)
        assert json.loads(away.stdout) == json.loads(here.stdout)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)

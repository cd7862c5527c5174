"""``s3://``: what a job delivers, as objects in a bucket of a real server on this machine; and in fsspec's memory."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from fleet.bucket import google_bucket

import batchctl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

fsspec = pytest.importorskip("fsspec")
JOB = """
label: Pages
default_runtime_version: 4
fixtures: fixtures
resources:
  - {name: pages, type: request, resource: wiki/pages, method: list, query: {limit: 2}}
  - name: files
    type: destination
    destination_type: datastore
    resources_to_persist: [pages]
    loop_on: payload.records
    method: uploadObject
    config:
      id: "{{args.store?:none}}"
      config: {path: wiki, file_name: "{{payload.records.title}}.md", content: "{{payload.records.text}}"}
  - name: points
    type: destination
    destination_type: datastore
    method: upsertPoints
    resources_to_persist: [pages]
    config: {id: "{{args.store?:none}}", config: {points: "{{payload.records:any}}", wait: true}}
  - {name: hook, type: destination, destination_type: webhook, resources_to_persist: [pages], config: {id: "{{args.hook?:none}}"}}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [pages]}
"""  # noqa: E501 - a definition
PAGES = [{"id": f"p{number}", "title": f"Page {number}", "text": f"# {number} é"} for number in range(3)]


@pytest.fixture
def job(tmp_path: Path) -> Path:
    pages = tmp_path / "fixtures" / "unified" / "wiki" / "pages.json"
    pages.parent.mkdir(parents=True)
    pages.write_text(json.dumps(PAGES), "utf-8")
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    return tmp_path / "job.yaml"


def delivered(job: Path, url: str, files: Any) -> dict[str, str]:
    """What is in the bucket after a run, by its place below ``url``."""
    environment = {"BATCHCTL_STATE_DIR": str(job.parent / "own")}
    done = batchctl.run_sync(job, to=url, environment=environment, webhook_secret="some-secret")
    assert done.ok, done.json()
    root = url.partition("://")[2]
    files.invalidate_cache()
    return {path.split(f"{root}/", 1)[1]: files.cat_file(path).decode() for path in files.find(root)}


def assert_complete(found: dict[str, str]) -> None:
    assert {name: text for name, text in found.items() if name.startswith("wiki/")} == {
        f"wiki/Page {number}.md": f"# {number} é" for number in range(3)
    }
    points = [json.loads(found[f"points/0000{number}.json"]) for number in (1, 2)]
    assert points == [
        {"method": "upsertPoints", "points": PAGES[:2], "wait": True},
        {"method": "upsertPoints", "points": PAGES[2:], "wait": True},
    ]
    posts = sorted(name for name in found if name.startswith("hook/"))
    assert [json.loads(found[name])["body"]["event"].partition(":")[2] for name in posts] == [
        "created",
        "started",
        "record",
        "record",
        "completed",
    ]
    rows = [json.loads(line) for name in sorted(found) if name.startswith("rows/") for line in found[name].splitlines()]
    assert [row["id"] for row in rows] == ["p0", "p1", "p2"]
    assert all(row["truto_sync_job_run_id"] for row in rows)


def test_objects_of_a_bucket_in_memory(job: Path) -> None:
    files = fsspec.filesystem("memory")
    files.rm("/out", recursive=True) if files.exists("/out") else None
    found = delivered(job, "memory://out/nightly", files)
    assert_complete({name.removeprefix("nightly/"): text for name, text in found.items()})


def test_a_second_run_adds_to_the_objects_of_the_first(job: Path) -> None:
    files = fsspec.filesystem("memory")
    files.rm("/twice", recursive=True) if files.exists("/twice") else None
    first = delivered(job, "memory://twice", files)
    second = delivered(job, "memory://twice", files)
    assert {name: text for name, text in second.items() if name in first} == first
    posts = sorted(name for name in second if name.startswith("hook/"))
    assert posts == [f"hook/{number:05}.json" for number in range(1, 11)]
    assert len({json.loads(second[name])["body"]["id"] for name in posts}) == 10


@pytest.mark.parametrize(
    ("url", "said"),
    [("s3:bucket", "unknown destination"), ("s3://", "names no bucket"), ("s3:///", "names no bucket")],
)
def test_a_bucket_needs_a_name(job: Path, url: str, said: str) -> None:
    with pytest.raises(batchctl.UsageError, match=said):
        batchctl.run_sync(job, to=url, environment={"BATCHCTL_STATE_DIR": str(job.parent / "own")})


@pytest.fixture
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The files of a server that speaks S3."""
    pytest.importorskip("moto.server", reason="moto[server] is not installed")
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path / "moto.log").open("wb")
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(url, timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.05)
        fsspec.filesystem("s3").clear_instance_cache()
        yield fsspec.filesystem("s3", use_listings_cache=False)
    finally:
        server.kill()
        server.wait()
        log.close()
        # fsspec keeps what it connected to, whatever the environment says later.
        fsspec.filesystem("s3").clear_instance_cache()


def test_objects_of_a_bucket_in_s3(job: Path, s3: Any) -> None:
    s3.mkdir("records")
    assert_complete(delivered(job, "s3://records/nightly", s3))


@pytest.mark.usefixtures("s3")
def test_a_bucket_that_is_not_there_is_an_error_of_each_delivery(job: Path) -> None:
    environment = {"BATCHCTL_STATE_DIR": str(job.parent / "own")}
    done = batchctl.run_sync(job, to=["rows=s3://nowhere/x", f"dir:{job.parent}/out"], environment=environment)
    assert (done.ok, done.failed["rows"], done.delivered["files"]) == (False, 2, 3)
    assert "s3://nowhere/x/rows" in json.dumps(done.json()["errors"])


def test_objects_of_a_bucket_in_google_cloud_storage(job: Path) -> None:
    """Against an emulator: no request leaves the machine."""
    with google_bucket() as url:
        files = fsspec.filesystem("gs", skip_instance_cache=True, use_listings_cache=False)
        assert_complete(delivered(job, f"{url}/nightly", files))
        second = delivered(job, f"{url}/nightly", files)
    posts = sorted(name for name in second if name.startswith("hook/"))
    assert posts == [f"hook/{number:05}.json" for number in range(1, 11)]

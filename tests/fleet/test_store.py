import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import postgres

from batchctl.errors import StoreError, UsageError
from batchctl.fleet.store import Store, open_store
from fleet.bucket import bucket, google_bucket


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with bucket() as url:
        yield url


@pytest.fixture(scope="module")
def gs() -> Iterator[str]:
    with google_bucket() as url:
        yield url


@pytest.fixture(params=["folder", "memory", "s3", "gs", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    match request.param:
        case "folder":
            found = open_store(str(tmp_path / "shared" / "place"))
        case "memory":
            found = open_store(f"memory://{uuid.uuid4().hex}")
        case "s3" | "gs":
            found = open_store(request.getfixturevalue(request.param))
        case _:
            found = open_store(request.getfixturevalue("database"))
    yield found
    found.close()


def test_a_text_is_read_as_it_was_written_last(store: Store) -> None:
    name = f"{uuid.uuid4().hex}/rows/ab/one"
    assert store.read(name) is None
    store.write(name, b"first")
    store.write(name, b"\x00second\xff")
    assert store.read(name) == b"\x00second\xff"


def test_a_name_is_made_once(store: Store) -> None:
    name = f"{uuid.uuid4().hex}/claim-0001"
    made: list[bool] = []

    def claim(number: int) -> None:
        made.append(store.create(name, b"%d" % number))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made.count(True) == 1
    assert not store.create(name, b"later")


def test_names_are_those_below_a_prefix(store: Store) -> None:
    run = uuid.uuid4().hex
    for name in ("rows/ab/one/result", "rows/ab/one/claim-0001", "rows/cd/two/result"):
        store.write(f"{run}/{name}", b"x")
    store.write(f"{run}x/rows/ef/three/result", b"x")
    assert sorted(store.names(f"{run}/rows/")) == sorted(
        f"{run}/{name}" for name in ("rows/ab/one/result", "rows/ab/one/claim-0001", "rows/cd/two/result")
    )
    assert list(store.names(f"{run}/nothing/")) == []


def test_files_are_their_owners(tmp_path: Path) -> None:
    open_store(str(tmp_path / "store")).write("run/rows/a", b"x")
    assert (tmp_path / "store/run/rows/a").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "store/run/rows").iterdir()] == ["a"]


def test_a_folder_may_be_named_by_a_url(tmp_path: Path) -> None:
    open_store(f"file://{tmp_path}/store").write("run/rows/a", b"x")
    assert open_store(str(tmp_path / "store")).read("run/rows/a") == b"x"


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    store.write("run/rows", b"x")
    for attempt in (lambda: store.read("run/rows/a"), lambda: store.create("run/rows/a", b"x")):
        with pytest.raises(StoreError, match=r"can.t use the store .*: not a directory"):
            attempt()


def test_what_another_machine_writes_is_seen(s3: str) -> None:
    boto3 = pytest.importorskip("boto3")
    store, run = open_store(s3), uuid.uuid4().hex
    store.write(f"{run}/rows/ab/claim-0001", b"first")
    assert [*store.names(f"{run}/")] == [f"{run}/rows/ab/claim-0001"]
    bucket_name, _, place = s3.removeprefix("s3://").partition("/")
    key = f"{place}/{run}/rows/ab/claim-0002"
    boto3.client("s3").put_object(Bucket=bucket_name, Key=key, Body=b"second")
    # A worker that lost its row must know it.
    assert store.read(f"{run}/rows/ab/claim-0002") == b"second"
    assert not store.create(f"{run}/rows/ab/claim-0002", b"third")
    assert len([*store.names(f"{run}/")]) == 2


def test_a_bucket_that_is_not_there(s3: str) -> None:
    nowhere = open_store(s3.replace("bucket", "no-such-bucket"))
    assert nowhere.read("run/a") is None
    assert list(nowhere.names("run/")) == []
    for attempt in (lambda: nowhere.write("run/a", b"x"), lambda: nowhere.create("run/a", b"x")):
        with pytest.raises(StoreError, match=r"can.t use the store s3://.*bucket does not exist"):
            attempt()


def test_what_can_not_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="can't use the store"):
        open_store(str(tmp_path / "file")).write("run/a", b"x")
    with pytest.raises(UsageError, match="no store of the kind"):
        open_store("ftp://example.com/x")
    with pytest.raises(StoreError, match="PostgreSQL") as refused:
        open_store("postgresql://tester:hidden-password@127.0.0.1:9/x")
    assert "hidden-password" not in str(refused.value)


@pytest.mark.parametrize(("package", "url"), [("s3fs", "s3://bucket/rows"), ("psycopg", "postgresql://h/d")])
def test_a_package_that_is_missing_is_named_before_a_run_is_recorded(tmp_path: Path, package: str, url: str) -> None:
    pytest.importorskip("distributed", reason="the extra fleet is not installed")
    (tmp_path / "without" / package).mkdir(parents=True)
    refusal = f"raise ImportError('no {package}', name='{package}')"
    (tmp_path / "without" / package / "__init__.py").write_text(refusal, "utf-8")
    (tmp_path / "fixtures" / "unified").mkdir(parents=True)
    (tmp_path / "rows.ndjson").write_text("{}\n", "utf-8")
    (tmp_path / "a.yaml").write_text(
        "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
        "resources: [{resource: crm/contacts, method: list}]\n",
        "utf-8",
    )
    known = {**os.environ, "PYTHONPATH": str(tmp_path / "without"), "BATCHCTL_STATE_DIR": str(tmp_path / "state")}
    options = ["--local", "--each", "rows.ndjson", "--on", "local:1", "--store", url]
    done = subprocess.run(
        [sys.executable, "-m", "batchctl", "run", "a.yaml", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=known,
    )
    assert (done.returncode, f"needs {package}" in done.stderr) == (2, True), done.stderr
    assert list((tmp_path / "state").rglob("run.db")) == []

"""Servers of the test's own on a loopback port, with one bucket: moto for S3, gcp-storage-emulator for Google's."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_START_S = 120


@contextmanager
def bucket() -> Iterator[str]:
    """``s3://BUCKET/PATH``; the environment has what finds it. Skips the test where there can be none."""
    for package in ("moto", "s3fs", "flask"):
        pytest.importorskip(package, reason="pip install 'moto[server]' s3fs")
    import fsspec

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = {
        "AWS_ACCESS_KEY_ID": "key-of-the-test",
        "AWS_SECRET_ACCESS_KEY": "made-up-for-the-test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }
    before = {name: os.environ.get(name) for name in own}
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.environ.update(own)
    try:
        _wait_for(port, server)
        # fsspec keeps what it connected to, whatever the environment says by now.
        fsspec.get_filesystem_class("s3").clear_instance_cache()
        files = fsspec.filesystem("s3", skip_instance_cache=True)
        files.mkdir("bucket-of-the-test")
        yield "s3://bucket-of-the-test/place"
    finally:
        server.kill()
        server.wait()
        fsspec.get_filesystem_class("s3").clear_instance_cache()
        _restore(before)


# The emulator makes an object whatever ``ifGenerationMatch`` says, which in Google's API is a condition: 0 makes one
# only where there is none, else the answer is 412 (Cloud Storage JSON API, objects.insert).
_GOOGLE = """
import sys
from gcp_storage_emulator.exceptions import NotFound
from gcp_storage_emulator.handlers import objects
from http import HTTPStatus
from threading import Lock
usual, turn = objects.insert, Lock()
def insert(request, response, storage, *args, **kwargs):
    with turn:
        if request.query.get("ifGenerationMatch") == ["0"]:
            try:
                storage.get_file_obj(request.params["bucket_name"], request.data["meta"]["name"])
            except NotFound:
                pass
            else:
                response.status = HTTPStatus.PRECONDITION_FAILED
                response.json({"error": {"code": 412, "message": "the object is there"}})
                return
        usual(request, response, storage, *args, **kwargs)
objects.insert = insert
from gcp_storage_emulator.server import create_server
create_server("127.0.0.1", int(sys.argv[1]), in_memory=True, default_bucket="bucket-of-the-test").run()
"""


@contextmanager
def google_bucket() -> Iterator[str]:
    """``gs://BUCKET/PATH``; the environment has what finds it. Skips the test where there can be none."""
    for package in ("gcp_storage_emulator", "gcsfs"):
        pytest.importorskip(package, reason="pip install gcp-storage-emulator gcsfs")
    import fsspec

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-c", _GOOGLE, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    own = {
        # Where gcsfs, as Google's own libraries do, looks for a server that is not Google's; it asks nobody else.
        "STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}",
        "NO_GCE_CHECK": "true",
        "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",
    }
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    try:
        _wait_for(port, server)
        fsspec.get_filesystem_class("gs").clear_instance_cache()
        yield "gs://bucket-of-the-test/place"
    finally:
        server.kill()
        server.wait()
        fsspec.get_filesystem_class("gs").clear_instance_cache()
        _restore(before)


def _restore(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.skip("the server of buckets does not start on this machine")
            time.sleep(0.05)
        else:
            return

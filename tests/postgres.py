"""A PostgreSQL server of the test's own, on a loopback port, as a user that is not root."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "pass-of-the-test"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest that this machine has."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


def _user() -> str | None:
    """Whom to start it as: it refuses to run as root."""
    if os.name != "posix" or os.geteuid() != 0:
        return None
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a server that ends with the block. Skips the test where there can be none."""
    bin_folder, user = programs(), _user()
    if bin_folder is None:
        pytest.skip("no PostgreSQL on this machine")
    if user is None and os.name == "posix" and os.geteuid() == 0:
        pytest.skip("PostgreSQL does not run as root, and there is no other user")
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="batchctl-pg-", dir=memory if memory.is_dir() else "/tmp"))
    secret = folder / "password"
    secret.write_text(PASSWORD, "utf-8")
    if user:
        for path in (folder, secret):
            shutil.chown(path, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def call(*words: str) -> None:
        subprocess.run(words, check=True, capture_output=True, user=user, cwd=folder, timeout=120)

    control = [str(bin_folder / "pg_ctl"), "-D", str(folder / "data"), "-w"]
    try:
        call(str(bin_folder / "initdb"), "-D", str(folder / "data"), "-U", "tester", "-A", "scram-sha-256",
             f"--pwfile={secret}", "--no-sync", "-E", "UTF8", "--locale=C")  # fmt: skip
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=16MB"
        call(*control, "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://tester:{PASSWORD}@127.0.0.1:{port}/postgres"
        finally:
            call(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)

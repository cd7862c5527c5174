"""Two hosts with a wire between them: workers on both, TLS on the wire, and nothing on it that could be read."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from fleet.processes import ROOT, TOKEN, account, command, environment, until, write_files

ONE, OTHER = "10.213.77.1", "10.213.77.2"
API_PORT = 18790
# Writes all that crosses the wire to a file.
SNIFFER = """
import socket, sys
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.bind((sys.argv[1], 0))
with open(sys.argv[2], "wb", buffering=0) as file:
    file.write(b"begun")
    while True:
        file.write(wire.recv(65536))
"""


@contextmanager
def hosts() -> Iterator[tuple[str, str]]:
    """The names of two network namespaces that are joined. Skips the test where there can be none."""
    ip = shutil.which("ip")
    if sys.platform != "linux" or ip is None or os.geteuid() != 0:
        pytest.skip("two hosts need Linux, the command ip, and root")
    first, second = f"bc-{os.getpid()}-1", f"bc-{os.getpid()}-2"

    def call(*words: str) -> None:
        subprocess.run([ip, *words], check=True, capture_output=True, timeout=20)

    try:
        for name in (first, second):
            call("netns", "add", name)
        call("-n", first, "link", "add", "wire1", "type", "veth", "peer", "name", "wire2", "netns", second)
        for name, wire, address in ((first, "wire1", ONE), (second, "wire2", OTHER)):
            call("-n", name, "addr", "add", f"{address}/24", "dev", wire)
            call("-n", name, "link", "set", wire, "up")
            call("-n", name, "link", "set", "lo", "up")
        yield first, second
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespaces here: {error.stderr.decode().strip()}")
    finally:
        for name in (first, second):
            subprocess.run([ip, "netns", "del", name], check=False, capture_output=True)


def certificate(folder: Path) -> dict[str, str]:
    """Settings of Dask for TLS with a certificate that is its own authority."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate with")
    key, cert = folder / "key.pem", folder / "cert.pem"
    line = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=fleet"]
    subprocess.run([*line, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    tls = {"CA_FILE": cert}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        tls |= {f"{role}__CERT": cert, f"{role}__KEY": key}
    names = {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(path) for name, path in tls.items()}
    return {**names, "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"}


def test_rows_on_two_hosts(tmp_path: Path) -> None:
    write_files(tmp_path, 12)
    env = {**environment(tmp_path), **certificate(tmp_path), "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    python, dask = sys.executable, [sys.executable, "-m", "dask"]
    with hosts() as (first, second), ExitStack() as stack:
        log = stack.enter_context((tmp_path / "log").open("w"))

        def start(host: str, *line: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                ["ip", "netns", "exec", host, *line],
                cwd=tmp_path, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                start_new_session=True,
            )  # fmt: skip
            stack.callback(_end, process)
            return process

        start(first, python, "-c", SNIFFER, "wire1", "wire.bin")
        # One API per host, where only its own workers can reach it: the wire carries what Dask sends and nothing else.
        apis = [start(host, python, "-m", "fleet.api", str(API_PORT)) for host in (first, second)]
        start(first, *dask, "scheduler", "--protocol", "tls", "--host", ONE, "--port", "8786", "--no-dashboard",
              "--scheduler-file", "scheduler.json")  # fmt: skip
        until((tmp_path / "scheduler.json").is_file)
        for host, address in ((first, ONE), (second, OTHER)):
            start(host, *dask, "worker", f"tls://{ONE}:8786", "--protocol", "tls", "--host", address, "--no-nanny",
                  "--nthreads", "1", "--no-dashboard", "--memory-limit", "0")  # fmt: skip
        until(lambda: (tmp_path / "wire.bin").stat().st_size > 20_000)

        def run(place: str) -> subprocess.CompletedProcess[str]:
            line = command(f"http://127.0.0.1:{API_PORT}", "--on", place, "--store", "store", "--parallel", "1")
            return subprocess.run(
                ["ip", "netns", "exec", second, *line],
                cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=120,
            )  # fmt: skip

        done = run(f"tls://{ONE}:8786")
        assert done.returncode == 0, done.stderr + (tmp_path / "log").read_text()
        refused = run(f"dask://{ONE}:8786")
        assert (refused.returncode, "would travel unencrypted" in refused.stderr) == (2, True)
        made: dict[str, int] = {}
        for api in apis:
            out, _ = api.communicate(timeout=30)
            for name, count in json.loads(out).items():
                made[name] = made.get(name, 0) + count
    assert made == {f"{account(n)} row-{n} {part}": 1 for n in range(1, 13) for part in ("a", "b")}
    claims = [json.loads(path.read_bytes())["worker"] for path in (tmp_path / "store").rglob("claim-*")]
    assert {claim.rpartition(":")[0] for claim in claims} == {f"tls://{ONE}", f"tls://{OTHER}"}
    wire = (tmp_path / "wire.bin").read_bytes()
    for text in (TOKEN, "crm/contacts", "row-1"):
        assert text.encode() not in wire
    assert TOKEN not in (tmp_path / "log").read_text()


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()

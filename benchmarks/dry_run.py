"""100,000 expanded requests to ndjson, against building and dumping the same dictionaries by hand.

Run it from the project's folder, with batchctl importable: ``python -m benchmarks.dry_run`` or
``python benchmarks/dry_run.py``. It prints three figures: the ratio to the code by hand (in one process, after all
imports), the time from the start of the process to the first line, and the memory for 1,000 and for 100,000 requests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from batchctl.plan.preview import make_preview
from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.render.preview.data import shown
from batchctl.render.preview.ndjson import preview_ndjson

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUESTS = 100_000
ROUNDS = 5
API = "https://api.truto.one"
ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
DEFINITION = f"""
integrated_account_id: {ACCOUNT}
args: {{region: eu}}
resources:
  - name: users
    resource: ticketing/users
    method: get
    id: "{{{{args.ids}}}}"
    loop_on: args.ids
    query: {{fields: "id,name", region: "{{{{args.region}}}}"}}
"""


def by_hand(ids: list[str], region: str) -> Iterator[str]:
    """What a script would do that knows the batch."""
    for one in ids:
        path = f"/unified/ticketing/users/{quote(one, safe='')}"
        url = f"{API}{path}?integrated_account_id={ACCOUNT}&fields={quote('id,name', safe='')}&region={quote(region)}"
        query = {"fields": "id,name", "region": region}
        request: dict[str, object]
        request = {"resource": "users", "method": "GET", "path": path, "url": url, "query": query, "body": None}
        request["unresolved"] = []
        request["bindings"] = {"args.ids": one}
        yield json.dumps(request) + "\n"


def by_batchctl(ids: list[str], region: str) -> Iterator[str]:
    """From the prepared plan."""
    plan = prepare(DEFINITION, args={"ids": list(ids), "region": region}).require_plan()
    preview = make_preview(plan)
    return preview_ndjson(preview, shown(preview, api_url=API, redactor=Redactor()))


def seconds(lines: Iterator[str]) -> float:
    """The processor's time for writing all lines to a file: others on the machine do not count."""
    began = time.process_time()
    with Path(os.devnull).open("w", encoding="utf-8") as file:
        file.writelines(lines)
    return time.process_time() - began


def first_line_ms(folder: Path) -> tuple[float, float]:
    """The best of some starts of the command with 1,000 arguments, and of an interpreter that does nothing."""
    best = bare = float("inf")
    command = _command(folder, 1_000)
    for _ in range(ROUNDS * 2):
        began = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            best = min(best, time.perf_counter() - began)
            process.stdout.read()
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        bare = min(bare, time.perf_counter() - began)
    return best * 1000, bare * 1000


def peak_mib(folder: Path, count: int) -> float:
    """Peak memory of the whole command."""
    code = (
        "import resource, runpy, sys\n"
        "sys.argv = sys.argv[1:]\n"
        "try: runpy.run_module('batchctl', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", code, "batchctl", *_command(folder, count)[3:]]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True, text=True)
    return int(done.stderr.split()[-1]) / 1024


def _command(folder: Path, count: int) -> list[str]:
    (folder / "batch.yaml").write_text(DEFINITION, encoding="utf-8")
    arguments = folder / f"{count}.json"
    arguments.write_text(json.dumps({"ids": [f"u-{number}" for number in range(count)]}), encoding="utf-8")
    options = ["--args-file", str(arguments), "--format", "ndjson", "-q"]
    return [sys.executable, "-m", "batchctl", "dry-run", str(folder / "batch.yaml"), *options]


def main() -> None:
    """Print the figures."""
    ids = [f"u-{number}" for number in range(REQUESTS)]
    assert list(by_batchctl(ids[:50], "eu")) == list(by_hand(ids[:50], "eu"))
    hand = min(seconds(by_hand(ids, "eu")) for _ in range(ROUNDS))
    ours = min(seconds(by_batchctl(ids, "eu")) for _ in range(ROUNDS))
    print(f"{REQUESTS:,} requests to ndjson: {ours:.2f} s, by hand {hand:.2f} s: {ours / hand:.2f} times")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, bare = first_line_ms(folder)
        print(f"first line after {first:.0f} ms (an interpreter that does nothing: {bare:.0f} ms)")
        few, many = peak_mib(folder, 1_000), peak_mib(folder, REQUESTS)
        print(f"memory: {few:.0f} MiB for 1,000 requests, {many:.0f} MiB for {REQUESTS:,}")


if __name__ == "__main__":
    main()

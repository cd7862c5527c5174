#!/usr/bin/env bash
# distributed 2026.8.0: submitting the same call again after it failed does not run it again. While anything holds the
# first future, the old error comes back at once, and the program's own "try again" never reaches the server.
#
# A loop that collects futures per row and submits the failed ones once more looks right, ends quickly, and reports
# every passing fault (a 503, a time-out) as permanent.
#
# What to do: client.retry([future]), or submit(..., pure=False).
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet distributed==2026.8.0
cat > again.py <<'PYTHON'
import logging
import pathlib

from distributed import Client, LocalCluster

CALLS = pathlib.Path("calls.txt")


def call(row):
    """Fails the first time, as a busy service does."""
    first = not CALLS.exists()
    with CALLS.open("a") as file:
        file.write("call\n")
    if first:
        raise OSError("503")
    return "written"


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        futures = [client.submit(call, "row 1")]
        print("first:", futures[0].exception())
        futures.append(client.submit(call, "row 1"))
        print("again:", futures[1].exception(), "calls:", CALLS.read_text().count("call"))
        print("pure=False:", client.submit(call, "row 1", pure=False).result(), "calls:", CALLS.read_text().count("call"))
PYTHON
venv/bin/python again.py > seen.txt 2> /dev/null
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
first: 503
again: 503 calls: 1
pure=False: written calls: 2
SEEN

#!/usr/bin/env bash
# gcp-storage-emulator 2026.7.19 with gcsfs 2026.10.1: an object written with mode="create" replaces one that is there. gcsfs
# asks for "only if there is none" (ifGenerationMatch=0), the emulator does not look at it, and both report success.
#
# Locks, claims and "write once" rest on this condition: two workers hold one claim, and a test against the emulator passes
# for code that never asked for it.
#
# What to do: test claims against a server that keeps the condition; fsspec's memory filesystem does.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv python
python/bin/pip install --quiet gcp-storage-emulator==2026.7.19 gcsfs==2026.10.1 2> /dev/null
cat > try.py <<'SCRIPT'
import os, socket, subprocess, sys, time

with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
serve = "import sys; from gcp_storage_emulator.server import create_server as make; "
serve += "make('127.0.0.1', int(sys.argv[1]), in_memory=True, default_bucket='claims').run()"
server = subprocess.Popen([sys.executable, "-c", serve, str(port)], stderr=subprocess.DEVNULL)
while True:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        break
    except OSError:
        time.sleep(0.1)
os.environ["STORAGE_EMULATOR_HOST"] = f"http://127.0.0.1:{port}"
os.environ["GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT"] = "false"
import fsspec

try:
    for name, options in {"memory": {}, "gs": {"token": "anon"}}.items():
        store = fsspec.filesystem(name, **options)
        store.pipe_file("claims/row-1", b"worker 1", mode="create")
        try:
            store.pipe_file("claims/row-1", b"worker 2", mode="create")
            said = "no error"
        except FileExistsError:
            said = "FileExistsError"
        held = store.cat_file("claims/row-1").decode()
        print(f"{name}: create again: {said}; the object holds {held}", flush=True)
finally:
    server.kill()
SCRIPT
python/bin/python try.py > seen.txt 2> errors.txt || cat errors.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
memory: create again: FileExistsError; the object holds worker 1
gs: create again: no error; the object holds worker 2
SEEN

#!/usr/bin/env bash
# s3fs 2026.9.0: an object that another program wrote can't be read once its folder was listed: cat_file raises
# FileNotFoundError for a key that exists, for as long as the program runs.
#
# The bucket itself answers with the object at once. A program that waits for a marker, a result or a lock of another
# one lists the folder, waits, and then never finds what is there. open() and info() answer the same.
#
# What to do: use_listings_cache=False, or invalidate_cache() before each look.
set -euo pipefail
work="$(mktemp -d)"
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet s3fs==2026.9.0 "moto[server]==5.2.5" boto3==1.43.117 aiobotocore==3.10.0
cat > bucket.py <<'PYTHON'
import pathlib
import time

from moto.moto_server.threaded_moto_server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
server.start()
pathlib.Path("port.tmp").write_text(str(server.get_host_and_port()[1]))
pathlib.Path("port.tmp").rename("port.txt")
time.sleep(600)
PYTHON
venv/bin/python bucket.py > server.log 2>&1 &
server=$!
while [ ! -s port.txt ]; do sleep 0.1; done
AWS_ACCESS_KEY_ID=made-up AWS_SECRET_ACCESS_KEY=made-up AWS_DEFAULT_REGION=us-east-1 \
  venv/bin/python - "http://127.0.0.1:$(cat port.txt)" > seen.txt <<'PYTHON'
import sys

import boto3
import s3fs

other = boto3.client("s3", endpoint_url=sys.argv[1])
other.create_bucket(Bucket="results")
other.put_object(Bucket="results", Key="run/one", Body=b"1")

ours = s3fs.S3FileSystem(endpoint_url=sys.argv[1])
print("listed:", ours.find("results/run"))
other.put_object(Bucket="results", Key="run/two", Body=b"2")
print("the bucket:", other.get_object(Bucket="results", Key="run/two")["Body"].read())
for name, read in (("cat_file", ours.cat_file), ("info", ours.info)):
    try:
        print(f"{name}:", read("results/run/two"))
    except FileNotFoundError:
        print(f"{name}: FileNotFoundError")
fresh = s3fs.S3FileSystem(endpoint_url=sys.argv[1], use_listings_cache=False)
print("without kept listings:", fresh.cat_file("results/run/two"))
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
listed: ['results/run/one']
the bucket: b'2'
cat_file: FileNotFoundError
info: FileNotFoundError
without kept listings: b'2'
SEEN

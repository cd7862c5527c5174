#!/usr/bin/env bash
# meltanolabs-target-csv 0.5.0 (with singer-sdk 0.54.9): when a stream's schema is sent again with its fields in another order,
# or with one more, the CSV gets the new heading, and the rows before it stay as they were. Their values are then under
# other names: an email address under "city", and none under "email".
#
# Singer lets a tap send a schema at any time, and taps do so when a field appears. The exit code is 0, the log names no
# problem, and every row is well-formed.
#
# What to do: let the tap send one schema with all its fields (a catalog), or write JSON Lines.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet meltanolabs-target-csv==0.5.0 singer-sdk==0.54.9
cat > messages.py <<'PYTHON'
import json


def schema(*names):
    fields = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    print(json.dumps({"type": "SCHEMA", "stream": "people", "key_properties": ["id"], "schema": fields}))


def record(**fields):
    print(json.dumps({"type": "RECORD", "stream": "people", "record": fields}))


schema("id", "email", "phone")
record(id="p-1", email="ada@example.com", phone="111")
schema("id", "city", "phone", "email")
record(id="p-2", email="bob@example.com", phone="222", city="Rome")
PYTHON
echo '{"output_path": "."}' > config.json
venv/bin/python messages.py | venv/bin/target-csv --config config.json > state.txt 2> log.txt || cat log.txt
{
  cat people.csv
  venv/bin/python -c 'import csv
for row in csv.DictReader(open("people.csv")):
    print(row)'
} | tr -d '\r' > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
id,city,phone,email
p-1,ada@example.com,111
p-2,Rome,222,bob@example.com
{'id': 'p-1', 'city': 'ada@example.com', 'phone': '111', 'email': None}
{'id': 'p-2', 'city': 'Rome', 'phone': '222', 'email': 'bob@example.com'}
SEEN

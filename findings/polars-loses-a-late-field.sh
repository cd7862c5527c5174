#!/usr/bin/env bash
# polars 2.1.0: a field that appears in a file of JSON lines only after the first 100 records is left out of the frame, in
# every record, without an error or a warning.
#
# APIs leave out fields that are empty, so the first contact with an email address may well be the 101st. DuckDB stops
# with an error in the same place (after its own sample).
#
# What to do: read_ndjson(..., infer_schema_length=None).
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet polars==2.1.0
venv/bin/python > seen.txt <<'PYTHON'
import json

import polars

with open("contacts.ndjson", "w") as file:
    for number in range(101):
        record = {"id": number, "name": "n"} | ({"email": "someone@example.com"} if number == 100 else {})
        file.write(json.dumps(record) + "\n")
for options in ({}, {"infer_schema_length": None}):
    print(options, polars.read_ndjson("contacts.ndjson", **options).tail(1).to_dicts())
print("lazy", polars.scan_ndjson("contacts.ndjson").tail(1).collect().to_dicts())
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
{} [{'id': 100, 'name': 'n'}]
{'infer_schema_length': None} [{'id': 100, 'name': 'n', 'email': 'someone@example.com'}]
lazy [{'id': 100, 'name': 'n'}]
SEEN

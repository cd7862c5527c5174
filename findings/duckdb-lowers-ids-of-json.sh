#!/usr/bin/env bash
# duckdb 2.0.1: reading JSON records with read_json_auto changes ids: a text field whose sampled values all look like
# UUIDs becomes type UUID, which is written back in lower case. Ids of a provider that uses capitals no longer match.
#
# The same records, loaded and exported again, differ from the originals; a join with another export finds nothing.
#
# What to do: name the column types (columns={id: "VARCHAR"}), or auto_detect=false.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet duckdb==2.0.1
venv/bin/python > seen.txt <<'PYTHON'
import json, pathlib
import duckdb

ids = ["550E8400-E29B-41D4-A716-446655440000", "550E8400-E29B-41D4-A716-446655440001"]
pathlib.Path("contacts.ndjson").write_text("".join(json.dumps({"id": one}) + "\n" for one in ids))
duckdb.sql("copy (select * from read_json_auto('contacts.ndjson')) to 'exported.ndjson' (format json)")
print("in: ", ids[0])
print("out:", json.loads(pathlib.Path("exported.ndjson").read_text().splitlines()[0])["id"])
found = duckdb.sql("select count(*) from read_json_auto('exported.ndjson', columns={id: 'VARCHAR'}) e join read_json_auto('contacts.ndjson', columns={id: 'VARCHAR'}) c using (id)").fetchall()[0][0]
print("rows that still join:", found, "of", len(ids))
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
in:  550E8400-E29B-41D4-A716-446655440000
out: 550e8400-e29b-41d4-a716-446655440000
rows that still join: 0 of 2
SEEN

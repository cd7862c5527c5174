#!/usr/bin/env bash
# target-duckdb 0.8.0 (a Singer target, with duckdb 2.0.1): an empty text is stored as NULL. Within an object of the same record
# it stays an empty text.
#
# JSON and Singer keep both apart: "" says that there is none, null that nobody knows. note = '' finds no row and
# name || ' ' || middle_name is NULL for everyone without a middle name, so a whole column of full names disappears.
#
# What to do: coalesce(column, '') where the source never sends null.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet target-duckdb==0.8.0 duckdb==2.0.1
echo '{"filepath": "out.duckdb", "default_target_schema": "main"}' > config.json
cat > messages.txt <<'SINGER'
{"type": "SCHEMA", "stream": "people", "key_properties": ["id"], "schema": {"type": "object", "properties": {"id": {"type": "integer"}, "middle": {"type": ["null", "string"]}, "raw": {"type": "object"}}}}
{"type": "RECORD", "stream": "people", "record": {"id": 1, "middle": "M.", "raw": {"middle": "M."}}}
{"type": "RECORD", "stream": "people", "record": {"id": 2, "middle": "", "raw": {"middle": ""}}}
{"type": "RECORD", "stream": "people", "record": {"id": 3, "middle": null, "raw": {"middle": null}}}
SINGER
venv/bin/target-duckdb --config config.json < messages.txt > state.txt 2> log.txt || cat log.txt
venv/bin/python > seen.txt <<'PYTHON'
import duckdb

for row in duckdb.connect("out.duckdb").execute("select id, middle, raw, 'Ada ' || middle from people order by id").fetchall():
    print(*map(repr, row))
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
1 'M.' '{"middle": "M."}' 'Ada M.'
2 None '{"middle": ""}' None
3 None '{"middle": null}' None
SEEN

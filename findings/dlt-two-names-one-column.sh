#!/usr/bin/env bash
# dlt 1.31.0: two fields of a record whose names differ only in camelCase and snake_case become one column, and one
# of the two values is lost, with neither an error nor a warning.
#
# Many APIs answer both spellings while they migrate ("userId" beside "user_id"). The default naming convention maps
# both to user_id; which value survives depends on the order of the keys in each record.
#
# What to do: rename before loading, or set SCHEMA__NAMING=direct.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet "dlt[duckdb]==1.31.0" duckdb==2.0.1
venv/bin/python > seen.txt <<'PYTHON'
import dlt, duckdb

records = [
    {"id": 1, "userId": "u-1", "user_id": "legacy-1"},
    {"id": 2, "user_id": "legacy-2", "userId": "u-2"},
]
pipeline = dlt.pipeline("names", destination=dlt.destinations.duckdb("names.duckdb"), dataset_name="d", pipelines_dir="p")
pipeline.run(records, table_name="users")
rows = duckdb.connect("names.duckdb").execute("select * exclude (_dlt_load_id, _dlt_id) from d.users order by id")
print([column[0] for column in rows.description])
for row in rows.fetchall():
    print(row)
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
['id', 'user_id']
(1, 'legacy-1')
(2, 'u-2')
SEEN

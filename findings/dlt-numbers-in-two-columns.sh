#!/usr/bin/env bash
# dlt 1.31.0: a number field that is whole in the first record and has a fraction in a later one is spread over two
# columns, "amount" and "amount__v_double". A sum over "amount" is silently too small.
#
# JSON has one number type, so 1, 1.5 and 2.0 are values of one field in every API. The variant column is documented
# for values that cannot be coerced; that 2.0 goes to the one and 1.5 to the other is what nobody expects.
#
# What to do: give the column a type (columns={"amount": {"data_type": "double"}}), or sum both.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet "dlt[duckdb]==1.31.0" duckdb==2.0.1
venv/bin/python > seen.txt <<'PYTHON'
import dlt, duckdb

records = [{"id": 1, "amount": 1}, {"id": 2, "amount": 1.5}, {"id": 3, "amount": 2.0}]
pipeline = dlt.pipeline("sums", destination=dlt.destinations.duckdb("sums.duckdb"), dataset_name="d", pipelines_dir="p")
pipeline.run(records, table_name="amounts")
database = duckdb.connect("sums.duckdb")
for row in database.execute("select id, amount, amount__v_double from d.amounts order by id").fetchall():
    print(row)
print("sum(amount):", database.execute("select sum(amount) from d.amounts").fetchone()[0], "of", sum(r["amount"] for r in records))
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
(1, 1, None)
(2, None, 1.5)
(3, 2, None)
sum(amount): 3 of 4.5
SEEN

#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6: $jsonToParquet writes the codec that it is asked for into the file, and compresses only
# with snappy. GZIP and ZSTD, both in its documentation, give files whose pages are plain under the name of a codec:
# pyarrow and DuckDB can't read them. "snappy" in small letters does the same without an error.
#
# A sync job that delivers "smaller" Parquet files to a bucket completes, and nobody can read one of its files.
#
# What to do: leave the codec out, or ask for "SNAPPY" or "UNCOMPRESSED".
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
import { writeFileSync } from 'fs'
const rows = Array.from({ length: 500 }, (_, n) => ({ n, text: `text ${n % 7}` }))
for (const codec of ['SNAPPY', 'UNCOMPRESSED', 'GZIP', 'ZSTD', 'snappy']) {
  const file = await jsonata(`$jsonToParquet(rows, {"codec": "${codec}"})`).evaluate({ rows })
  writeFileSync(`${codec === 'snappy' ? 'small-letters' : codec}.parquet`, Buffer.from(file))
}
SCRIPT
node try.mjs
python3 -m venv venv
venv/bin/pip install -q pyarrow==26.0.1 duckdb==2.0.1
cat > read.py <<'SCRIPT'
import duckdb
import pyarrow.parquet as parquet

for name in ("SNAPPY", "UNCOMPRESSED", "GZIP", "ZSTD", "small-letters"):
    found = []
    for read in (
        lambda: parquet.read_table(f"{name}.parquet").num_rows,
        lambda: duckdb.sql(f"select count(*), max(text) from '{name}.parquet'").fetchall()[0][0],
    ):
        try:
            found.append(str(read()))
        except Exception as error:
            found.append("can't read it: " + type(error).__name__)
    print(name, *found, sep=" | ")
SCRIPT
venv/bin/python read.py > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
SNAPPY | 500 | 500
UNCOMPRESSED | 500 | 500
GZIP | can't read it: OSError | can't read it: Error
ZSTD | can't read it: OSError | can't read it: InvalidInputException
small-letters | can't read it: OSError | can't read it: Error
SEEN

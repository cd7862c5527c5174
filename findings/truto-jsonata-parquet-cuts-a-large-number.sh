#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6: $jsonToParquet makes a column of whole numbers one of 64 bits, and of a number that has
# more keeps the lower 64 bits. Amounts become other amounts, also negative ones, without an error.
#
# One record with a large amount in the smallest unit (10^20, as of a token with 18 decimals) is enough.
#
# What to do: $string(amount) in the record.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
import { writeFileSync } from 'fs'
const rows = [1, 1e18, 9e18, 1e19, 1e20, 1e30].map((amount) => ({ written: String(amount), amount }))
writeFileSync('rows.parquet', Buffer.from(await jsonata('$jsonToParquet(rows)').evaluate({ rows })))
SCRIPT
node try.mjs
python3 -m venv venv
venv/bin/pip install -q pyarrow==26.0.1
venv/bin/python -c "
import pyarrow.parquet as parquet
table = parquet.read_table('rows.parquet')
print(table.schema.field('amount').type)
for row in table.to_pylist():
    print(row['written'], row['amount'])
" > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
int64
1 1
1000000000000000000 1000000000000000000
9000000000000000000 9000000000000000000
10000000000000000000 -8446744073709551616
100000000000000000000 7766279631452241920
1e+30 5076964154930102272
SEEN

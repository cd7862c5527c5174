#!/usr/bin/env bash
# singer-python 6.8.0 (under Singer taps): its transform takes every comma out of a text that the schema calls a number.
# "1,5" becomes 15 and "19,90" becomes 1990, and no error is counted. "1.234,50" becomes 1.2345.
#
# Half of Europe and South America writes the decimal point as a comma, and so do exports from there. Round amounts,
# "1,00", come out a hundred times too high, beside "1.00" from another source that comes out right.
#
# What to do: leave such a field a string in the schema, or replace the comma before the transform.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet singer-python==6.8.0
venv/bin/python > seen.txt <<'PYTHON'
from singer.transform import transform

schema = {"type": "object", "properties": {"amount": {"type": ["null", "number"]}}}
for told in ["1.5", "1,5", "19,90", "1.234,50", "1,234.50"]:
    print(repr(told), "=", transform({"amount": told}, schema)["amount"])
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
'1.5' = 1.5
'1,5' = 15.0
'19,90' = 1990.0
'1.234,50' = 1.2345
'1,234.50' = 1234.5
SEEN

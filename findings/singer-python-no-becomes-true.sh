#!/usr/bin/env bash
# singer-python 6.8.0 (under Singer taps): where the schema says boolean, its transform makes true of every
# text but "false": "no", "0", "off" and "N" arrive as the opposite of what the source said.
#
# APIs and CSV files that hold such flags as text are common, and a schema with "boolean" is what discovery or the tap's
# author wrote. It is valid input: the transform exists to bring texts to the schema's types, and counts no error.
#
# What to do: leave such fields a string in the schema, or map them before the transform.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet singer-python==6.8.0
venv/bin/python > seen.txt <<'PYTHON'
from singer.transform import transform

schema = {"type": "object", "properties": {"subscribed": {"type": ["null", "boolean"]}}}
for told in ["true", "false", "no", "0", "off", "N", False, 0]:
    print(repr(told), "=", transform({"subscribed": told}, schema)["subscribed"])
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
'true' = True
'false' = False
'no' = True
'0' = True
'off' = True
'N' = True
False = False
0 = False
SEEN

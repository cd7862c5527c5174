#!/usr/bin/env bash
# meltanolabs-target-csv 0.5.0 (with singer-sdk 0.54.9): lists and objects are written into the CSV as Python shows them, not
# as JSON: {'city': None, 'new': True}, and a number within a list as Decimal('1.50').
#
# No JSON reader takes that, and a quotation mark in a text changes the kind of quotes from row to row. Nested fields are
# what most APIs answer; the file loads as text everywhere, so it is noticed where the text is read, if at all.
#
# What to do: flattening_enabled in the settings, or turn nested fields into JSON in a mapper before.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet meltanolabs-target-csv==0.5.0 singer-sdk==0.54.9
cat > messages.txt <<'SINGER'
{"type": "SCHEMA", "stream": "deals", "key_properties": ["id"], "schema": {"type": "object", "properties": {"id": {"type": "string"}, "address": {"type": "object"}, "amounts": {"type": "array"}, "won": {"type": "boolean"}}}}
{"type": "RECORD", "stream": "deals", "record": {"id": "d-1", "address": {"city": null, "new": true}, "amounts": ["a", 1.50], "won": true}}
{"type": "RECORD", "stream": "deals", "record": {"id": "d-2", "address": {"city": "L'Aquila"}, "amounts": [], "won": false}}
SINGER
echo '{"output_path": "."}' > config.json
venv/bin/target-csv --config config.json < messages.txt > state.txt 2> log.txt || cat log.txt
venv/bin/python > seen.txt <<'PYTHON'
import csv
import json

for row in csv.DictReader(open("deals.csv")):
    try:
        json.loads(row["address"])
        said = "JSON"
    except ValueError:
        said = "no JSON"
    print(row["id"], row["address"], row["amounts"], row["won"], "is", said)
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
d-1 {'city': None, 'new': True} ['a', Decimal('1.50')] True is no JSON
d-2 {'city': "L'Aquila"} [] False is no JSON
SEEN

#!/usr/bin/env bash
# jsonatago 0.2.6 (JSONata for Python on the Go engine): a field that is null counts as missing. "owner = null" is never
# true, $exists(owner) is false, and {"owner": owner} has no owner, so an update built from it leaves the old value.
#
# JSON keeps null and missing apart, and so does the reference (jsonata 2.2.2, shown below each answer). Records "without
# an owner" are left out of a sync, and a cleared field is never cleared in the other system.
#
# What to do: test with $not(owner), and write the null out: owner ? owner : null.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet jsonatago==0.2.6
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2
cat > deals.json <<'JSON'
{"deals": [{"id": "d-1", "owner": null}, {"id": "d-2", "owner": "u-1"}, {"id": "d-3", "owner": "u-2"}]}
JSON
cat > expressions.txt <<'TEXT'
deals[owner = null].id
deals[owner != "u-1"].id
deals.{"id": id, "owner": owner}
$filter(deals.owner, function($owner) { $owner != null })
TEXT
cat > go.py <<'PYTHON'
import json
from jsonatago import jeval

deals = json.load(open("deals.json"))
for line in open("expressions.txt"):
    print("jsonatago", line.strip(), "=", json.dumps(jeval(deals, line)))
PYTHON
cat > reference.mjs <<'SCRIPT'
import { readFileSync } from 'node:fs'
import jsonata from 'jsonata'
const deals = JSON.parse(readFileSync('deals.json', 'utf8'))
for (const line of readFileSync('expressions.txt', 'utf8').trim().split('\n')) {
  console.log('jsonata', line, '=', JSON.stringify(await jsonata(line).evaluate(deals)))
}
SCRIPT
{ venv/bin/python go.py; node reference.mjs; } > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
jsonatago deals[owner = null].id = null
jsonatago deals[owner != "u-1"].id = "d-3"
jsonatago deals.{"id": id, "owner": owner} = [{"id": "d-1"}, {"id": "d-2", "owner": "u-1"}, {"id": "d-3", "owner": "u-2"}]
jsonatago $filter(deals.owner, function($owner) { $owner != null }) = [null, "u-1", "u-2"]
jsonata deals[owner = null].id = "d-1"
jsonata deals[owner != "u-1"].id = ["d-1","d-3"]
jsonata deals.{"id": id, "owner": owner} = [{"id":"d-1","owner":null},{"id":"d-2","owner":"u-1"},{"id":"d-3","owner":"u-2"}]
jsonata $filter(deals.owner, function($owner) { $owner != null }) = ["u-1","u-2"]
SEEN

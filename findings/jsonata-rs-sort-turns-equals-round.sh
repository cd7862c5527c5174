#!/usr/bin/env bash
# jsonata-rs 0.1.4 (and jsonata-python 0.7.1, which gives the same answers): $sort with a function turns the order of
# records round that the function calls equal. ^(status) and jsonata 2.2.2 of npm keep them as they came.
#
# Records that an API sent newest first, sorted by status, come oldest first within each status, so the "first open one"
# is the oldest. Small samples without equals look right.
#
# What to do: ^(status), or name the second field in the function.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet jsonata-rs==0.1.4
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2
cat > data.json <<'JSON'
{"tasks": [
  {"id": "t-4", "status": "open"}, {"id": "t-3", "status": "done"},
  {"id": "t-2", "status": "open"}, {"id": "t-1", "status": "done"}
]}
JSON
cat > expressions.txt <<'TEXT'
$sort(tasks, function($a, $b) { $a.id > $b.id }).id
tasks^(status).id
$sort(tasks, function($a, $b) { $a.status > $b.status }).id
$sort(tasks, function($a, $b) { $a.status < $b.status })[0].id
TEXT
cat > python.py <<'PYTHON'
import json
import jsonata

data = json.load(open("data.json"))
for line in open("expressions.txt").read().splitlines():
    print("jsonata-rs", line, "=", json.dumps(jsonata.Jsonata(line).evaluate(data)))
PYTHON
cat > reference.mjs <<'SCRIPT'
import { readFileSync } from 'node:fs'
import jsonata from 'jsonata'
const data = JSON.parse(readFileSync('data.json', 'utf8'))
for (const line of readFileSync('expressions.txt', 'utf8').trim().split('\n')) {
  console.log('npm', line, '=', JSON.stringify(await jsonata(line).evaluate(data)))
}
SCRIPT
{ venv/bin/python python.py; node reference.mjs; } > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
jsonata-rs $sort(tasks, function($a, $b) { $a.id > $b.id }).id = ["t-1", "t-2", "t-3", "t-4"]
jsonata-rs tasks^(status).id = ["t-3", "t-1", "t-4", "t-2"]
jsonata-rs $sort(tasks, function($a, $b) { $a.status > $b.status }).id = ["t-1", "t-3", "t-2", "t-4"]
jsonata-rs $sort(tasks, function($a, $b) { $a.status < $b.status })[0].id = "t-2"
npm $sort(tasks, function($a, $b) { $a.id > $b.id }).id = ["t-1","t-2","t-3","t-4"]
npm tasks^(status).id = ["t-3","t-1","t-4","t-2"]
npm $sort(tasks, function($a, $b) { $a.status > $b.status }).id = ["t-3","t-1","t-4","t-2"]
npm $sort(tasks, function($a, $b) { $a.status < $b.status })[0].id = "t-4"
SEEN

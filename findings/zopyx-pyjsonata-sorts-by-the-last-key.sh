#!/usr/bin/env bash
# zopyx.pyjsonata 0.3.7 (JSONata for Python on the Rust engine): an order-by of several terms, ^(status, due), sorts by the
# last term alone; the others have no effect, whichever way they point. With one term the order is right.
#
# JSONata sorts by the first term and asks the next one only where two are equal
# (https://docs.jsonata.org/sorting-grouping). "The first task that is open, soonest first" is a task that is done.
#
# What to do: sort in steps, the least important term first: ((tasks^(due))^(status)) keeps the order of equals.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet zopyx.pyjsonata==0.3.7
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2
cat > tasks.json <<'JSON'
{"tasks": [
  {"id": "t-1", "status": "open", "due": "2026-03-01"}, {"id": "t-2", "status": "done", "due": "2026-01-01"},
  {"id": "t-3", "status": "open", "due": "2026-02-01"}, {"id": "t-4", "status": "done", "due": "2026-04-01"}
]}
JSON
cat > expressions.txt <<'TEXT'
tasks^(status).id
tasks^(due).id
tasks^(status, due).id
tasks^(>status, due).id
tasks^(>status, due)[0].id
((tasks^(due))^(>status)).id
TEXT
cat > rust.py <<'PYTHON'
import json
from zopyx.pyjsonata import evaluate

tasks = json.load(open("tasks.json"))
for line in open("expressions.txt").read().splitlines():
    print("zopyx", line, "=", json.dumps(evaluate(line, tasks)))
PYTHON
cat > reference.mjs <<'SCRIPT'
import { readFileSync } from 'node:fs'
import jsonata from 'jsonata'
const tasks = JSON.parse(readFileSync('tasks.json', 'utf8'))
for (const line of readFileSync('expressions.txt', 'utf8').trim().split('\n')) {
  console.log('npm', line, '=', JSON.stringify(await jsonata(line).evaluate(tasks)))
}
SCRIPT
{ venv/bin/python rust.py; node reference.mjs; } > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
zopyx tasks^(status).id = ["t-2", "t-4", "t-1", "t-3"]
zopyx tasks^(due).id = ["t-2", "t-3", "t-1", "t-4"]
zopyx tasks^(status, due).id = ["t-2", "t-3", "t-1", "t-4"]
zopyx tasks^(>status, due).id = ["t-2", "t-3", "t-1", "t-4"]
zopyx tasks^(>status, due)[0].id = "t-2"
zopyx ((tasks^(due))^(>status)).id = ["t-3", "t-1", "t-2", "t-4"]
npm tasks^(status).id = ["t-2","t-4","t-1","t-3"]
npm tasks^(due).id = ["t-2","t-3","t-1","t-4"]
npm tasks^(status, due).id = ["t-2","t-4","t-3","t-1"]
npm tasks^(>status, due).id = ["t-3","t-1","t-2","t-4"]
npm tasks^(>status, due)[0].id = "t-3"
npm ((tasks^(due))^(>status)).id = ["t-3","t-1","t-2","t-4"]
SEEN

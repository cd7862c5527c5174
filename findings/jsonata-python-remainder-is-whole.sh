#!/usr/bin/env bash
# jsonata-python 0.7.1: % cuts off the fraction of a remainder. 7.5 % 2 is 1, not 1.5, and every number % 1 is 0, so the
# common test for a whole number, "amount % 1 = 0", is true for each of them.
#
# The decimal part of an amount, the rest of a box, the check that a payment has cents: all come out as if there were
# none. JSONata's % is the remainder of JavaScript (https://docs.jsonata.org/numeric-operators), as jsonata 2.2.2 shows.
#
# What to do: amount - $floor(amount) for numbers of zero and more.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet jsonata-python==0.7.1
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2
cat > data.json <<'JSON'
{"payments": [{"id": "p-1", "amount": 12.5}, {"id": "p-2", "amount": 12}, {"id": "p-3", "amount": 0.75}]}
JSON
cat > expressions.txt <<'TEXT'
7 % 2
7.5 % 2
-7.5 % 2
payments.(amount % 1)
payments[amount % 1 = 0].id
payments.(amount - $floor(amount))
TEXT
cat > python.py <<'PYTHON'
import json
import jsonata

data = json.load(open("data.json"))
for line in open("expressions.txt").read().splitlines():
    print("jsonata-python", line, "=", json.dumps(jsonata.Jsonata(line).evaluate(data)))
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
jsonata-python 7 % 2 = 1
jsonata-python 7.5 % 2 = 1
jsonata-python -7.5 % 2 = -1
jsonata-python payments.(amount % 1) = [0, 0, 0]
jsonata-python payments[amount % 1 = 0].id = ["p-1", "p-2", "p-3"]
jsonata-python payments.(amount - $floor(amount)) = [0.5, 0, 0.75]
npm 7 % 2 = 1
npm 7.5 % 2 = 1.5
npm -7.5 % 2 = -1.5
npm payments.(amount % 1) = [0.5,0,0.75]
npm payments[amount % 1 = 0].id = "p-2"
npm payments.(amount - $floor(amount)) = [0.5,0,0.75]
SEEN

#!/usr/bin/env bash
# zopyx.pyjsonata 0.3.7 (JSONata for Python on the Rust engine): $filter with a function whose body is one call, such as
# $contains or $exists, keeps nothing at all. With "= true" after the call, or as [ … ], the same test keeps what it should.
#
# A call at the end of a function is how most such tests are written. $count says 0, a field made from it is left out,
# and "are there any left to do?" is answered no. $map with the same function answers true and false as it should.
#
# What to do: write the test as a filter, contacts[$contains(email, "…")], or compare the call with true.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet zopyx.pyjsonata==0.3.7
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2
cat > data.json <<'JSON'
{"contacts": [{"id": "c-1", "email": "ada@example.com"}, {"id": "c-2", "email": "bob@example.org"}, {"id": "c-3"}]}
JSON
cat > expressions.txt <<'TEXT'
$map(contacts, function($c) { $exists($c.email) })
$count($filter(contacts, function($c) { $exists($c.email) }))
{"ids": $filter(contacts, function($c) { $contains($c.email, ".org") }).id}
{"ids": $filter(contacts, function($c) { $contains($c.email, ".org") = true }).id}
{"ids": contacts[$contains(email, ".org")].id}
TEXT
cat > python.py <<'PYTHON'
import json
from zopyx.pyjsonata import evaluate

data = json.load(open("data.json"))
for line in open("expressions.txt").read().splitlines():
    print("zopyx", line, "=", json.dumps(evaluate(line, data)))
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
zopyx $map(contacts, function($c) { $exists($c.email) }) = [true, true, false]
zopyx $count($filter(contacts, function($c) { $exists($c.email) })) = 0.0
zopyx {"ids": $filter(contacts, function($c) { $contains($c.email, ".org") }).id} = {}
zopyx {"ids": $filter(contacts, function($c) { $contains($c.email, ".org") = true }).id} = {"ids": "c-2"}
zopyx {"ids": contacts[$contains(email, ".org")].id} = {"ids": "c-2"}
npm $map(contacts, function($c) { $exists($c.email) }) = [true,true,false]
npm $count($filter(contacts, function($c) { $exists($c.email) })) = 2
npm {"ids": $filter(contacts, function($c) { $contains($c.email, ".org") }).id} = {"ids":"c-2"}
npm {"ids": $filter(contacts, function($c) { $contains($c.email, ".org") = true }).id} = {"ids":"c-2"}
npm {"ids": contacts[$contains(email, ".org")].id} = {"ids":"c-2"}
SEEN

#!/usr/bin/env bash
# jsonatapy 2.2.13: $keys() and $spread() without an argument, at the end of a path, don't take the value at hand. $keys()
# answers nothing, $spread() the object unchanged; with the argument written out, $keys(tags), both work.
#
# Their signature in JSONata, <x-:…>, says that the value at hand is meant (https://docs.jsonata.org/object-functions),
# and $string(), $length() and the others follow it. A field made of it is left out, "in …$keys()" is never true.
#
# What to do: name the value, $keys(tags) or tags ~> $keys(); or evaluate_json of a compiled expression, which answers right.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet jsonatapy==2.2.13
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2
cat > data.json <<'JSON'
{"contacts": [{"id": "c-1", "tags": {"vip": 1, "new": 2}}, {"id": "c-2", "tags": {"old": 1}}]}
JSON
cat > expressions.txt <<'TEXT'
contacts.{"id": id, "tags": $keys(tags)}
contacts.{"id": id, "tags": tags.$keys()}
contacts["vip" in tags.$keys()].id
contacts[0].tags.$spread()
contacts[0].tags.$string()
TEXT
cat > python.py <<'PYTHON'
import json
import jsonatapy

data = json.load(open("data.json"))
for line in open("expressions.txt").read().splitlines():
    print("jsonatapy", line, "=", json.dumps(jsonatapy.evaluate(line, data)))
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
jsonatapy contacts.{"id": id, "tags": $keys(tags)} = [{"id": "c-1", "tags": ["vip", "new"]}, {"id": "c-2", "tags": "old"}]
jsonatapy contacts.{"id": id, "tags": tags.$keys()} = [{"id": "c-1"}, {"id": "c-2"}]
jsonatapy contacts["vip" in tags.$keys()].id = null
jsonatapy contacts[0].tags.$spread() = {"vip": 1, "new": 2}
jsonatapy contacts[0].tags.$string() = "{\"vip\":1,\"new\":2}"
npm contacts.{"id": id, "tags": $keys(tags)} = [{"id":"c-1","tags":["vip","new"]},{"id":"c-2","tags":"old"}]
npm contacts.{"id": id, "tags": tags.$keys()} = [{"id":"c-1","tags":["vip","new"]},{"id":"c-2","tags":"old"}]
npm contacts["vip" in tags.$keys()].id = "c-1"
npm contacts[0].tags.$spread() = [{"vip":1},{"new":2}]
npm contacts[0].tags.$string() = "{\"vip\":1,\"new\":2}"
SEEN

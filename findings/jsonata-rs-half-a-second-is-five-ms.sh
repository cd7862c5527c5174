#!/usr/bin/env bash
# jsonata-rs 0.1.4 (and jsonata-python 0.7.1, which gives the same answers): $toMillis with a picture takes the digits after
# the point for a number of milliseconds. "30.5" seconds are 30.005, "30.50" are 30.050; only three digits are right.
#
# Times written with one or two digits, as spreadsheets and logs do, then sort wrongly and miss "changed since" by up to
# a second. Without a picture $toMillis reads them right, and so does jsonata 2.2.2 of npm, shown below.
#
# What to do: rewrite the time as ISO 8601 and leave the picture out.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet jsonata-rs==0.1.4
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2
cat > data.json <<'JSON'
{"at": ["2026-03-01 10:20:30.5", "2026-03-01 10:20:30.50", "2026-03-01 10:20:30.500"]}
JSON
cat > expressions.txt <<'TEXT'
at.$fromMillis($toMillis($replace($, " ", "T") & "Z"))
at.$fromMillis($toMillis($, "[Y]-[M]-[D] [H]:[m]:[s].[f]"))
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
jsonata-rs at.$fromMillis($toMillis($replace($, " ", "T") & "Z")) = ["2026-03-01T10:20:30.500Z", "2026-03-01T10:20:30.500Z", "2026-03-01T10:20:30.500Z"]
jsonata-rs at.$fromMillis($toMillis($, "[Y]-[M]-[D] [H]:[m]:[s].[f]")) = ["2026-03-01T10:20:30.005Z", "2026-03-01T10:20:30.050Z", "2026-03-01T10:20:30.500Z"]
npm at.$fromMillis($toMillis($replace($, " ", "T") & "Z")) = ["2026-03-01T10:20:30.500Z","2026-03-01T10:20:30.500Z","2026-03-01T10:20:30.500Z"]
npm at.$fromMillis($toMillis($, "[Y]-[M]-[D] [H]:[m]:[s].[f]")) = ["2026-03-01T10:20:30.500Z","2026-03-01T10:20:30.500Z","2026-03-01T10:20:30.500Z"]
SEEN

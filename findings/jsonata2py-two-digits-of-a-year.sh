#!/usr/bin/env bash
# jsonata2py 0.1.3: $fromMillis with [Y01], the year in two digits, writes all four, and with [Y,*-2] writes "2,026".
#
# JSONata's pictures are XPath's: a first part of two digits asks for the last two of the year, and ",*-2" does as well
# (XPath functions 3.1, 9.8.4.4); jsonata 2.2.2 of npm, shown below, does so. Bank files
# and part numbers have columns of fixed width: every field after the date is read two characters off.
#
# What to do: [Y,2-2], or $substring($fromMillis(at, "[Y0001]"), 2).
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet jsonata2py==0.1.3
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2
cat > data.json <<'JSON'
{"at": 1772359200000}
JSON
cat > expressions.txt <<'TEXT'
$fromMillis(at, "[Y0001]")
$fromMillis(at, "[Y,2-2]")
$fromMillis(at, "[Y01]")
$fromMillis(at, "[Y,*-2]")
"C" & $fromMillis(at, "[D01][M01][Y01]") & "EUR"
TEXT
cat > python.py <<'PYTHON'
import json
import jsonata2py

data = json.load(open("data.json"))
for line in open("expressions.txt").read().splitlines():
    print("jsonata2py", line, "=", json.dumps(jsonata2py.compile(line).evaluate(data)))
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
jsonata2py $fromMillis(at, "[Y0001]") = "2026"
jsonata2py $fromMillis(at, "[Y,2-2]") = "26"
jsonata2py $fromMillis(at, "[Y01]") = "2026"
jsonata2py $fromMillis(at, "[Y,*-2]") = "2,026"
jsonata2py "C" & $fromMillis(at, "[D01][M01][Y01]") & "EUR" = "C01032026EUR"
npm $fromMillis(at, "[Y0001]") = "2026"
npm $fromMillis(at, "[Y,2-2]") = "26"
npm $fromMillis(at, "[Y01]") = "26"
npm $fromMillis(at, "[Y,*-2]") = "26"
npm "C" & $fromMillis(at, "[D01][M01][Y01]") & "EUR" = "C010326EUR"
SEEN

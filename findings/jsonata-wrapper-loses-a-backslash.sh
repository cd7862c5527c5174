#!/usr/bin/env bash
# jsonata 0.2.5 of PyPI (JSONata's JavaScript in a Python extension): a backslash of an expression is gone before the
# engine reads it, so the regular expression /\d/ is /d/ and /\./ is /./. Nothing is raised; the pattern means something else.
#
# A phone number keeps its signs, a test "is a year" is false for every year, and a filter by pattern keeps the wrong
# records. jsonata 2.2.2 of npm, shown below, reads the same expressions as written.
#
# What to do: write every backslash of an expression twice, or use classes without one, [0-9] and [.].
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet jsonata==0.2.5
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2
echo '{"phone": "+49 30 1234", "year": "2026", "files": ["a.csv", "acsv"], "name": "Ada Byron"}' > record.json
cat > expressions.txt <<'TEXT'
$replace(phone, /[^\d+]/, "")
$contains(year, /^\d{4}$/)
files[$contains($, /\.csv$/)]
$split(name, /\s+/)
$split(name, /[ ]+/)
TEXT
cat > wrapper.py <<'PYTHON'
import json
import jsonata

record = json.load(open("record.json"))
for line in open("expressions.txt").read().splitlines():
    print("PyPI", line, "=", json.dumps(jsonata.transform(line, record)))
PYTHON
cat > reference.mjs <<'SCRIPT'
import { readFileSync } from 'node:fs'
import jsonata from 'jsonata'
const record = JSON.parse(readFileSync('record.json', 'utf8'))
for (const line of readFileSync('expressions.txt', 'utf8').trim().split('\n')) {
  console.log('npm', line, '=', JSON.stringify(await jsonata(line).evaluate(record)))
}
SCRIPT
{ venv/bin/python wrapper.py; node reference.mjs; } > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
PyPI $replace(phone, /[^\d+]/, "") = "+"
PyPI $contains(year, /^\d{4}$/) = false
PyPI files[$contains($, /\.csv$/)] = ["a.csv", "acsv"]
PyPI $split(name, /\s+/) = ["Ada Byron"]
PyPI $split(name, /[ ]+/) = ["Ada", "Byron"]
npm $replace(phone, /[^\d+]/, "") = "+49301234"
npm $contains(year, /^\d{4}$/) = true
npm files[$contains($, /\.csv$/)] = "a.csv"
npm $split(name, /\s+/) = ["Ada","Byron"]
npm $split(name, /[ ]+/) = ["Ada","Byron"]
SEEN

#!/usr/bin/env bash
# jsonata-python 0.7.1: a whole number of 16 digits and more becomes text as 1.23456789012346e+15: the last digits are gone,
# and different ids become one text. $string and & do so; the number itself, used without them, keeps all digits.
#
# Ids of social networks, ad accounts and ledgers are that long. Built into a URL, a key or an external id, they all
# point to one record that does not exist. jsonata 2.2.2 of npm, shown below, writes each of these numbers in full.
#
# What to do: have the ids as text before the expression sees them, or read JSON with parse_int=str.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet jsonata-python==0.7.1
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2
cat > data.json <<'JSON'
{"ads": [{"id": 123456789012345}, {"id": 1234567890123456}, {"id": 1234567890123457}]}
JSON
cat > expressions.txt <<'TEXT'
ads.id
ads.$string(id)
ads.("ads/" & id)
$count($distinct(ads.$string(id)))
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
jsonata-python ads.id = [123456789012345, 1234567890123456, 1234567890123457]
jsonata-python ads.$string(id) = ["123456789012345", "1.23456789012346e+15", "1.23456789012346e+15"]
jsonata-python ads.("ads/" & id) = ["ads/123456789012345", "ads/1.23456789012346e+15", "ads/1.23456789012346e+15"]
jsonata-python $count($distinct(ads.$string(id))) = 2
npm ads.id = [123456789012345,1234567890123456,1234567890123457]
npm ads.$string(id) = ["123456789012345","1234567890123456","1234567890123457"]
npm ads.("ads/" & id) = ["ads/123456789012345","ads/1234567890123456","ads/1234567890123457"]
npm $count($distinct(ads.$string(id))) = 3
SEEN

#!/usr/bin/env bash
# tomlkit 0.15.2: in a file with dotted keys (api.url = …, api.token = …), giving the group a new table writes its heading
# between them. Every key after it belongs to the new table from then on, in the file; in memory all still looks right.
#
# Tools that keep a person's comments and layout save settings this way. "Add the headers of this profile" moves the
# token out of it, and the next start finds none. tomllib reads both files; the same edit as an inline table is right.
#
# What to do: add an inline table (tomlkit.inline_table()), or read the text back and compare before it is saved.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet tomlkit==0.15.2
venv/bin/python > seen.txt <<'PYTHON'
import tomllib

import tomlkit

SETTINGS = 'api.url = "https://api.example.com"\napi.token = "t-1"\napi.timeout = 30\n'


def headers(table):
    table["accept"] = "application/json"
    return table


for name, value in {"table": {}, "inline table": tomlkit.inline_table()}.items():
    document = tomlkit.parse(SETTINGS)
    document["api"]["headers"] = headers(value)
    print(f"{name}, in memory:", document.unwrap())
    print(f"{name}, in the file:", tomllib.loads(tomlkit.dumps(document)))
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
table, in memory: {'api': {'url': 'https://api.example.com', 'headers': {'accept': 'application/json'}, 'token': 't-1', 'timeout': 30}}
table, in the file: {'api': {'url': 'https://api.example.com', 'headers': {'accept': 'application/json', 'api': {'token': 't-1', 'timeout': 30}}}}
inline table, in memory: {'api': {'url': 'https://api.example.com', 'headers': {'accept': 'application/json'}, 'token': 't-1', 'timeout': 30}}
inline table, in the file: {'api': {'url': 'https://api.example.com', 'headers': {'accept': 'application/json'}, 'token': 't-1', 'timeout': 30}}
SEEN

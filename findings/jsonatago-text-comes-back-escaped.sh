#!/usr/bin/env bash
# jsonatago 0.2.6 (JSONata for Python on the Go engine): a text comes back as it is written inside JSON, not as it is. "&"
# is \u0026, a quotation mark \", a new line the two characters \n. Within a list or an object the same text is right.
#
# "Smith & Sons" is stored as "Smith \u0026 Sons", and a filter or join over it finds nothing. Plain names pass every
# test. jsonata 2.2.2, the reference, answers the text itself.
#
# What to do: put the answer into a list, [name], and take its first element.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet jsonatago==0.2.6
venv/bin/python > seen.txt <<'PYTHON'
from jsonatago import jeval

for name in ["Ada", "Smith & Sons", 'the "best"', "line 1\nline 2", "<b>new</b>", "C:\\data"]:
    alone, listed = jeval({"name": name}, "name"), jeval({"name": name}, "[name]")[0]
    print(repr(name), "alone:", repr(alone), alone == name, "in a list:", listed == name)
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
'Ada' alone: 'Ada' True in a list: True
'Smith & Sons' alone: 'Smith \\u0026 Sons' False in a list: True
'the "best"' alone: 'the \\"best\\"' False in a list: True
'line 1\nline 2' alone: 'line 1\\nline 2' False in a list: True
'<b>new</b>' alone: '\\u003cb\\u003enew\\u003c/b\\u003e' False in a list: True
'C:\\data' alone: 'C:\\\\data' False in a list: True
SEEN

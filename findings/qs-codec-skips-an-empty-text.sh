#!/usr/bin/env bash
# qs-codec 1.6.3 (a port of npm's qs): skip_nulls=True leaves out empty texts as well as nulls. qs 6.17.1 with skipNulls
# sends them, "note=", and so does qs-codec without the option.
#
# "Leave out what is None" is a usual wish for queries and forms, and an empty text says "make it empty": the field keeps
# its old value, a filter for records without an owner finds all of them, and a list loses an element.
#
# What to do: take None out of the data first, without skip_nulls. Its documentation names None alone.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet qs-codec==1.6.3
npm init -y > /dev/null
npm install --no-audit --no-fund --silent qs@6.17.1
cat > try.py <<'PYTHON'
from qs_codec import EncodeOptions, encode

for data in [{"name": "Ada", "note": "", "phone": None}, {"filter": {"owner": ""}}, {"tags": ["a", "", "b"]}]:
    print("qs-codec", encode(data, EncodeOptions(encode=False, skip_nulls=True)) or "(nothing)")
PYTHON
cat > try.cjs <<'SCRIPT'
const qs = require('qs')
for (const data of [{ name: 'Ada', note: '', phone: null }, { filter: { owner: '' } }, { tags: ['a', '', 'b'] }]) {
  console.log('qs', qs.stringify(data, { encode: false, skipNulls: true }))
}
SCRIPT
{ venv/bin/python try.py; node try.cjs; } > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
qs-codec name=Ada
qs-codec (nothing)
qs-codec tags[0]=a&tags[2]=b
qs name=Ada&note=
qs filter[owner]=
qs tags[0]=a&tags[1]=&tags[2]=b
SEEN

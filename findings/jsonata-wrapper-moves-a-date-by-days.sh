#!/usr/bin/env bash
# jsonata 0.2.5 of PyPI (JSONata's JavaScript in a Python extension): $toMillis reads the zone of "…+0200" as 200 hours
# instead of two, so the moment is days off. With a colon, "…+02:00", it is right, and so is +0000.
#
# Both spellings are ISO 8601, and many APIs write the one without a colon. Tests over UTC pass, "changed since"
# then takes in or leaves out a week of records. jsonata 2.2.2 of npm, shown below, answers the same for both.
#
# What to do: put the colon in before, $replace(at, /([+-][0-9]{2})([0-9]{2})$/, "$1:$2").
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet jsonata==0.2.5
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2
cat > times.txt <<'TEXT'
2026-02-09T10:20:30+0000
2026-02-09T10:20:30+02:00
2026-02-09T10:20:30+0200
2026-02-09T10:20:30-0500
TEXT
cat > wrapper.py <<'PYTHON'
import jsonata

for line in open("times.txt").read().splitlines():
    print("PyPI", line, "=", jsonata.transform("$fromMillis($toMillis(at))", {"at": line}))
PYTHON
cat > reference.mjs <<'SCRIPT'
import { readFileSync } from 'node:fs'
import jsonata from 'jsonata'
for (const line of readFileSync('times.txt', 'utf8').trim().split('\n')) {
  console.log('npm', line, '=', await jsonata('$fromMillis($toMillis(at))').evaluate({ at: line }))
}
SCRIPT
{ venv/bin/python wrapper.py; node reference.mjs; } > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
PyPI 2026-02-09T10:20:30+0000 = 2026-02-09T10:20:30.000Z
PyPI 2026-02-09T10:20:30+02:00 = 2026-02-09T08:20:30.000Z
PyPI 2026-02-09T10:20:30+0200 = 2026-02-01T02:20:30.000Z
PyPI 2026-02-09T10:20:30-0500 = 2026-03-02T06:20:30.000Z
npm 2026-02-09T10:20:30+0000 = 2026-02-09T10:20:30.000Z
npm 2026-02-09T10:20:30+02:00 = 2026-02-09T08:20:30.000Z
npm 2026-02-09T10:20:30+0200 = 2026-02-09T08:20:30.000Z
npm 2026-02-09T10:20:30-0500 = 2026-02-09T15:20:30.000Z
SEEN

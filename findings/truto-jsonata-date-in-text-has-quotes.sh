#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6: a date joined to text with & brings quotation marks and milliseconds into the text.
#
# JSONata joins an object as its JSON, and a date is an object there: the customer reads: Due: "2026-01-02T…".
#
# What to do: $dtFromIso(due).toISODate() or .toFormat(…) inside of the text.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
console.log(await jsonata('"Due: " & $dtFromIso("2026-01-02T03:04:05Z")').evaluate({}))
console.log(await jsonata('"Due: " & $dtFromIso("2026-01-02T03:04:05Z").toISODate()').evaluate({}))
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
Due: "2026-01-02T03:04:05.000+00:00"
Due: 2026-01-02
SEEN

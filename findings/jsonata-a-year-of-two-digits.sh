#!/usr/bin/env bash
# jsonata 2.2.2 and 2.2.1 (which @truto/truto-jsonata 3.0.6 brings): a year in two digits is always read as 19xx. "26", which
# $fromMillis wrote for 2026, comes back from $toMillis with the same picture as 1926; 1969 and 2069 both are 1969.
#
# "02/15/26" is how spreadsheets and US systems write a date. Every due date is a century overdue, "changed since" finds
# nothing, and no error says so. Python and databases take 26 for 2026.
#
# What to do: put the century in first: $toMillis($replace(due, /([0-9]{2})$/, "20$1"), "[M01]/[D01]/[Y0001]").
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2 @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from 'jsonata'
import truto from '@truto/truto-jsonata'
const at = Date.parse('2026-02-15')
for (const text of [
  '$fromMillis(at, "[M01]/[D01]/[Y01]")',
  '$fromMillis(at, "[M01]/[D01]/[Y01]") ~> $toMillis("[M01]/[D01]/[Y01]") ~> $fromMillis()',
  '$fromMillis($toMillis("2/15/26", "[M]/[D]/[Y,2-2]"))',
  '$fromMillis($toMillis($replace("02/15/26", /([0-9]{2})$/, "20$1"), "[M01]/[D01]/[Y0001]"))',
]) {
  const answers = await Promise.all([jsonata, truto.default ?? truto].map((compile) => compile(text).evaluate({ at })))
  console.log(text, '=', ...new Set(answers))
}
SCRIPT
node try.mjs > seen.txt
python3 -c 'import datetime; print("Python:", datetime.datetime.strptime("02/15/26", "%m/%d/%y"))' >> seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
$fromMillis(at, "[M01]/[D01]/[Y01]") = 02/15/26
$fromMillis(at, "[M01]/[D01]/[Y01]") ~> $toMillis("[M01]/[D01]/[Y01]") ~> $fromMillis() = 1926-02-15T00:00:00.000Z
$fromMillis($toMillis("2/15/26", "[M]/[D]/[Y,2-2]")) = 1926-02-15T00:00:00.000Z
$fromMillis($toMillis($replace("02/15/26", /([0-9]{2})$/, "20$1"), "[M01]/[D01]/[Y0001]")) = 2026-02-15T00:00:00.000Z
Python: 2026-02-15 00:00:00
SEEN

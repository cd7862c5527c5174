#!/usr/bin/env bash
# jsonata 2.2.2 and 2.2.1 (which @truto/truto-jsonata 3.0.6 brings): a zone behind UTC that is no whole hour, such as
# Newfoundland's -0330, is one hour wrong in both directions. $fromMillis and $now write the time an hour too early and
# call the zone -04:30; $toMillis with a picture reads "-03:30" as -02:30. Without a picture $toMillis reads it right.
#
# The documentation names ±HHMM (https://docs.jsonata.org/date-time-functions); +0530 and -0500 are right, so tests
# over them pass. The label is wrong as well, so what was written stays the same moment, in no zone that exists;
# with a picture without the zone, as for a calendar, it is an hour off.
#
# What to do: add the offset in milliseconds and leave the zone out: $fromMillis(at - 12600000, picture).
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2 @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from 'jsonata'
import truto from '@truto/truto-jsonata'
const at = Date.parse('2026-01-15T12:00:00Z')
const local = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/St_Johns', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
console.log("in St. John's it is", local.format(at))
for (const text of [
  '$fromMillis(at, "[H01]:[m01]", "-0330")',
  '$fromMillis(at, "[H01]:[m01] [Z]", "-0330")',
  '$fromMillis(at, "[H01]:[m01] [Z]", "-0500")',
  '$fromMillis(at, "[H01]:[m01] [Z]", "+0530")',
  '$fromMillis($toMillis("2026-01-15T08:30:00-03:30"))',
  '$fromMillis($toMillis("2026-01-15T08:30:00-03:30", "[Y]-[M]-[D]T[H]:[m]:[s][Z]"))',
]) {
  const answers = await Promise.all([jsonata, truto.default ?? truto].map((compile) => compile(text).evaluate({ at })))
  console.log(text, '=', ...new Set(answers))
}
SCRIPT
node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
in St. John's it is 08:30
$fromMillis(at, "[H01]:[m01]", "-0330") = 07:30
$fromMillis(at, "[H01]:[m01] [Z]", "-0330") = 07:30 -04:30
$fromMillis(at, "[H01]:[m01] [Z]", "-0500") = 07:00 -05:00
$fromMillis(at, "[H01]:[m01] [Z]", "+0530") = 17:30 +05:30
$fromMillis($toMillis("2026-01-15T08:30:00-03:30")) = 2026-01-15T12:00:00.000Z
$fromMillis($toMillis("2026-01-15T08:30:00-03:30", "[Y]-[M]-[D]T[H]:[m]:[s][Z]")) = 2026-01-15T11:00:00.000Z
SEEN

#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6: $dtFromIso(text, zone) reads a text without an offset in the zone of the process (UTC on
# a server) and then moves it to the zone, instead of reading it in that zone as luxon does for {zone}.
#
# "12:00 in New York" becomes 08:00 in New York: every local time is off by the zone offset.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6 luxon@3.7.2
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
import { DateTime } from 'luxon'
const text = '2026-07-01T12:00:00', zone = 'America/New_York'
console.log('truto-jsonata', await jsonata('$dtFromIso(text, zone).toISO()').evaluate({ text, zone }))
console.log('luxon        ', DateTime.fromISO(text, { zone }).toISO())
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
truto-jsonata 2026-07-01T08:00:00.000-04:00
luxon         2026-07-01T12:00:00.000-04:00
SEEN

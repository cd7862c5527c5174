#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6: the default (fourth argument) of $mapValues never replaces a value that the mapping does not know; the
# unknown value passes through.
#
# A status that the provider adds tomorrow reaches the target as it is, although the expression says OTHER.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
for (const status of ['open', 'snoozed']) {
  const found = await jsonata('$mapValues(status, {"open": "OPEN"}, false, "OTHER")').evaluate({ status })
  console.log(status, '->', found)
}
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
open -> OPEN
snoozed -> snoozed
SEEN

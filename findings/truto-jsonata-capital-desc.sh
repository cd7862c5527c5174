#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6: $orderBy with the direction "DESC" sorts ascending. Only lower-case "desc" descends; any
# other word is accepted and means ascending.
#
# SQL, most APIs and sort_by parameters take DESC, so "the ten newest" become the ten oldest.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
const data = { deals: [{ value: 1 }, { value: 3 }, { value: 2 }] }
for (const direction of ['desc', 'DESC', 'descending']) {
  const found = await jsonata('$orderBy(deals, "value", "' + direction + '").value').evaluate(data)
  console.log(direction, JSON.stringify(found))
}
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
desc [3,2,1]
DESC [1,2,3]
descending [1,2,3]
SEEN

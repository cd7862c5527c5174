#!/usr/bin/env bash
# jsonata 2.2.1 (and @truto/truto-jsonata 3.0.6, which brings it): $sort with a function of its own is an error where it is
# the last thing that another function does, and only for two and more elements. In brackets, through a variable or with
# ~> the same $sort works.
#
# "$map(contacts, function($c) { $sort($c.emails, …) })" passes its tests over small records, and fails for the first
# contact with two addresses.
#
# What to do: put the call into a variable first, ($sorted := $sort(…); $sorted), or test with two elements.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.1
cat > try.mjs <<'SCRIPT'
import jsonata from 'jsonata'
const order = 'function($a, $b) { $a > $b }'
for (const list of ['[2]', '[2, 1]']) {
  for (const body of [`$sort($l, ${order})`, `($r := $sort($l, ${order}); $r)`, `$l ~> $sort(${order})`]) {
    const text = `$map([1], function() { ($l := ${list}; ${body}) })`
    const found = await jsonata(text).evaluate({}).then(JSON.stringify, (error) => `error: ${error.message}`)
    console.log(list, body.replace(order, '…'), '=', found)
  }
}
SCRIPT
node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
[2] $sort($l, …) = [2]
[2] ($r := $sort($l, …); $r) = [2]
[2] $l ~> $sort(…) = [2]
[2, 1] $sort($l, …) = error: comp is not a function
[2, 1] ($r := $sort($l, …); $r) = [1,2]
[2, 1] $l ~> $sort(…) = [1,2]
SEEN

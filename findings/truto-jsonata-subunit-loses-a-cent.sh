#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6: $convertCurrencyToSubunit rounds down after a multiplication of binary fractions, so that
# 19.99 dollars are 1998 cents. Of the amounts from 0.01 to 999.99, 4.6 % come out a cent short, without an error.
#
# Payment APIs take cents: an invoice of 19.99 is charged at 19.98.
#
# What to do: $round(amount * 100).
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
for (const amount of [0.29, 4.35, 8.03, 9.99, 19.99]) {
  const cents = await jsonata('$convertCurrencyToSubunit(amount, "USD")').evaluate({ amount })
  const rounded = await jsonata('$round(amount * 100)').evaluate({ amount })
  console.log(amount, cents, rounded)
}
const amounts = Array.from({ length: 99999 }, (_, cents) => (cents + 1) / 100)
const made = await jsonata('$map(amounts, function($a) { $convertCurrencyToSubunit($a, "USD") })').evaluate({ amounts })
console.log('short:', made.filter((found, at) => found !== at + 1).length, 'of', made.length)
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
0.29 28 29
4.35 434 435
8.03 802 803
9.99 999 999
19.99 1998 1999
short: 4586 of 99999
SEEN

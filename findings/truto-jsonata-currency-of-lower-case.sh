#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6: $convertCurrencyFromSubunit with a lower-case currency code gives the amount back
# unconverted, a hundred times too large, and with an upper-case code it gives text instead of a number.
#
# Stripe and others name currencies in lower case. The text breaks $sum with an error and sorts "9.00" after "10.00".
#
# What to do: $number($convertCurrencyFromSubunit(amount, $uppercase(currency))).
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
for (const code of ['USD', 'usd']) {
  const found = await jsonata('$convertCurrencyFromSubunit(1999, "' + code + '")').evaluate({})
  console.log(code, JSON.stringify(found))
}
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
USD "19.99"
usd 1999
SEEN

#!/usr/bin/env bash
# @truto/replace-placeholders 1.0.11: a value with two dollar signs loses one of them when it is put into a longer text.
#
# The value is handed to the replacement of a JavaScript string, where $$ stands for one dollar sign. Prices, regular
# expressions and passwords change on their way into a request.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/replace-placeholders@1.0.11
cat > try.mjs <<'SCRIPT'
import replace from '@truto/replace-placeholders'
const args = { price: 'US$$ 5' }
console.log(replace('{{args.price}}', { args }))
console.log(replace('price: {{args.price}}', { args }))
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
US$$ 5
price: US$ 5
SEEN

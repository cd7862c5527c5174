#!/usr/bin/env bash
# @truto/replace-placeholders 1.0.11: the default after ?: replaces a missing value but not null.
#
# {{args.limit?:10}} with {"limit": null} (an empty cell, an unset form field) is sent as null.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/replace-placeholders@1.0.11
cat > try.mjs <<'SCRIPT'
import replace from '@truto/replace-placeholders'
for (const args of [{}, { limit: null }]) console.log(JSON.stringify(args), JSON.stringify(replace({ limit: '{{args.limit?:10}}' }, { args })))
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
{} {"limit":"10"}
{"limit":null} {"limit":null}
SEEN

#!/usr/bin/env bash
# @truto/replace-placeholders 1.0.11: in {{args.limit:int?:10}} the type belongs to the first alternative alone; when the
# default wins, the body holds the text "10" instead of the number.
#
# What to do: type both: {{args.limit:int?:10:int}}.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/replace-placeholders@1.0.11
cat > try.mjs <<'SCRIPT'
import replace from '@truto/replace-placeholders'
for (const text of ['{{args.limit:int?:10}}', '{{args.limit:int?:10:int}}']) console.log(text, JSON.stringify(replace({ limit: text }, { args: {} })))
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
{{args.limit:int?:10}} {"limit":"10"}
{{args.limit:int?:10:int}} {"limit":10}
SEEN

#!/usr/bin/env bash
# @truto/replace-placeholders 1.0.11: the type :bool converts only the words "true" and "false"; 1, 0, "yes" and "TRUE"
# pass through unchanged and reach the API as numbers and texts.
#
# A filter archived: "{{args.archived:bool}}" with 0 is sent as archived=0, which most APIs ignore or read as text.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/replace-placeholders@1.0.11
cat > try.mjs <<'SCRIPT'
import replace from '@truto/replace-placeholders'
for (const on of ['true', 'TRUE', 'yes', 1, 0]) console.log(JSON.stringify(on), JSON.stringify(replace('{{args.on:bool}}', { args: { on } })))
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
"true" true
"TRUE" "TRUE"
"yes" "yes"
1 1
0 0
SEEN

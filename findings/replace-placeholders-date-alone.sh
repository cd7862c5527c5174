#!/usr/bin/env bash
# @truto/replace-placeholders 1.0.11: a date in a placeholder of its own becomes JavaScript's text for people ("Tue Jan 02
# 2024 …"), not the ISO text that JSON has for it; numbers, booleans and lists in the same place keep their type.
#
# A body {"since": "{{job.started_at}}"} sends a text that most APIs refuse, and that a filter compares by its letters:
# "Fri" is before "Mon", whatever the year. $string and JSON.stringify of the same date are ISO.
#
# What to do: make the text before: started_at.toISO() in an expression.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/replace-placeholders@1.0.11
cat > try.mjs <<'SCRIPT'
import replace from '@truto/replace-placeholders'
const job = { started_at: new Date(Date.UTC(2024, 0, 2, 3, 4, 5)), pages: 2, ids: ['a'] }
console.log(JSON.stringify(job))
console.log(JSON.stringify(replace({ started_at: '{{job.started_at}}', pages: '{{job.pages:int}}', ids: '{{job.ids:json}}' }, { job })))
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
{"started_at":"2024-01-02T03:04:05.000Z","pages":2,"ids":["a"]}
{"started_at":"Tue Jan 02 2024 03:04:05 GMT+0000 (Coordinated Universal Time)","pages":2,"ids":["a"]}
SEEN

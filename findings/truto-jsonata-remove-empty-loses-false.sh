#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6: $removeEmpty of an object answers nothing at all, whatever the object holds, and
# $removeEmptyItems takes 0 and false for empty. Neither is an error.
#
# `"body": $removeEmpty({...})`, to leave unset fields out of an update, leaves out the body; a list of flags or counts
# loses those that are false or 0.
#
# What to do: $sift(record, function($value) { $value != null }) for objects, and a filter for lists.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
const data = { contact: { name: 'Ann', active: false, note: '' }, counts: [3, 0, null, 5], flags: [true, false] }
for (const text of [
  '{"body": $removeEmpty(contact), "id": 1}',
  '$removeEmptyItems(counts)',
  '$removeEmptyItems(flags)',
  '$sift(contact, function($value) { $value != null and $value != "" })',
  'counts[$ != null]',
]) {
  console.log(text, JSON.stringify(await jsonata(text).evaluate(data)))
}
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
{"body": $removeEmpty(contact), "id": 1} {"id":1}
$removeEmptyItems(counts) [3,5]
$removeEmptyItems(flags) [true]
$sift(contact, function($value) { $value != null and $value != "" }) {"name":"Ann","active":false}
counts[$ != null] [3,0,5]
SEEN

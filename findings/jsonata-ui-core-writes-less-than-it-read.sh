#!/usr/bin/env bash
# jsonata-ui-core 1.7.13 (the serializer under JSONata's visual editors): an expression that is read and written again,
# without any edit, loses its grouping {…}, its [] that keeps a list, and an index or a filter after a call or a bracket.
# No error: the shorter expression compiles and answers something else.
#
# Opening a mapping in an editor and saving it is enough. "The newest one" becomes "all of them", a count by city the
# list of contacts. The README has a list of what is not written; none of these is on it.
#
# What to do: keep the text that was read, and write only what was edited; compare both texts' answers over a sample.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@1.7.0 jsonata-ui-core@1.7.13
cat > try.cjs <<'SCRIPT'
const jsonata = require('jsonata')
const { serializer } = require('jsonata-ui-core')
const list = { contacts: [{ id: 'c-1', city: 'Oslo' }, { id: 'c-2', city: 'Rome' }, { id: 'c-3', city: 'Rome' }] }
const show = (text) => JSON.stringify(jsonata(text).evaluate(list))
for (const text of [
  '(contacts.id)[0]',
  '$sort(contacts.id)[-1]',
  'contacts{city: $count(id)}',
  'contacts[city = "Oslo"].id[]',
  'contacts[city = "Rome"].id',
]) {
  const written = serializer(jsonata(text).ast())
  console.log(`${text} = ${show(text)}; written: ${written} = ${show(written)}`)
}
SCRIPT
node try.cjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
(contacts.id)[0] = "c-1"; written: (contacts.id) = ["c-1","c-2","c-3"]
$sort(contacts.id)[-1] = "c-3"; written: $sort(contacts.id) = ["c-1","c-2","c-3"]
contacts{city: $count(id)} = {"Oslo":1,"Rome":2}; written: contacts = [{"id":"c-1","city":"Oslo"},{"id":"c-2","city":"Rome"},{"id":"c-3","city":"Rome"}]
contacts[city = "Oslo"].id[] = ["c-1"]; written: contacts[city = "Oslo"].id = "c-1"
contacts[city = "Rome"].id = ["c-2","c-3"]; written: contacts[city = "Rome"].id = ["c-2","c-3"]
SEEN

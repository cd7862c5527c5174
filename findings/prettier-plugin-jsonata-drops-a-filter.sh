#!/usr/bin/env bash
# @stedi/prettier-plugin-jsonata 2.1.8: formatting takes away a filter or an index that follows * or **. The formatted
# expression still compiles, and answers every record instead of the ones that were asked for.
#
# "prettier --write" over a folder of mappings, often from a commit hook, changes what they mean; filters that follow a
# name are kept, so a look at most of the diff shows layout alone. A formatter promises the same expression.
#
# What to do: filter a bracketed step instead, (**)[…], or compare the results before and after formatting.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.2 prettier@3.6.2 @stedi/prettier-plugin-jsonata@2.1.8
cat > try.mjs <<'SCRIPT'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import jsonata from 'jsonata'
const deal = {
  owner: { id: 'u-1', type: 'user' },
  items: [{ id: 'i-1', type: 'note' }, { id: 'i-2', type: 'task' }],
}
for (const text of ['items[type="task"].id', '**[type="task"].id', '*[type="user"].id', '*[0].id', '(**)[type="task"].id']) {
  writeFileSync('mapping.jsonata', text)
  execFileSync('npx', ['prettier', '--write', '--plugin=@stedi/prettier-plugin-jsonata', 'mapping.jsonata'])
  const formatted = readFileSync('mapping.jsonata', 'utf8').trim()
  const answers = await Promise.all([text, formatted].map((one) => jsonata(one).evaluate(deal)))
  console.log(`${text} = ${JSON.stringify(answers[0])}; formatted: ${formatted} = ${JSON.stringify(answers[1])}`)
}
SCRIPT
node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
items[type="task"].id = "i-2"; formatted: items[type = "task"].id = "i-2"
**[type="task"].id = "i-2"; formatted: **.id = ["u-1","i-1","i-2"]
*[type="user"].id = "u-1"; formatted: *.id = ["u-1","i-1","i-2"]
*[0].id = "u-1"; formatted: *.id = ["u-1","i-1","i-2"]
(**)[type="task"].id = "i-2"; formatted: (**)[type = "task"].id = "i-2"
SEEN

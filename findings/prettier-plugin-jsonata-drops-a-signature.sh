#!/usr/bin/env bash
# @stedi/prettier-plugin-jsonata 2.1.8: formatting takes away the signature of a function, the <…> after its parameters.
# The signature is no remark: it says that one value is made a list of one, and that a missing argument is the value at
# hand (https://docs.jsonata.org/embedding-extending#function-signature-syntax). Without it the same calls answer something else.
#
# A helper that counts or joins "one or many" works in review, is formatted, and then leaves fields out.
#
# What to do: write it into the body, ($list := [$list]; …), and pass $ by name; or keep such files from the formatter.
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
const contact = { name: 'Ada', email: 'ada@example.com' }
for (const text of [
  '($short := function($text)<s-:s> { $substring($text, 0, 1) }; name.$short())',
  '($mails := function($list)<a<s>:a> { {"mails": $list} }; $mails(email))',
]) {
  writeFileSync('mapping.jsonata', text)
  execFileSync('npx', ['prettier', '--write', '--plugin=@stedi/prettier-plugin-jsonata', 'mapping.jsonata'])
  const formatted = readFileSync('mapping.jsonata', 'utf8').replace(/\s+/g, ' ').trim()
  for (const one of [text, formatted]) console.log(one, '=', JSON.stringify(await jsonata(one).evaluate(contact)))
}
SCRIPT
node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
($short := function($text)<s-:s> { $substring($text, 0, 1) }; name.$short()) = "A"
( $short := function($text) { $substring($text, 0, 1) }; name.$short() ) = undefined
($mails := function($list)<a<s>:a> { {"mails": $list} }; $mails(email)) = {"mails":["ada@example.com"]}
( $mails := function($list) { { "mails": $list } }; $mails(email) ) = {"mails":"ada@example.com"}
SEEN

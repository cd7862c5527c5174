#!/usr/bin/env bash
# stated-js 0.1.25 (JSONata embedded in JSON): text before ${…} in a field is dropped. "Bearer ${token}" becomes the bare
# token, "https://api.example.com/contacts/${id}" becomes "c-1". With text after the } the field is left as written.
#
# The documentation shows ${…} as a whole field only; everywhere else, in shells, JavaScript and batch definitions, the
# same spelling puts a value into a text. No error or warning is given, and errorReport is empty: a call goes out with a
# wrong header or address.
#
# What to do: join inside the expression, ${'Bearer ' & token}.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent stated-js@0.1.25 2> /dev/null
cat > try.mjs <<'SCRIPT'
import TemplateProcessor from 'stated-js'
const template = {
  token: 't-123',
  id: 'c-1',
  joined: "${'Bearer ' & token}",
  authorization: 'Bearer ${token}',
  url: 'https://api.example.com/contacts/${id}',
  after: '${id}/notes',
}
const processor = new TemplateProcessor(template)
await processor.initialize()
for (const [name, value] of Object.entries(processor.output)) console.log(`${name}: ${value}`)
console.log('errors:', Object.keys(processor.errorReport).length)
process.exit()
SCRIPT
node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
token: t-123
id: c-1
joined: Bearer t-123
authorization: t-123
url: c-1
after: ${id}/notes
errors: 0
SEEN

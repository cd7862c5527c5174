#!/usr/bin/env bash
# @truto/turndown-plugin-gfm 1.0.3 (and @truto/truto-jsonata 3.0.6, whose $convertHtmlToMarkdown uses it): the caption of an
# HTML table is left out. The older turndown-plugin-gfm 1.0.2 writes it above the table, as plain text.
#
# "Prices without tax", "in thousands", "valid until March": what makes a table's numbers right often stands in its
# caption only, and an article that is synced into a knowledge base or an index shows the numbers without it.
#
# What to do: turn <caption>…</caption> into a paragraph before the table first.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent turndown@7.2.5 turndown-plugin-gfm@1.0.2 @truto/turndown-plugin-gfm@1.0.3 \
  @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
import * as truto from '@truto/turndown-plugin-gfm'
import TurndownService from 'turndown'
import older from 'turndown-plugin-gfm'
const html = '<table><caption>Prices without tax</caption><thead><tr><th>Item</th><th>Price</th></tr></thead>' +
  '<tbody><tr><td>Seat</td><td>10</td></tr></tbody></table>'
const convert = (plugin) => { const service = new TurndownService(); service.use(plugin.gfm); return service.turndown(html) }
for (const [name, markdown] of [
  ['turndown-plugin-gfm', convert(older)],
  ['@truto/turndown-plugin-gfm', convert(truto)],
  ['$convertHtmlToMarkdown', await jsonata('$convertHtmlToMarkdown(html)').evaluate({ html })],
]) console.log(`${name}:\n${markdown}`)
SCRIPT
node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
turndown-plugin-gfm:
Prices without tax
| Item | Price |
| --- | --- |
| Seat | 10 |
@truto/turndown-plugin-gfm:
| Item | Price |
| --- | --- |
| Seat | 10  |
$convertHtmlToMarkdown:
| Item | Price |
| --- | --- |
| Seat | 10  |
SEEN

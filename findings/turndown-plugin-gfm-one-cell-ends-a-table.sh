#!/usr/bin/env bash
# @truto/turndown-plugin-gfm 1.0.3 (and @truto/truto-jsonata 3.0.6, whose $convertHtmlToMarkdown uses it): one row with a cell
# more than the heading makes the line under the heading as wide as that row. GFM then sees no table at all
# (https://github.github.com/gfm/#tables-extension-): the whole of it becomes one paragraph of bars and dashes.
#
# Browsers show such a table well, with an empty heading, so nobody notices in the help centre it came from. The older
# turndown-plugin-gfm 1.0.2 writes as many dashes as headings, and only the cell too many is left out.
#
# What to do: give the heading row as many cells as the longest row first.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent turndown@7.2.5 turndown-plugin-gfm@1.0.2 @truto/turndown-plugin-gfm@1.0.3 \
  @truto/truto-jsonata@3.0.6 marked@16.4.0
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
import * as truto from '@truto/turndown-plugin-gfm'
import { marked } from 'marked'
import TurndownService from 'turndown'
import older from 'turndown-plugin-gfm'
const html = '<table><thead><tr><th>Plan</th><th>Price</th></tr></thead><tbody><tr><td>Basic</td><td>10</td></tr>' +
  '<tr><td>Team</td><td>20</td><td>new</td></tr></tbody></table>'
const convert = (plugin) => { const service = new TurndownService(); service.use(plugin.gfm); return service.turndown(html) }
for (const [name, markdown] of [
  ['turndown-plugin-gfm', convert(older)],
  ['@truto/turndown-plugin-gfm', convert(truto)],
  ['$convertHtmlToMarkdown', await jsonata('$convertHtmlToMarkdown(html)').evaluate({ html })],
]) console.log(`${name}:\n${markdown}\nmarked: ${marked(markdown).includes('<table>') ? 'a table' : 'a paragraph'}`)
SCRIPT
node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
turndown-plugin-gfm:
| Plan | Price |
| --- | --- |
| Basic | 10 |
| Team | 20 | new |
marked: a table
@truto/turndown-plugin-gfm:
| Plan | Price |
| --- | --- | --- |
| Basic | 10  |
| Team | 20  | new |
marked: a paragraph
$convertHtmlToMarkdown:
| Plan | Price |
| --- | --- | --- |
| Basic | 10  |
| Team | 20  | new |
marked: a paragraph
SEEN

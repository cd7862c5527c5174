#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6 ($convertHtmlToMarkdown) and marked 16.4.0 or mistune 3.1.4: a "|" in the cell of an HTML
# table is written with two backslashes before it, not one. marked takes that for one more column: the rest of the cell
# comes under the next heading, and the last cell of the row is cut off; where it happens in the heading the table becomes
# a paragraph. mistune finds no table at all. GitHub's own cmark-gfm reads what was meant, so a look there shows nothing.
#
# Help centre articles come to knowledge bases this way: a default of "yes" is shown as "no".
#
# What to do: replace "|" by "/" or "&#124;" in the HTML first.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6 marked@16.4.0
python3 -m venv python
python/bin/pip install --quiet mistune==3.1.4 cmarkgfm==2024.11.20 2> /dev/null
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
import { marked } from 'marked'
import { writeFileSync } from 'node:fs'
const html = '<table><thead><tr><th>Setting</th><th>Default</th></tr></thead>' +
  '<tbody><tr><td>yes|no</td><td>yes</td></tr><tr><td>size</td><td>10</td></tr></tbody></table>'
const markdown = await jsonata('$convertHtmlToMarkdown(html)').evaluate({ html })
console.log(markdown)
writeFileSync('table.md', markdown)
console.log('marked:', marked(markdown).match(/<tbody>.*?<\/tr>/s)[0].replaceAll('\n', ''))
const heading = await jsonata('$convertHtmlToMarkdown(html)').evaluate({ html: html.replace('Setting', 'a|b') })
console.log('marked, in the heading:', marked(heading).slice(0, 3))
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat > try.py <<'SCRIPT'
import re
import cmarkgfm, mistune
text = open("table.md").read()
for name, html in {
    "mistune": mistune.create_markdown(plugins=["table"])(text),
    "cmark-gfm": cmarkgfm.github_flavored_markdown_to_html(text),
}.items():
    found = re.search("<tbody>.*?</tr>", html, re.DOTALL)
    print(f"{name}:", re.sub(r"\n\s*", "", found.group()) if found else "no table")
SCRIPT
python/bin/python try.py >> seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
| Setting | Default |
| --- | --- |
| yes\\|no | yes |
| size | 10  |
marked: <tbody><tr><td>yes\</td><td>no</td></tr>
marked, in the heading: <p>
mistune: no table
cmark-gfm: <tbody><tr><td>yes|no</td><td>yes</td></tr>
SEEN

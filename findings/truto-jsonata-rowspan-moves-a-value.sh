#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6: $convertHtmlToMarkdown of a table with rowspan writes the following rows without the cell
# that reaches into them, so that their values come one column too far to the left, under another heading. colspan keeps
# its columns.
#
# Price lists and feature matrices group rows this way: a price is read as a plan.
#
# What to do: repeat the spanned cell in each row of the HTML before it is converted.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
const rows = (first, second) => '<table><thead><tr><th>Plan</th><th>Term</th><th>Price</th></tr></thead><tbody>' +
  `<tr>${first}</tr><tr>${second}</tr></tbody></table>`
for (const html of [
  rows('<td rowspan="2">Team</td><td>1</td><td>12</td>', '<td>24</td><td>9</td>'),
  rows('<td colspan="2">Team</td><td>12</td>', '<td>Solo</td><td>24</td><td>9</td>'),
]) {
  console.log(await jsonata('$convertHtmlToMarkdown(html)').evaluate({ html }))
}
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
| Plan | Term | Price |
| --- | --- | --- |
| Team | 1   | 12  |
| 24  | 9   |
| Plan | Term | Price |
| --- | --- | --- |
| Team |   | 12  |
| Solo | 24  | 9   |
SEEN

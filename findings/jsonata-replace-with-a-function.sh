#!/usr/bin/env bash
# jsonata 2.2.1 (and @truto/truto-jsonata 3.0.6, which is built on it): $replace with a text as pattern and a function as
# replacement does not call the function. It writes the engine's own JavaScript source, or the lambda's inner
# structure, into the text; with a regular expression as pattern the same function is called.
#
# "Mask every @" or "upper-case this word" looks right in a review, raises nothing, and the records that are synced
# hold program text.
#
# What to do: write the pattern as a regular expression, /@/ instead of "@".
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent jsonata@2.2.1 @truto/truto-jsonata@3.0.6
cat > ask.mjs <<'NODE'
import jsonata from "jsonata";
import truto from "@truto/truto-jsonata";
const make = truto.default ?? truto;
for (const [name, compile] of [["jsonata", jsonata], ["truto-jsonata", make]]) {
  for (const pattern of ["/b/", '"b"']) {
    const answer = await compile(`$replace("abc", ${pattern}, function($m) { "-" })`).evaluate({});
    console.log(name, pattern, answer.length > 20 ? "program text: " + /function|\[object/.test(answer) : answer);
  }
}
NODE
node ask.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
jsonata /b/ a-c
jsonata "b" program text: true
truto-jsonata /b/ a-c
truto-jsonata "b" program text: true
SEEN

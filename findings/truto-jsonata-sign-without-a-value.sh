#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6: $sign with the output format "base64url" evaluates to nothing: no error, and the key that
# should hold the signature is missing from the request.
#
# Signed headers and JSON web tokens are written in base64url, so it is the first format one tries.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
for (const format of ['hex', 'base64', 'base64url']) {
  const found = await jsonata('{"signature": $sign("text", "SHA-256", "key", "' + format + '")}').evaluate({})
  console.log(format, Object.keys(found).join() || 'no key at all')
}
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
hex signature
base64 signature
base64url no key at all
SEEN

#!/usr/bin/env bash
# @truto/truto-jsonata 3.0.6: two equal dates are never equal. = compares the objects behind them, so it is false, and
# $distinct keeps every copy.
#
# What to do: compare texts or numbers: $dtFromIso(a).toMillis() = $dtFromIso(b).toMillis().
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @truto/truto-jsonata@3.0.6
cat > try.mjs <<'SCRIPT'
import jsonata from '@truto/truto-jsonata'
for (const text of [
  '$dtFromIso("2026-01-02") = $dtFromIso("2026-01-02")',
  '$count($distinct([$dtFromIso("2026-01-02"), $dtFromIso("2026-01-02")]))',
  '$dtFromIso("2026-01-02").toMillis() = $dtFromIso("2026-01-02").toMillis()',
]) console.log(text, '->', JSON.stringify(await jsonata(text).evaluate({})))
SCRIPT
TZ=UTC node try.mjs > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
$dtFromIso("2026-01-02") = $dtFromIso("2026-01-02") -> false
$count($distinct([$dtFromIso("2026-01-02"), $dtFromIso("2026-01-02")])) -> 2
$dtFromIso("2026-01-02").toMillis() = $dtFromIso("2026-01-02").toMillis() -> true
SEEN

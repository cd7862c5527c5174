#!/usr/bin/env bash
# json-server 0.17.4: a filter on a field that no record has is dropped, and the list holds every record, with status 200.
#
# A misspelt name, or an operator that the real API knows and this stand-in does not (updated_at_gt), passes all
# tests: "records that match" are found, but they are all records. A test that deletes what it found deletes all.
#
# What to do: assert how many records a filter leaves, not only that there are some.
set -euo pipefail
work="$(mktemp -d)"
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent json-server@0.17.4
cat > server.js <<'NODE'
const jsonServer = require("json-server");
const app = jsonServer.create();
const contacts = [{ id: 1, owner: "u-1", updated_at: "2026-01-01" }, { id: 2, owner: "u-2", updated_at: "2026-02-01" }];
app.use(jsonServer.defaults({ logger: false }), jsonServer.router({ contacts }));
const server = app.listen(0, "127.0.0.1", async () => {
  for (const query of ["owner=u-1", "ownr=u-1", "updated_at_gt=2026-01-15"]) {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/contacts?${query}`);
    console.log(answer.status, query, JSON.stringify((await answer.json()).map((contact) => contact.id)));
  }
  process.exit(0);
});
NODE
node server.js > seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
200 owner=u-1 [1]
200 ownr=u-1 [1,2]
200 updated_at_gt=2026-01-15 [1,2]
SEEN

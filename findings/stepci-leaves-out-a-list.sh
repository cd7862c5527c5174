#!/usr/bin/env bash
# stepci 2.8.2: a list taken from an answer is not sent in the next request. The key is missing from the body, within a
# list it becomes null, and the workflow passes.
#
# "Read the ids, then update them" sends an update without ids; numbers and booleans taken the same way arrive.
#
# What to do: take single elements ($.ids[0]), or assert in the next step what the server received.
set -euo pipefail
work="$(mktemp -d)"
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent stepci@2.8.2
cat > server.mjs <<'NODE'
import http from "node:http";
let seen = "";
http.createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part)).on("end", () => {
    if (request.url === "/seen") return response.end(seen);
    if (request.method === "POST") seen = body;
    response.setHeader("content-type", "application/json");
    response.end('{"ids": ["c-1", "c-2"], "total": 2, "active": true}');
  });
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
NODE
node server.mjs > port.txt &
server=$!
while [ ! -s port.txt ]; do sleep 0.1; done
url="http://127.0.0.1:$(cat port.txt)"
cat > workflow.yml <<WORKFLOW
version: "1.1"
name: contacts
tests:
  update:
    steps:
      - name: list
        http:
          url: $url/contacts
          method: GET
          captures:
            ids: {jsonpath: \$.ids}
            first: {jsonpath: "\$.ids[0]"}
            total: {jsonpath: \$.total}
            active: {jsonpath: \$.active}
      - name: update
        http:
          url: $url/update
          method: POST
          json:
            ids: \${{captures.ids}}
            nested: ["\${{captures.ids}}"]
            first: \${{captures.first}}
            total: \${{captures.total}}
            active: \${{captures.active}}
WORKFLOW
STEPCI_DISABLE_ANALYTICS=1 npx stepci run workflow.yml > stepci.txt && echo "exit 0" > seen.txt
node -e "fetch('$url/seen').then(answer => answer.text()).then(console.log)" >> seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
exit 0
{"nested":[null],"first":"c-1","total":2,"active":true}
SEEN

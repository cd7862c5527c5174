#!/usr/bin/env bash
# @redocly/cli 2.77.0, respect (the runner for Arazzo descriptions): a workflow that others name in dependsOn runs once
# for itself and once more for each of them, so what it creates is created several times.
#
# One workflow creates a contact, two others depend on it: three contacts are created. The summary counts each workflow
# and step once ("Workflows: 3 passed, 3 total"), so that neither the report nor the exit code shows it.
#
# What to do: let only one workflow depend on what writes, or put the steps into one workflow.
set -euo pipefail
work="$(mktemp -d)"
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @redocly/cli@2.77.0
cat > server.mjs <<'NODE'
import http from "node:http";
const counts = {};
http.createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  if (request.method === "POST") counts[request.url] = (counts[request.url] ?? 0) + 1;
  response.end(JSON.stringify(request.method === "POST" ? {id: "x"} : counts));
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
NODE
node server.mjs > port.txt &
server=$!
while [ ! -s port.txt ]; do sleep 0.1; done
url="http://127.0.0.1:$(cat port.txt)"
cat > openapi.yaml <<OPENAPI
openapi: 3.1.0
info: {title: CRM, version: '1'}
servers: [{url: '$url'}]
paths:
  /contacts:
    post: {operationId: createContact, responses: {'200': {description: created}}}
  /notes:
    post: {operationId: createNote, responses: {'200': {description: created}}}
OPENAPI
cat > crm.arazzo.yaml <<'ARAZZO'
arazzo: 1.0.1
info: {title: CRM, version: '1'}
sourceDescriptions: [{name: crm, type: openapi, url: ./openapi.yaml}]
workflows:
  - workflowId: contact
    steps: [{stepId: create, operationId: createContact}]
  - workflowId: firstNote
    dependsOn: [contact]
    steps: [{stepId: create, operationId: createNote}]
  - workflowId: secondNote
    dependsOn: [contact]
    steps: [{stepId: create, operationId: createNote}]
ARAZZO
npx redocly respect crm.arazzo.yaml > respect.txt 2>&1 && echo "exit 0" > seen.txt
grep -o 'Workflows: .*' respect.txt | head -1 | sed 's/ *$//' >> seen.txt
node -e "fetch('$url').then(answer => answer.text()).then(console.log)" >> seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
exit 0
Workflows: 3 passed, 3 total
{"/contacts":3,"/notes":2}
SEEN

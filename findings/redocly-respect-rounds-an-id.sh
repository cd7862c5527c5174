#!/usr/bin/env bash
# @redocly/cli 2.77.0, respect (the runner for Arazzo descriptions): an id of 64 bits that a step takes from an answer is
# rounded before the next step sends it, and all checks pass.
#
# Help desks and social networks answer ids above 2^53 as JSON numbers. Of 3930699983915558803 the next request asks
# for 3930699983915559000: another record's id, or nobody's. An update or a delete after a search hits the wrong record.
#
# What to do: use an API's field that holds the id as text ("id_str") where there is one.
set -euo pipefail
work="$(mktemp -d)"
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent @redocly/cli@2.77.0
cat > server.mjs <<'NODE'
import http from "node:http";
const seen = [];
http.createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  if (request.url === "/seen") return response.end(seen.join("\n"));
  seen.push(`${request.method} ${request.url}`);
  response.end('{"id": 3930699983915558803}');
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
NODE
node server.mjs > port.txt &
server=$!
while [ ! -s port.txt ]; do sleep 0.1; done
url="http://127.0.0.1:$(cat port.txt)"
cat > openapi.yaml <<OPENAPI
openapi: 3.1.0
info: {title: Help desk, version: '1'}
servers: [{url: '$url'}]
paths:
  /ticket:
    get: {operationId: findTicket, responses: {'200': {description: found}}}
  /tickets/{id}:
    delete:
      operationId: deleteTicket
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {'200': {description: deleted}}
OPENAPI
cat > desk.arazzo.yaml <<'ARAZZO'
arazzo: 1.0.1
info: {title: Help desk, version: '1'}
sourceDescriptions: [{name: desk, type: openapi, url: ./openapi.yaml}]
workflows:
  - workflowId: remove
    steps:
      - {stepId: find, operationId: findTicket, outputs: {id: $response.body#/id}}
      - {stepId: remove, operationId: deleteTicket, parameters: [{name: id, in: path, value: $steps.find.outputs.id}]}
ARAZZO
npx redocly respect desk.arazzo.yaml > respect.txt 2>&1 && echo "exit 0" > seen.txt
node -e "fetch('$url/seen').then(answer => answer.text()).then(console.log)" >> seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
exit 0
GET /ticket
DELETE /tickets/3930699983915559000
SEEN

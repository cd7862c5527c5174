#!/usr/bin/env bash
# newman 6.2.2: cells of a CSV data file are turned into numbers. An account's id of 64 bits is rounded, 007 becomes 7, and
# 1e5 becomes 100000; the request goes to another record, and the run passes.
#
# A file with a row per account is how one collection is run for many. Spreadsheets write such cells without quotes; the
# same file with every cell in quotes is read as it is.
#
# What to do: quote every cell, or give the rows as JSON with texts.
set -euo pipefail
work="$(mktemp -d)"
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent newman@6.2.2
cat > server.mjs <<'NODE'
import http from "node:http";
const seen = [];
http.createServer((request, response) => {
  if (request.url === "/seen") return response.end(seen.join("\n"));
  seen.push(request.url);
  response.end("{}");
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
NODE
node server.mjs > port.txt &
server=$!
while [ ! -s port.txt ]; do sleep 0.1; done
url="http://127.0.0.1:$(cat port.txt)"
cat > collection.json <<COLLECTION
{"info": {"name": "contacts", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
 "item": [{"name": "get", "request": {"method": "GET", "url": "$url/contacts/{{id}}?code={{code}}&label={{label}}"}}]}
COLLECTION
printf 'id,code,label\n3930699983915558803,007,1e5\n' > rows.csv
printf 'id,code,label\n"3930699983915558803","007","1e5"\n' > quoted.csv
npx newman run collection.json --iteration-data rows.csv --silent && echo "exit 0" > seen.txt
npx newman run collection.json --iteration-data quoted.csv --silent
node -e "fetch('$url/seen').then(answer => answer.text()).then(console.log)" >> seen.txt
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
exit 0
/contacts/3930699983915559000?code=7&label=100000
/contacts/3930699983915558803?code=007&label=1e5
SEEN

#!/usr/bin/env bash
# tap-rest-api-msdk 1.4.2 (with singer-sdk 0.40.0): the time of the last sync is sent to the API without its zone, where the
# schema calls the field a date-time. A bookmark of 10:20:30+02:00 goes out as 10:20:30, and an API that takes it for
# UTC leaves out what changed in the two hours after the last sync. The next bookmark is later still: it never comes.
#
# The README's example keeps the zone, and with a discovered schema, where the field is a string, it is kept. East of
# Greenwich records are lost, west of it they come twice.
#
# What to do: declare the replication key as a plain string.
set -euo pipefail
work="$(mktemp -d)"
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet tap-rest-api-msdk==1.4.2 singer-sdk==0.40.0
cat > server.py <<'PYTHON'
import http.server
import json
import urllib.parse
from datetime import datetime, timezone

CONTACTS = [
    {"id": "c-1", "updated_at": "2026-02-09T10:20:30+02:00"},
    {"id": "c-2", "updated_at": "2026-02-09T11:00:00+02:00"},
    {"id": "c-3", "updated_at": "2026-02-09T13:00:00+02:00"},
]


def moment(text):
    told = datetime.fromisoformat(text)
    return told if told.tzinfo else told.replace(tzinfo=timezone.utc)


class Api(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query))
        since = moment(query.get("updated_since", "2000-01-01T00:00:00"))
        if query:
            print("the API is asked for", query, flush=True)
        answer = json.dumps({"contacts": [row for row in CONTACTS if moment(row["updated_at"]) > since]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
    print(server.server_port, file=open("port.part", "w"), flush=True)
    server.serve_forever()
PYTHON
venv/bin/python server.py >> asked.txt &
server=$!
while [ ! -s port.part ]; do sleep 0.1; done
cat > state.json <<'JSON'
{"bookmarks": {"contacts": {"replication_key": "updated_at", "replication_key_value": "2026-02-09T10:20:30+02:00"}}}
JSON
for kind in '{"type": "string"}' '{"type": "string", "format": "date-time"}'; do
  cat > config.json <<JSON
{"api_url": "http://127.0.0.1:$(cat port.part)", "pagination_request_style": "single_page_paginator", "streams": [{
  "name": "contacts", "path": "/contacts", "records_path": "\$.contacts[*]", "primary_keys": ["id"],
  "replication_key": "updated_at", "source_search_field": "updated_since", "source_search_query": "\$last_run_date",
  "schema": {"type": "object", "properties": {"id": {"type": "string"}, "updated_at": $kind}}}]}
JSON
  : > asked.txt
  venv/bin/tap-rest-api-msdk --config config.json --state state.json > messages.txt 2> log.txt || cat log.txt
  echo "updated_at is $kind" >> seen.txt
  cat asked.txt >> seen.txt
  grep '"RECORD"' messages.txt | venv/bin/python -c 'import json, sys
print("records:", *[json.loads(line)["record"]["id"] for line in sys.stdin])' >> seen.txt
done
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
updated_at is {"type": "string"}
the API is asked for {'updated_since': '2026-02-09T10:20:30+02:00'}
records: c-2 c-3
updated_at is {"type": "string", "format": "date-time"}
the API is asked for {'updated_since': '2026-02-09T10:20:30'}
records: c-3
SEEN

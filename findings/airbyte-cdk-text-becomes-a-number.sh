#!/usr/bin/env bash
# airbyte-cdk 7.39.1, low-code sources: a text that a template takes from a record is read as Python source. "1_000" arrives
# as the number 1000, "5 # urgent" as 5 (the rest was a comment), "12, 14" as a list, and no message says so.
#
# Codes, references and free text look like that in every CRM. The field that was not touched by a template keeps its
# text, so both stand side by side in one record.
#
# What to do: declare the type beside the value (value_type: string) wherever a template carries a record's text.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet airbyte-cdk==7.39.1
venv/bin/python -W ignore > seen.txt <<'PYTHON'
import http.server
import json
import logging
import threading

from airbyte_cdk.models import AirbyteStream, ConfiguredAirbyteCatalog, ConfiguredAirbyteStream, DestinationSyncMode, SyncMode
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

logging.disable(logging.CRITICAL)
CODES = ["1_000", "5 # urgent", "1e5", "12, 14", "A-7"]


class Api(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        answer = json.dumps([{"code": code} for code in CODES]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
threading.Thread(target=server.serve_forever, daemon=True).start()


def added(name, **options):
    return {"type": "AddedFieldDefinition", "path": [name], "value": "{{ record['code'] }}", **options}


stream = {
    "type": "DeclarativeStream",
    "name": "orders",
    "retriever": {
        "type": "SimpleRetriever",
        "requester": {"type": "HttpRequester", "url_base": f"http://127.0.0.1:{server.server_port}", "path": "/orders"},
        "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}},
    },
    "transformations": [{"type": "AddFields", "fields": [added("copied"), added("typed", value_type="string")]}],
    "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}},
}
check = {"type": "CheckStream", "stream_names": ["orders"]}
manifest = {"version": "6.0.0", "type": "DeclarativeSource", "check": check, "streams": [stream]}
catalog = ConfiguredAirbyteCatalog(streams=[ConfiguredAirbyteStream(
    stream=AirbyteStream(name="orders", json_schema={}, supported_sync_modes=[SyncMode.full_refresh]),
    sync_mode=SyncMode.full_refresh, destination_sync_mode=DestinationSyncMode.append)])
source = ConcurrentDeclarativeSource(source_config=manifest, config={}, catalog=catalog, state=None)
for message in source.read(logging.getLogger("source"), {}, catalog, None):
    if message.record:
        print(json.dumps(message.record.data))
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
{"code": "1_000", "copied": 1000, "typed": "1_000"}
{"code": "5 # urgent", "copied": 5, "typed": "5 # urgent"}
{"code": "1e5", "copied": 100000.0, "typed": "1e5"}
{"code": "12, 14", "copied": [12, 14], "typed": "12, 14"}
{"code": "A-7", "copied": "A-7", "typed": "A-7"}
SEEN

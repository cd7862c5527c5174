#!/usr/bin/env bash
# dlt 1.31.0, its rest_api source: a field of a parent record that is null becomes the text "None" in the path and in the
# query of the child's request, and a boolean becomes "True".
#
# A list of contacts of which one has no owner, followed by one request per owner, asks the API for an owner called
# None. Most APIs answer 404, a search answers with what matches the word, and "archived=True" is not the true that
# an API reads. Nothing is logged, and the pipeline succeeds where the answer is a 200.
#
# What to do: filter such parents out in the parent's processing_steps, and write booleans as texts: "true".
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet dlt==1.31.0
venv/bin/python > seen.txt 2> log.txt <<'PYTHON'
import http.server, json, threading

from dlt.sources.rest_api import rest_api_resources

seen = []


class Api(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen.append(self.path)
        contacts = [{"id": 1, "owner": "u-1"}, {"id": 2, "owner": None}]
        body = json.dumps(contacts if self.path == "/contacts" else {"id": "x"}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
threading.Thread(target=server.serve_forever, daemon=True).start()
owners = {
    "path": "owners/{resources.contacts.owner}",
    "params": {"of": "{resources.contacts.owner}", "archived": True},
}
config = {
    "client": {"base_url": f"http://127.0.0.1:{server.server_port}/", "paginator": "single_page"},
    "resources": [{"name": "contacts", "endpoint": {"path": "contacts"}}, {"name": "owners", "endpoint": owners}],
}
records = [list(resource) for resource in rest_api_resources(config) if resource.name == "owners"][0]
print(*seen, f"{len(records)} owners", sep="\n")
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
/contacts
/owners/u-1?of=u-1&archived=True
/owners/None?of=None&archived=True
2 owners
SEEN

#!/usr/bin/env bash
# uncurl 0.0.11: curl's -b (cookies) is read as --data-binary. A GET with a cookie becomes a POST whose body is the cookie.
#
# A command copied from a browser or an API's documentation that reads a list, turned into a program, writes: to the
# route that creates, with the session as its body, which servers log.
#
# What to do: write the cookie as -H "Cookie: ..." before converting.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet uncurl==0.0.11
venv/bin/python > seen.txt <<'PYTHON'
import uncurl

for command in (
    "curl https://api.example.com/contacts -b 'session=made-up'",
    "curl https://api.example.com/contacts -H 'Cookie: session=made-up'",
):
    call = uncurl.parse_context(command)
    print(call.method, call.url, "body:", call.data, "cookies:", dict(call.cookies))
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
post https://api.example.com/contacts body: session=made-up cookies: {}
get https://api.example.com/contacts body: None cookies: {'session': 'made-up'}
SEEN

#!/usr/bin/env bash
# truto-python-sdk 0.1.6: iterating a list ends at the first page without records, although that page has a next_cursor.
# The records on later pages are lost, without an error.
#
# A provider that filters after paging answers empty pages in the middle of a list; Truto passes their cursor on.
#
# What to do: follow next_cursor by hand until it is null.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --no-deps --ignore-requires-python truto-python-sdk==0.1.6
venv/bin/python > seen.txt <<'PYTHON'
import asyncio, importlib.util, pathlib, sysconfig

path = pathlib.Path(sysconfig.get_paths()["purelib"]) / "truto_python_sdk" / "pagination_result.py"
spec = importlib.util.spec_from_file_location("pagination_result", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

pages = {
    None: {"result": [{"id": 1}], "next_cursor": "2"},
    "2": {"result": [], "next_cursor": "3"},
    "3": {"result": [{"id": 2}, {"id": 3}], "next_cursor": None},
}


class Client:
    async def _get(self, endpoint, params):
        return {**pages[params.get("next_cursor")]}


async def main():
    print([record["id"] for record in await module.PaginationResult(Client(), "unified/crm/contacts", {}).to_array()])


asyncio.run(main())
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
[1]
SEEN

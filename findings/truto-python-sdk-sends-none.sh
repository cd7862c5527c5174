#!/usr/bin/env bash
# truto-python-sdk 0.1.6: None in a query is sent as the text "None", a filter value of its own, not left out.
#
# {"owner_id": None} asks for records whose owner is "None": an empty list, not all records.
#
# What to do: take keys without a value out of the query first.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --no-deps --ignore-requires-python truto-python-sdk==0.1.6
venv/bin/python > seen.txt <<'PYTHON'
import importlib.util, pathlib, sysconfig

path = pathlib.Path(sysconfig.get_paths()["purelib"]) / "truto_python_sdk" / "dict_to_query_string.py"
spec = importlib.util.spec_from_file_location("dict_to_query_string", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(module.dict_to_query_string({"owner_id": None, "limit": 50}))
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
owner_id=None&limit=50
SEEN

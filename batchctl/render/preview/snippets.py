"""The one call that a program would make to run a batch, in the language of the reader.

The token is read from ``TRUTO_API_TOKEN`` when the snippet runs; it is never part of it.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.plain import clean
from batchctl.redaction import MASK, is_secret_name
from batchctl.render.curl import TOKEN_VARIABLE
from batchctl.render.text.literals import is_exact_in_javascript, javascript_literal, json_literal, python_literal
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.redaction import Redactor

# A resource's own key, by its indentation.
_SEVERAL_PARENTS = lazy_regex(r'^( {6})"depends_on": \[', re.MULTILINE)


# The token, in a module for Node.
_NODE_TOKEN = f"""\
const token = process.env.{TOKEN_VARIABLE};
if (!token) throw new Error("{TOKEN_VARIABLE} is not set");

"""


class Batch(Struct, frozen=True):
    """A batch as a snippet sends it: ``payload`` is the body, ``api_url`` the API's URL.

    The payload is written as it is, so mask its secrets before (``masked_payload``). The token is not in it: every
    snippet reads ``TRUTO_API_TOKEN`` when it runs. ``title`` is for the comment above it.
    """

    title: str
    api_url: str
    payload: JsonObject

    @property
    def url(self) -> str:
        """The URL to which the batch is posted."""
        return f"{self.api_url.rstrip('/')}/batch-request"

    @property
    def heading(self) -> str:
        """The title on one line, cut to 120 characters, without anything that would end a comment."""
        return clean(self.title, 120)


def masked_payload(payload: JsonObject, redactor: Redactor) -> tuple[JsonObject, bool]:
    """The body of a batch with its secrets masked, and whether there were any; placeholders are left."""
    masked = {name: _masked(value, redactor, secret=is_secret_name(name)) for name, value in payload.items()}
    return masked, masked != payload


def _masked(value: JsonValue, redactor: Redactor, *, secret: bool) -> JsonValue:
    if isinstance(value, dict):
        return {
            redactor.text(name): _masked(item, redactor, secret=secret or is_secret_name(name))
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_masked(item, redactor, secret=secret) for item in value]
    if isinstance(value, str) and (not secret or "{{" in value):
        return redactor.text(value)
    return MASK if secret and value is not None and not isinstance(value, bool) else value


def curl(batch: Batch) -> str:
    """A shell command that sends the batch with curl; the body is read from standard input, not parsed by the shell.

    The token is read from ``TRUTO_API_TOKEN``.
    """
    return (
        f"# {batch.heading}\n"
        f"curl --silent --show-error --fail-with-body {shlex.quote(batch.url)} \\\n"
        f'  --header "Authorization: Bearer ${{{TOKEN_VARIABLE}:?}}" \\\n'
        f"  --header 'Content-Type: application/json' \\\n"
        f"  --data-binary @- <<'JSON'\n"
        f"{json_literal(batch.payload)}\n"
        f"JSON\n"
    )


def javascript(batch: Batch) -> str:
    """A JavaScript module that sends the batch, for Node 18 or later and without packages.

    The token is read from ``TRUTO_API_TOKEN``.
    """
    exact = is_exact_in_javascript(batch.payload)
    batch_text = (
        f"const body = JSON.stringify({javascript_literal(batch.payload)});"
        if exact
        else "// Text, since its numbers are larger than JavaScript can hold.\n"
        f"const body = {json_literal(json_literal(batch.payload))};"
    )
    return (
        f"// {batch.heading}\n"
        f"// Save it as batch.mjs; run it with Node 18 or later and {TOKEN_VARIABLE} in the environment.\n"
        f"{batch_text}\n\n"
        f"{_NODE_TOKEN}"
        f"const response = await fetch({json_literal(batch.url)}, {{\n"
        f'  method: "POST",\n'
        f"  headers: {{\n"
        f"    Authorization: `Bearer ${{token}}`,\n"
        f'    "Content-Type": "application/json",\n'
        f"  }},\n"
        f"  body,\n"
        f"}});\n"
        f"const answer = await response.json();\n"
        f"if (!response.ok) throw new Error(`${{response.status}} ${{answer.message}}`);\n"
        f"console.log(JSON.stringify(answer, null, 2));\n"
    )


def typescript_sdk(batch: Batch) -> str:
    """A TypeScript module that sends the batch with ``@truto/truto-ts-sdk``.

    It has no type annotations, so that it is JavaScript, too. The token is read from ``TRUTO_API_TOKEN``.
    """
    note = "" if is_exact_in_javascript(batch.payload) else "// Its largest numbers lose digits in JavaScript.\n"
    payload = _SEVERAL_PARENTS.sub(
        r"\1// @ts-ignore: the package's type knows one parent only\n\g<0>", javascript_literal(batch.payload)
    )
    return (
        f"// {batch.heading}\n"
        f"// npm install @truto/truto-ts-sdk\n"
        f"{note}"
        f'import TrutoApi from "@truto/truto-ts-sdk";\n\n'
        f"{_NODE_TOKEN}"
        f"const truto = new TrutoApi({{ token, baseUrl: {json_literal(batch.api_url.rstrip('/'))} }});\n"
        f"const answer = await truto.batchRequest.create({payload});\n"
        f"console.log(JSON.stringify(answer, null, 2));\n"
    )


def python(batch: Batch) -> str:
    """A Python script that sends the batch with ``requests``.

    The token is read from ``TRUTO_API_TOKEN``.
    """
    return (
        f"# {batch.heading}\n"
        f"# pip install requests\n"
        f"import json\n"
        f"import os\n\n"
        f"import requests\n\n"
        f"batch = {python_literal(batch.payload)}\n\n"
        f"response = requests.post(\n"
        f"    {python_literal(batch.url)},\n"
        f'    headers={{"Authorization": "Bearer " + os.environ["{TOKEN_VARIABLE}"]}},\n'
        f"    json=batch,\n"
        f"    timeout=300,\n"
        f")\n"
        f"response.raise_for_status()\n"
        f"print(json.dumps(response.json(), indent=2))\n"
    )


def python_sdk(batch: Batch) -> str:
    """A Python script that sends the batch with ``truto_python_sdk``, which needs Python 3.12.

    The token is read from ``TRUTO_API_TOKEN``.
    """
    return (
        f"# {batch.heading}\n"
        f"# pip install truto-python-sdk\n"
        f"import asyncio\n"
        f"import json\n"
        f"import os\n\n"
        f"from truto_python_sdk import TrutoApi\n\n"
        f"batch = {python_literal(batch.payload)}\n\n\n"
        f"async def main():\n"
        f'    truto = TrutoApi(token=os.environ["{TOKEN_VARIABLE}"], '
        f"base_url={python_literal(batch.api_url.rstrip('/'))})\n"
        f"    answer = await truto.batch_requests.create(batch)\n"
        f"    print(json.dumps(answer, indent=2))\n\n\n"
        f"asyncio.run(main())\n"
    )


SNIPPETS: Mapping[str, Callable[[Batch], str]] = {
    "curl": curl,
    "javascript": javascript,
    "python": python,
    "typescript-sdk": typescript_sdk,
    "python-sdk": python_sdk,
}

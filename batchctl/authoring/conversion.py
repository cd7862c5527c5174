"""What somebody has → the data of a definition that sends the same."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from batchctl.authoring.curl import is_curl, read_curl
from batchctl.authoring.http_requests import HttpRequest, is_http, read_http
from batchctl.authoring.shell_words import BEGIN, END
from batchctl.definition.loading import read
from batchctl.definition.usable import require_usable
from batchctl.diagnostics.kinds import NOT_IGNORABLE
from batchctl.errors import UsageError
from batchctl.json_types import NotJson, finite_number, refuse_constant
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct, field
from batchctl.truto.query_string import query_pairs
from batchctl.yaml12.decimals import in_json
from batchctl.yaml12.problem_log import shortened
from batchctl.yaml12.reader import load_plain
from batchctl.yaml12.tree_builder import MAX_DEPTH

if TYPE_CHECKING:
    from batchctl.definition.including import ReadFile
    from batchctl.json_types import JsonObject, JsonValue

_ACCOUNT_VARIABLE = "TRUTO_ACCOUNT_ID"
_ACCOUNT = f"{BEGIN}{_ACCOUNT_VARIABLE}{END}"
_NAME = lazy_regex(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_METHODS = {
    "GET": ("list", "get"),
    "POST": ("create", ""),
    "PATCH": ("update", "update"),
    "DELETE": ("delete", "delete"),
}


class Draft(Struct):
    """The data of a new definition that was converted from something else, and what is to be said about it.

    ``notes`` has a sentence for each thing that could not be converted exactly; ``variables`` are the names of
    environment variables, which are in the data's texts between ``shell_words.BEGIN`` and ``END``.
    """

    data: JsonObject
    notes: list[str] = field(default_factory=list)
    # What stands between BEGIN and END in texts, and is a variable; any ${…} is text and has to stay so.
    variables: set[str] = field(default_factory=set)


def convert(text: str, *, file: str = "the input", read_file: ReadFile | None = None) -> Draft:
    """A definition made of a text: a curl command, ``.http`` requests, or a definition in JSON or YAML.

    Calls of the unified and proxy API become requests of one batch. ``file`` is the text's name in messages;
    ``read_file`` takes the path of a file that it includes and returns its bytes, so that it becomes a part of the
    result; with None a definition that includes files raises ``UsageError``, as does any other text.
    """
    if is_curl(text):
        draft = _of_requests(read_curl(text))
        draft.variables |= _variables(draft.data)
        if names := sorted({name.partition(":-")[0] for name in draft.variables} - {_ACCOUNT_VARIABLE}):
            draft.notes.append(f"Variables of the shell are variables of the definition: {', '.join(names)}.")
        return draft
    if is_http(text):
        return _of_requests(read_http(text))
    notes: list[str] = []
    data = _plain(text, notes)
    if not isinstance(data, dict) or not (isinstance(data.get("resources"), list) or "include" in data):
        raise UsageError(
            "the input is neither a definition nor a request", hint="give a curl command, a .http file or a JSON body"
        )
    if "include" in data:
        draft = _of_data(_with_included(text, file, read_file), notes)
        draft.notes.append("What the definition included is written out here.")
        return draft
    return _of_data(data, notes)


def _variables(value: JsonValue) -> set[str]:
    """The variables of the shell in all texts."""
    if isinstance(value, str):
        return set(re.findall(f"{BEGIN}([^{BEGIN}{END}]*){END}", value))
    if isinstance(value, dict):
        return set().union(*(_variables(key) | _variables(item) for key, item in value.items()))
    return set().union(*map(_variables, value)) if isinstance(value, list) else set()


def _with_included(text: str, file: str, read_file: ReadFile | None) -> JsonObject:
    source = (loaded := read(text, file=file, read_file=read_file)).source
    wrong = next((each for each in map(source.localised, loaded.diagnostics) if each.rule in NOT_IGNORABLE), None)
    if wrong is not None:
        raise UsageError.about(wrong, file)
    return source.data if isinstance(source.data, dict) else {}


def _plain(text: str, notes: list[str]) -> JsonValue:
    """JSON may hold characters that YAML does not know, so it is read as JSON first."""
    try:
        return _json(text, notes)
    except (ValueError, RecursionError):
        notes.clear()
        return load_plain(text, "the input")


def _json(text: str, notes: list[str]) -> JsonValue:
    """A pasted JSON text; ``notes`` gets what a reader of it keeps otherwise than it is written.

    Raises ``ValueError`` for what is no JSON.
    """

    def with_last(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
        found = dict(pairs)
        if len(found) < len(pairs):
            times = Counter(key for key, _ in pairs)
            notes.extend(
                f"The key {json.dumps(shortened(key))} appears {'twice' if times[key] == 2 else 'several times'} in "
                "one object: the last one is kept, as JavaScript would."
                for key in found
                if times[key] > 1
            )
        return found

    value: JsonValue = json.loads(
        text, parse_constant=refuse_constant, parse_float=_finite, object_pairs_hook=with_last
    )
    require_usable(value, "the input")
    notes.extend(
        f"The number {shortened(each.written)} is written as {each.value!r}, as it is sent: quote it if it is text."
        for each in in_json(text, value)
    )
    return value


def _of_data(data: JsonObject, notes: list[str]) -> Draft:
    if "${" in json.dumps(data):
        notes.append("Texts with ${…} are kept as text, as $${…}: remove a $ where a variable is meant.")
    return Draft(data, notes)


def _of_requests(requests: list[HttpRequest]) -> Draft:
    whole = [each for each in requests if each.url.partition("?")[0].rstrip("/").endswith("/batch-request")]
    if whole:
        if len(requests) > 1:
            raise UsageError("there are several requests, and one is a batch", hint="convert one after the other")
        notes = [_TOKEN]
        body = _body(whole[0], notes)
        if not isinstance(body, dict):
            raise UsageError("the request has no JSON object as its body")
        return _of_data(body, notes)
    draft = Draft({"integrated_account_id": _ACCOUNT, "resources": []}, [_TOKEN])
    accounts: set[str] = set()
    resources: list[JsonValue] = []
    for request in requests:
        resource, account = _resource(request, draft)
        resources.append(resource)
        accounts |= {account} if account else set()
    if len(accounts) > 1:
        raise UsageError("the requests are for several accounts", hint="a batch is for one: convert them one by one")
    if not accounts:
        draft.variables.add(_ACCOUNT_VARIABLE)
    draft.data = {"integrated_account_id": next(iter(accounts), _ACCOUNT), "resources": _named(resources)}
    if len(resources) > 1:
        draft.notes.append("The requests have no order: give depends_on where one has to wait for another.")
    if not accounts:
        draft.notes.append("The request named no account: give it with TRUTO_ACCOUNT_ID or --account.")
    return draft


_TOKEN = "Headers are left out; the token comes from batchctl login or TRUTO_API_TOKEN."  # noqa: S105 - no password


_LISTS_NOTE = "Lists in the query are sent as Truto documents them: ids[]=a&ids[]=b."


def _is_spelled_otherwise(query: JsonObject, written: str) -> bool:
    """Whether a list of ``query`` is sent under other names than are ``written``: ``ids[]`` for ``ids``."""
    names = {name for name, _ in parse_qsl(written, keep_blank_values=True)}
    return any("[]" in name and name not in names for name, _ in query_pairs(query))


def _resource(request: HttpRequest, draft: Draft) -> tuple[JsonObject, str | None]:
    try:
        parts = urlsplit(request.url)
    except ValueError as error:
        raise UsageError("the request has no valid URL") from error
    steps = [unquote(step) for step in parts.path.strip("/").split("/")]
    api = next((number for number, step in enumerate(steps) if step in ("unified", "proxy")), None)
    size = {"unified": 2, "proxy": 1}[steps[api]] if api is not None else 0
    names = steps[api + 1 :] if api is not None else []
    if request.method not in _METHODS or not size <= len(names) <= size + 1 or not size:
        raise UsageError(
            f"{request.method} {parts.path or '/'} is no call that a batch can make",
            hint="it takes /batch-request, /unified/model/resource, /proxy/resource; GET, POST, PATCH, DELETE",
        )
    extra = names[size] if len(names) > size else None
    method = _METHODS[request.method][extra is not None] or str(extra)
    resource: JsonObject = {"resource": "/".join(names[:size]), "method": method}
    if extra is not None and method != extra:
        resource["id"] = extra
    query = _query(parts.query)
    account = query.pop("integrated_account_id", None)
    if query:
        resource["query"] = query
        if _LISTS_NOTE not in draft.notes and _is_spelled_otherwise(query, parts.query):
            draft.notes.append(_LISTS_NOTE)
    if request.body is not None:
        resource["body"] = _body(request, draft.notes)
    if steps[api or 0] == "proxy":
        resource["persist"] = True
    return resource, account if isinstance(account, str) and account else None


def _named(resources: list[JsonValue]) -> list[JsonValue]:
    """Resources that are asked for twice get names."""
    seen: dict[str, int] = {}
    named: list[JsonValue] = []
    for resource in resources:
        if isinstance(resource, dict):
            key = str(resource["resource"])
            seen[key] = seen.get(key, 0) + 1
            named.append(
                resource if seen[key] == 1 else {"name": f"{key.rsplit('/', maxsplit=1)[-1]}-{seen[key]}", **resource}
            )
    return named


def _body(request: HttpRequest, notes: list[str]) -> JsonValue:
    try:
        return _json(request.body or "null", notes)
    except (ValueError, RecursionError) as error:
        raise UsageError("the body of the request is not JSON", hint=_body_hint(request.body or "")) from error


def _body_hint(body: str) -> str | None:
    if BEGIN in body:
        return "put its values in the places of the shell's variables"
    return "a batch sends JSON, not a form: write it as an object" if re.match(r"[\w.%\[\]-]+=", body) else None


def _finite(text: str) -> float:
    """A number that is none of JSON's once it is read (``1e400``) can't be sent again."""
    try:
        return finite_number(text)
    except NotJson:
        raise UsageError(f"the number {text[:40]} is too large to be sent") from None


def _query(text: str) -> JsonObject:
    """``a[b]=1&c[]=2`` → ``{"a": {"b": "1"}, "c": ["2"]}``."""
    query: JsonObject = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found = _NAME.fullmatch(name)
        steps = [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])] if found else [name]
        if len(steps) > MAX_DEPTH:
            raise UsageError(f"the query is nested deeper than {MAX_DEPTH} levels")
        _put(query, steps, value)
    return _lists(query)


def _put(query: JsonObject, steps: list[str], value: str) -> None:
    first, rest = steps[0], steps[1:]
    before = query.get(first)
    if before is not None and isinstance(before, dict) != bool(rest):
        raise UsageError(f'the query gives "{first}" as a value and as a list or an object')
    if not rest:
        if isinstance(before, list):
            before.append(value)
        elif before is not None:
            query[first] = [before, value]
        else:
            query[first] = value
        return
    inner = before if isinstance(before, dict) else {}
    query[first] = inner
    if rest == [""]:
        rest = [str(len(inner))]
    _put(inner, rest, value)


def _lists(query: JsonObject) -> JsonObject:
    return {name: _list(value) for name, value in query.items()}


def _list(value: JsonValue) -> JsonValue:
    """An object whose keys count from 0 was a list."""
    if not isinstance(value, dict):
        return value
    inner = _lists(value)
    return list(inner.values()) if inner and list(inner) == [str(number) for number in range(len(inner))] else inner

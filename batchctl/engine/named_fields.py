"""Which field of a request a refusal is about: the one that the provider names in its answer, where there is one.

Providers name it under one of a few keys: ``param`` (Stripe), ``source.pointer`` (JSON:API), ``fields`` (Salesforce),
``field`` (GitHub, Google), ``propertyName`` (HubSpot), ``invalid-params[].name`` (RFC 9457); Truto itself says in
``truto_error_insight`` what was missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.json_types import NotJson, read_json
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Request
    from batchctl.json_types import DataPath, JsonValue

_NAMING = frozenset({"param", "parameter", "pointer", "field", "fields", "propertyname", "property", "attribute"})
_LISTS_OF_NAMES = frozenset({"invalid-params", "invalid_params"})
_MISSING = {"missing_required_query_parameters": "query", "missing_required_body_fields": "body"}
_MESSAGES = ("message", "msg", "detail", "title", "error_description")
_QUOTED = lazy_regex(r"""["'`]([\w.\-\[\]]{1,100})["'`]""")
_STEPS = lazy_regex(r"[^./\[\]]+")
# Of an answer so much is looked at; what says which field it is about is not deeper.
_MAX_DEPTH = 8
_MAX_VALUES = 2000


def named_field(body: JsonValue, request: Request) -> DataPath | None:
    """The field of ``request`` that a refusal is about, as a path into it such as ``("query", "owner")``.

    ``body`` is the body of the answer, in which providers name the field under keys such as ``param`` or ``pointer``,
    or in quotes in the message. None where it names none or several.
    """
    values = list(_values(body))
    written = list(_written(request))
    for names in (_named(values), _quoted(values)):
        found = {path for name in names for path in _places(name, written)}
        if len(found) == 1:
            return found.pop()
    missing = {part for key, _ in values if (part := _MISSING.get(key)) and getattr(request, part) is not None}
    return (missing.pop(),) if len(missing) == 1 else None


def _values(body: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Every value with its key; in a text that is JSON too."""
    stack = [("", body, 0)]
    seen = 0
    while stack and seen < _MAX_VALUES:
        key, value, depth = stack.pop()
        seen += 1
        yield key, value
        if isinstance(value, str) and key == "raw_response" and value.lstrip()[:1] in ("{", "["):
            try:
                value = read_json(value)
            except NotJson:
                continue
        if depth < _MAX_DEPTH and isinstance(value, dict):
            stack += [(name, each, depth + 1) for name, each in value.items()]
        elif depth < _MAX_DEPTH and isinstance(value, list):
            stack += [(key, each, depth + 1) for each in value]


def _named(values: list[tuple[str, JsonValue]]) -> Iterator[str]:
    for key, value in values:
        if key.lower() in _NAMING and isinstance(value, str):
            yield value
        elif key.lower() in _LISTS_OF_NAMES and isinstance(value, dict) and isinstance(value.get("name"), str):
            yield str(value["name"])


def _quoted(values: list[tuple[str, JsonValue]]) -> Iterator[str]:
    for key, value in values:
        if key in _MESSAGES and isinstance(value, str):
            yield from _QUOTED.findall(value[:2000])


def _places(name: str, written: list[DataPath]) -> Iterator[DataPath]:
    """The fields whose last steps are those of ``name``: ``/data/attributes/title`` is ``body.title`` at the least."""
    steps = _STEPS.findall(name)
    last = [path for path in written if steps and str(path[-1]) == steps[-1]]
    exact = [path for path in last if [str(step) for step in path[-len(steps) :]] == steps]
    yield from exact or last


def _written(request: Request) -> Iterator[DataPath]:
    """The path of every key that the request sends."""
    for part in ("query", "body"):
        yield from _below(getattr(request, part), (part,))
    if request.id is not None:
        yield ("id",)


def _below(value: JsonValue, path: DataPath) -> Iterator[DataPath]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in entries:
        yield (*path, name)
        yield from _below(each, (*path, name))

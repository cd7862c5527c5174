"""The requests of a preview as fields that can be compared, from a live preview or from saved JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from batchctl.json_types import NotJson, read_json
from batchctl.plan.remarks import field_name
from batchctl.structs import Struct
from batchctl.truto.calls import call_path
from batchctl.truto.query_string import encode_keeping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from batchctl.json_types import DataPath, JsonObject, JsonValue
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.preview import Preview, PreviewedResource
    from batchctl.truto.calls import Call

# Of a resource itself, what a reader wants to know when it changes.
_TRAITS = ("kind", "resource", "expression", "depends_on", "run_if", "recurse")


class Flat(Struct, frozen=True):
    """A request as texts by the names of its fields (``method``, ``path``, ``query.limit``), to be compared.

    Values in ``query`` and ``body`` are JSON text (``"50"`` with its quotes). ``exact`` has the true values, ``shown``
    the same with secrets masked. ``bindings`` is JSON of the record or element that the request is repeated for: ``{}``
    for one that is not repeated.
    """

    exact: Mapping[str, str]
    shown: Mapping[str, str]
    bindings: str = ""

    @property
    def line(self) -> str:
        """The method and path of the request: ``GET /unified/crm/contacts``."""
        return f"{self.shown['method']} {self.shown['path']}"


class Side(Struct, frozen=True):
    """One of the two previews of a comparison: the ``requests`` of each resource, by its key.

    ``traits`` has fields of each resource itself, such as ``depends_on``: by the resource's key, texts by the field's
    name.
    """

    traits: Mapping[str, Mapping[str, str]]
    requests: Mapping[str, Sequence[Flat]]


class Masking(Protocol):
    """Masks secrets in the requests of a preview before they are shown; ``live_side`` takes and calls one."""

    def text(self, text: str) -> str:
        """``text`` with its secrets masked."""

    def call(self, request: Expanded) -> Call:
        """The call of ``request`` with its secrets masked."""


def live_side(preview: Preview, masking: Masking, data_of: Callable[[PreviewedResource], JsonObject]) -> Side:
    """The requests of ``preview`` as one side of a comparison.

    ``data_of`` returns a resource as the JSON of a dry run has it, so that it compares with a saved one. ``masking``
    masks secrets in what is shown.
    """
    requests = {}
    for resource in preview.resources:
        key, node = resource.step.node.key, resource.step.node
        flats = []
        for request in resource.requests():
            strings = {name: getattr(node, name) for name in request.expressions}
            masked = {name: masking.text(text) for name, text in strings.items()}
            encode = encode_keeping(reference.text for reference in request.unresolved)
            exact = _of_call(request.call, strings, encode)
            shown = _of_call(masking.call(request), masked, encode)
            flats.append(Flat(exact, shown, json.dumps(dict(request.bindings), sort_keys=True)))
        requests[key] = flats
    datas = {resource.step.node.key: data_of(resource) for resource in preview.resources}
    return Side({key: _traits(data) for key, data in datas.items()}, requests)


def saved_dry_run(data: bytes) -> JsonObject | None:
    """The JSON of a dry run in ``data``, the bytes of a file; None for anything else, such as a definition."""
    try:
        value = read_json(data)
    except NotJson:
        return None
    return value if isinstance(value, dict) and "waves" in value and "format_version" in value else None


def saved_side(saved: JsonObject) -> Side:
    """The requests in ``saved``, the JSON of a dry run, as one side of a comparison.

    Raises ``ValueError`` for JSON of another form.
    """
    traits, requests = {}, {}
    try:
        for data in saved["resources"]:  # type: ignore[union-attr]  # another shape is the error below
            traits[data["name"]] = _traits(data)  # type: ignore[index,call-overload,arg-type]  # as above
            requests[data["name"]] = [_saved_request(each) for each in data["requests"]]  # type: ignore[index,call-overload,union-attr,arg-type]  # as above
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not the JSON of a dry run") from error
    return Side(traits, requests)  # type: ignore[arg-type]  # as above


def without_secrets(side: Side) -> Side:
    """A copy of ``side`` in which secrets are masked, to compare it with a saved side, which has no secrets."""
    requests = {
        key: [Flat(each.shown, each.shown, each.bindings) for each in flats] for key, flats in side.requests.items()
    }
    return Side(side.traits, requests)


def _traits(data: JsonObject) -> Mapping[str, str]:
    return {name: _words(data[name]) for name in _TRAITS if name in data}


def _of_call(call: Call, strings: Mapping[str, str], encode: Callable[[str], str]) -> Mapping[str, str]:
    path = call_path(call.resource, call.method, call.id, encode)
    return _flat(call.http_method, path, strings.get("query", call.query), strings.get("body", call.body))


def _saved_request(data: JsonObject) -> Flat:
    fields = _flat(str(data["method"]), str(data["path"]), data["query"], data["body"])
    return Flat(fields, fields, json.dumps(data.get("bindings", {}), sort_keys=True))


def _flat(method: str, path: str, query: JsonValue, body: JsonValue) -> Mapping[str, str]:
    flat = {"method": method, "path": path}
    for section, value in (("query", query), ("body", body)):
        flat.update((field_name(place), _words(leaf)) for place, leaf in _leaves((section,), value))
    return flat


def _leaves(path: DataPath, value: JsonValue) -> Iterator[tuple[DataPath, JsonValue]]:
    entries: Iterable[tuple[str | int, JsonValue]]
    if isinstance(value, dict) and value:
        entries = value.items()
    elif isinstance(value, list) and value:
        entries = enumerate(value)
    else:
        if len(path) > 1 or value not in (None, {}):
            yield path, value
        return
    for key, item in entries:
        yield from _leaves((*path, key), item)


def _words(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)

"""What differs between the requests of two previews: added, removed, or altered in some fields."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchctl.plan.remarks import field_name
from batchctl.truto.calls import call_path
from batchctl.truto.query_string import encode_keeping

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from batchctl.json_types import DataPath, JsonObject, JsonValue
    from batchctl.plan.preview import Preview
    from batchctl.render.preview.data import Shown
    from batchctl.truto.calls import Call

# Of a resource itself, what a reader wants to know when it changes.
_TRAITS = ("kind", "resource", "expression", "depends_on", "run_if", "recurse")


@dataclass(frozen=True, slots=True)
class Flat:
    """A request as fields: ``exact`` is compared, ``shown`` (the same without secrets) is for the reader."""

    exact: Mapping[str, str]
    shown: Mapping[str, str]
    bindings: str = ""

    @property
    def line(self) -> str:
        """``GET /unified/crm/contacts``."""
        return f"{self.shown['method']} {self.shown['path']}"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: for each resource its traits and its requests."""

    traits: Mapping[str, Mapping[str, str]]
    requests: Mapping[str, Sequence[Flat]]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs; None where it is missing. ``hidden`` says that it is a secret."""

    name: str
    before: str | None
    after: str | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Altered:
    """A request that is on both sides, with other fields."""

    before: Flat
    after: Flat
    fields: tuple[FieldChange, ...]


@dataclass(slots=True)
class ResourceChange:
    """All that differs in one resource. ``state`` is ``added``, ``removed`` or ``altered``."""

    key: str
    state: str
    traits: tuple[FieldChange, ...] = ()
    added: list[Flat] = field(default_factory=list)
    removed: list[Flat] = field(default_factory=list)
    altered: list[Altered] = field(default_factory=list)
    same: int = 0

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return bool(self.state != "altered" or self.traits or self.added or self.removed or self.altered)


def live_side(preview: Preview, view: Shown, resource_data: Callable[..., JsonObject]) -> Side:
    """The side of a preview that is at hand."""
    requests = {}
    for resource in preview.resources:
        key, node = resource.step.node.key, resource.step.node
        flats = []
        for request in resource.requests():
            strings = {name: getattr(node, name) for name in request.expressions}
            masked = {name: view.redactor.text(text) for name, text in strings.items()}
            encode = encode_keeping(reference.text for reference in request.unresolved)
            exact = _of_call(request.call, strings, encode)
            shown = _of_call(view.call(request), masked, encode)
            flats.append(Flat(exact, shown, json.dumps(dict(request.bindings), sort_keys=True)))
        requests[key] = flats
    datas = {resource.step.node.key: resource_data(resource, view) for resource in preview.resources}
    return Side({key: _traits(data) for key, data in datas.items()}, requests)


def saved_side(saved: JsonObject) -> Side:
    """The side of a JSON that dry-run has written; raises ``ValueError`` for another shape."""
    traits, requests = {}, {}
    try:
        for data in saved["resources"]:  # type: ignore[union-attr]  # another shape is the error below
            traits[data["name"]] = _traits(data)  # type: ignore[index,call-overload,arg-type]  # as above
            requests[data["name"]] = [_saved_request(each) for each in data["requests"]]  # type: ignore[index,call-overload,union-attr,arg-type]  # as above
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not the JSON of a dry run") from error
    return Side(traits, requests)  # type: ignore[arg-type]  # as above


def without_secrets(side: Side) -> Side:
    """The side as it is shown, to be compared with a saved one, which holds no secrets either."""
    requests = {
        key: [Flat(each.shown, each.shown, each.bindings) for each in flats] for key, flats in side.requests.items()
    }
    return Side(side.traits, requests)


def compare(before: Side, after: Side) -> list[ResourceChange]:
    """What changes from one side to the other, by resource, in the order of the file."""
    changes = [_compared(key, before, after) for key in after.requests]
    gone = [key for key in before.requests if key not in after.requests]
    changes += [ResourceChange(key, "removed", removed=list(before.requests[key])) for key in gone]
    return changes


def _compared(key: str, before: Side, after: Side) -> ResourceChange:
    if key not in before.requests:
        return ResourceChange(key, "added", added=list(after.requests[key]))
    change = ResourceChange(key, "altered", _differing(before.traits[key], after.traits[key]))
    old, new = _without_equals(before.requests[key], after.requests[key])
    change.same = len(after.requests[key]) - len(new)
    for pairing in (lambda flat: flat.line, lambda flat: flat.bindings or None, _only(old, new)):
        old, new = _pair(change, old, new, pairing)
    change.removed, change.added = old, new
    return change


def _without_equals(old: Sequence[Flat], new: Sequence[Flat]) -> tuple[list[Flat], list[Flat]]:
    """Both without the requests that the other has, too; a request that is there twice counts twice."""
    both = Counter(map(_identity, old)) & Counter(map(_identity, new))
    return _left(old, both.copy()), _left(new, both.copy())


def _left(flats: Sequence[Flat], taken: Counter[Hashable]) -> list[Flat]:
    left = []
    for flat in flats:
        identity = _identity(flat)
        if taken[identity]:
            taken[identity] -= 1
        else:
            left.append(flat)
    return left


def _identity(flat: Flat) -> Hashable:
    return tuple(sorted(flat.exact.items()))


def _only(old: Sequence[Flat], new: Sequence[Flat]) -> Callable[[Flat], Hashable]:
    """Two that are alone are one request that changed."""
    alone = len(old) == len(new) == 1
    return lambda _flat: "the only one" if alone else None


def _pair(
    change: ResourceChange, old: list[Flat], new: list[Flat], mark: Callable[[Flat], Hashable]
) -> tuple[list[Flat], list[Flat]]:
    """Take out those that have the same mark, in order, as altered ones; no mark, no pair."""
    waiting: defaultdict[Hashable, list[Flat]] = defaultdict(list)
    for flat in reversed(old):
        waiting[mark(flat)].append(flat)
    added = []
    for flat in new:
        there = waiting[mark(flat)] if mark(flat) is not None else []
        if there:
            before = there.pop()
            change.altered.append(Altered(before, flat, tuple(_field_changes(before, flat))))
        else:
            added.append(flat)
    left = {id(flat) for flats in waiting.values() for flat in flats}
    return [flat for flat in old if id(flat) in left], added


def _field_changes(before: Flat, after: Flat) -> Iterator[FieldChange]:
    for name in dict.fromkeys((*before.exact, *after.exact)):
        if before.exact.get(name) != after.exact.get(name):
            old, new = before.shown.get(name), after.shown.get(name)
            yield FieldChange(name, old, new, hidden=old == new)


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    names = dict.fromkeys((*before, *after))
    return tuple(
        FieldChange(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


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

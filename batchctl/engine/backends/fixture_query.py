"""What the query of a ``list`` asks of fixtures: filters, order, fields to leave out, the size of a page.

The rules are those of Truto's querying page as far as records at hand can follow them; ``docs/fixtures.md`` has them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchctl.diagnostics.spelling import closest
from batchctl.engine.backends.fixture_compare import OPERATORS, operator_test, texts_of
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct, field
from batchctl.template import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchctl.json_types import JsonObject, JsonValue

    Test = Callable[[JsonValue], bool]

PAGE_SIZE = 50
# The query keys that steer the service; ``truto_…`` too.
_STEERING = frozenset({"limit", "next_cursor", "integrated_account_id", "sort_by"})
_COMBINING = frozenset({"or", "and"})
_WHOLE = lazy_regex(r"[0-9]{1,18}", re.ASCII)
_MAX_DEPTH = 20
_BRACKETED = lazy_regex(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_STEP = lazy_regex(r"\[([^\[\]]*)\]")


class BadQuery(Exception):
    """A query that fixtures can't answer; the message says why in one sentence."""


class Wanted(Struct):
    """The filters of one query, in the form in which a table of fixtures applies them: a record has to pass all.

    ``exact`` has for each field the texts of which its value has to equal one. ``tests`` are pairs of a field and a
    function that says whether its value fits, for all other conditions. ``paths`` are the nested keys that the query
    names (``("page", "parent", "id")``), of which each has to be in some record.
    """

    exact: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tests: list[tuple[str, Test]] = field(default_factory=list)
    paths: list[tuple[str, ...]] = field(default_factory=list)


def spelled_out(query: JsonObject) -> JsonObject:
    """Query keys as a URL has them (``n[gt]``, ``id[]``, ``id[0]``) as the nested objects and lists that the API reads.

    Raises ``BadQuery`` for a key that is both a value and an object, and for a list inside a key (``a[][b]``).
    """
    if not any("[" in name for name in query):
        return query
    found: JsonObject = {}
    for name, value in query.items():
        bracketed = _BRACKETED.fullmatch(name)
        steps = [bracketed[1], *_STEP.findall(bracketed[2])] if bracketed else [name]
        if len(steps) > 1 and (steps[-1] == "" or steps[-1].isdecimal()):
            steps.pop()
            value = value if isinstance(value, list) else [value]  # noqa: PLW2901 - its shape is in the name
        if "" in steps[1:]:
            raise BadQuery(f'fixtures can\'t answer the query key "{name[:80]}"')
        _put(found, steps, value, name)
    return found


def _put(owner: JsonObject, steps: Sequence[str], value: JsonValue, name: str) -> None:
    *ahead, last = steps
    for step in ahead:
        inner = owner.setdefault(step, {})
        if not isinstance(inner, dict):
            raise BadQuery(f'the query key "{name[:80]}" gives {steps[0][:80]} two shapes')
        # The caller's query stays as it is.
        owner[step] = owner = dict(inner)
    known = owner.get(last)
    if isinstance(known, list) and isinstance(value, list):
        owner[last] = [*known, *value]
    elif last in owner:
        raise BadQuery(f'the query key "{name[:80]}" gives {steps[0][:80]} two shapes')
    else:
        owner[last] = value


def page_size(query: JsonObject) -> int:
    """How many records a page may have: ``limit`` of ``query``, or 50 where it has none.

    Raises ``BadQuery`` for a limit that is no whole number above 0.
    """
    if "limit" not in query or query["limit"] is None:
        return PAGE_SIZE
    size = whole_number(query["limit"])
    if not size:
        raise BadQuery("limit must be a whole number above 0")
    return size


def whole_number(value: JsonValue) -> int | None:
    """The whole number that ``value`` spells in 1 to 18 ASCII digits; None for any other value."""
    text = to_text(value)
    return int(text) if _WHOLE.fullmatch(text) else None


def read_filters(query: JsonObject, fields: Mapping[str, int], objects: Mapping[str, int]) -> Wanted:
    """The filters in a query: each of its keys that is the name of a field of some record. Other keys are ignored.

    ``fields`` has the number of records with each field, ``objects`` the number in which it is an object. Raises
    ``BadQuery`` for a condition that fixtures can't apply, or that would probably not do what was meant.
    """
    wanted = Wanted()
    for name, value in query.items():
        if name in _STEERING or name.startswith("truto_"):
            continue
        if fields.get(name, 0) <= 0:
            if name in _COMBINING and isinstance(value, dict | list):
                raise BadQuery(f'fixtures can\'t answer the query key "{name}"; filter by fields')
            if isinstance(value, dict):
                _refuse_unknown(name, value, [each for each, count in fields.items() if count > 0])
            continue
        if isinstance(value, dict):
            if not objects.get(name, 0):
                _require_operators(name, value)
            wanted.tests.append((name, _nested((name,), value, wanted.paths)))
        else:
            wanted.exact[name] = _texts(name, value)
    return wanted


def read_order(query: JsonObject, fields: Mapping[str, int]) -> list[tuple[str, bool]]:
    """The fields of ``sort_by`` in ``query``, the most important first, each with whether its order is descending.

    ``sort_by`` is ``{field: "asc" or "desc"}``, one field, or a list of fields (ascending). ``fields`` has the number
    of records with each field. Raises ``BadQuery`` for a field that no record has, and for a direction that is neither
    ``asc`` nor ``desc``.
    """
    asked = query.get("sort_by")
    if asked is None or asked == "":
        return []
    if isinstance(asked, dict):
        pairs = [(name, to_text(way).lower()) for name, way in asked.items()]
    else:
        pairs = [(to_text(name), "asc") for name in (asked if isinstance(asked, list) else [asked])]
    for name, way in pairs:
        if way not in ("asc", "desc"):
            raise BadQuery(f'sort_by[{name}] is "{way[:80]}": write asc or desc')
        if fields and fields.get(name, 0) <= 0:
            raise BadQuery(f'sort_by names "{name[:80]}", which no record has')
    return [(name, way == "desc") for name, way in pairs]


def left_out(query: JsonObject) -> frozenset[str]:
    """The names of the fields that ``truto_exclude_fields`` and ``truto_ignore_remote_data`` in ``query`` leave out.

    The first is a list, or names separated by commas; the second leaves out ``remote_data`` where it is true.
    """
    asked = query.get("truto_exclude_fields")
    names: Sequence[JsonValue] = asked if isinstance(asked, list) else to_text(asked).split(",") if asked else ()
    found = {to_text(name).strip() for name in names}
    if to_text(query.get("truto_ignore_remote_data", "")).lower() in ("true", "1"):
        found.add("remote_data")
    return frozenset(found)


def _texts(name: str, value: JsonValue) -> tuple[str, ...]:
    """The texts that a field may have: one, or any of a list's."""
    values = value if isinstance(value, list) else [value]
    if any(isinstance(item, dict | list) for item in values):
        raise BadQuery(f'the query key "{name}" is a list that holds objects or lists: give it plain values')
    return tuple(dict.fromkeys(map(to_text, values)))


def _refuse_unknown(name: str, asked: JsonObject, fields: Sequence[str]) -> None:
    """Raise ``BadQuery`` for a filter by a field that no record has, which would keep every record.

    It is one if it holds operators, or is nearly called as a field is; anything else may be the provider's own.
    """
    meant = closest(name, tuple(fields))
    operator = next((key for key in asked if key in OPERATORS), None)
    if fields and (meant or operator):
        inside = f"{name[:80]}[{(operator or next(iter(asked), ''))[:80]}]"
        advice = f' (did you mean "{meant}"?)' if meant else ""
        raise BadQuery(f'no record has "{name[:80]}", so that {inside} would keep all of them{advice}')


def _require_operators(name: str, asked: JsonObject) -> None:
    for key in asked:
        if key not in OPERATORS:
            raise BadQuery(
                f'"{name}" is not an object in any record, and "{key[:80]}" in {name}[{key[:80]}] is no operator '
                f"(they are {', '.join(OPERATORS)})"
            )


def _nested(path: tuple[str, ...], asked: JsonObject, paths: list[tuple[str, ...]]) -> Test:
    """A test of a field's value against operators, or against the keys of an object; of a list, any item may fit."""
    if len(path) > _MAX_DEPTH:
        raise BadQuery(f'the query key "{path[0]}" nests too deep')
    if not asked:
        raise BadQuery(f'the query key "{shown(path)}" is an empty object')
    parts: list[tuple[str, Test, Test | None]] = []
    for key, item in asked.items():
        inside = (*path, key)
        operator = _operator(shown(inside), key, item)
        if operator is None:
            paths.append(inside)
        inner = _nested(inside, item, paths) if isinstance(item, dict) else _equal(_texts(shown(inside), item))
        parts.append((key, inner, operator))

    def test(value: JsonValue) -> bool:
        if isinstance(value, list):
            return any(test(item) for item in value)
        return all(_part(value, key, inner, operator) for key, inner, operator in parts)

    return test


def _part(value: JsonValue, key: str, inner: Test, operator: Test | None) -> bool:
    if isinstance(value, dict) and key in value:
        return inner(value[key])
    return operator is not None and operator(value)


def shown(path: tuple[str, ...]) -> str:
    """A parameter as it is written in a URL: ``("page", "parent", "id")`` → ``page[parent][id]``."""
    return path[0] + "".join(f"[{key[:80]}]" for key in path[1:])


def has_path(value: JsonValue, path: tuple[str, ...]) -> bool:
    """Whether ``value`` (a record) has the nested key ``path``, such as ``("page", "parent", "id")``.

    Where a list is on the way, it is enough that one of its items has the rest of the path.
    """
    if not path:
        return True
    if isinstance(value, list):
        return any(has_path(item, path) for item in value)
    return isinstance(value, dict) and path[0] in value and has_path(value[path[0]], path[1:])


def _operator(where: str, key: str, item: JsonValue) -> Test | None:
    if key not in OPERATORS or isinstance(item, dict):
        return None
    if key != "in" and isinstance(item, list):
        raise BadQuery(f"{where} is a list: give it one value, or use in")
    values = item if isinstance(item, list) else to_text(item).split(",") if key == "in" else [item]
    if any(isinstance(each, dict | list) for each in values):
        raise BadQuery(f"{where} holds objects or lists: give it plain values")
    return operator_test(key, [to_text(each) for each in values])


def _equal(texts: tuple[str, ...]) -> Test:
    return lambda value: not texts_of(value).isdisjoint(texts)

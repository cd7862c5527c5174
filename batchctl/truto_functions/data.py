"""Truto's functions on records: empty values, mappings, trees of nodes, numbers."""

from __future__ import annotations

import json
import math
import uuid
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from batchctl.javascript.budget import tick, ticking
from batchctl.javascript.coercion import (
    is_nil,
    is_number,
    items,
    map_key,
    no_property,
    number,
    parse_float,
    text,
    truthy,
)
from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import without_surrogates
from batchctl.javascript.values import UNDEFINED, js_number, number_text
from batchctl.json_types import refuse_constant
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct, field
from batchctl.truto_functions.currencies import digits_of
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.lodash import entries, present, sort_by
from batchctl.truto_functions.lodash_paths import get, own

_OTHER: Final = lazy_regex(r"[^a-z0-9]")
# Nodes that share an id are listed once for each way to them, which can be without end.
_MAX_NODES: Final = 20_000


def first_non_empty(*candidates: object) -> object:
    """``$firstNonEmpty``: the first argument that is neither null nor UNDEFINED; UNDEFINED where all are.

    Empty texts, empty lists, 0 and false count as values.
    """
    return next((candidate for candidate in candidates if not is_nil(candidate)), UNDEFINED)


def remove_empty(value: object) -> object:
    """``$removeEmpty``: ``value`` itself where it is a text or list that is not empty; else UNDEFINED.

    That is UNDEFINED for numbers and booleans, and for an object unless it has a member ``length`` (not 0). Raises
    ``HostError`` for null or UNDEFINED.
    """
    if is_nil(value):
        raise no_property(value, "length")
    return value if truthy(own(value, "length")) else UNDEFINED


def remove_empty_items(array: object) -> object:
    """``$removeEmptyItems``: a new list, ``array`` without null, false, 0, NaN, and empty texts, lists and objects.

    UNDEFINED is left out, too. Lists and objects in it are not looked into. Anything but a list is returned unchanged.
    """
    if not isinstance(array, list):
        return array
    return [item for item in ticking(array) if (len(item) > 0 if isinstance(item, dict | list) else truthy(item))]


def map_values(value: object, mapping: object, lower_case: object, default: object) -> object:
    """``$mapValues``: what the object ``mapping`` has for ``value``, without regard to case; else ``value`` itself.

    Texts and numbers (by their text) are looked up; of a list or object, each item in a copy, at any depth. Other
    values, and those for which ``mapping`` has null, stay. ``lower_case`` true says that the keys of ``mapping`` are in
    lower case already. ``default``, unless null or UNDEFINED, is returned for a ``value`` that is null or UNDEFINED
    itself. A list or text as ``mapping`` has its indexes as keys; anything else maps nothing.
    """
    if is_nil(value) and not is_nil(default):
        return default
    if is_nil(mapping):
        return value
    table = _table(mapping, lower_keys=not truthy(lower_case))
    return _mapped(value, table)


def _table(mapping: object, *, lower_keys: bool) -> dict[str, object]:
    return {key.lower() if lower_keys else key: item for key, item in entries(mapping)}


def _mapped(value: object, table: dict[str, object]) -> object:
    tick()
    if isinstance(value, list):
        return [_mapped(item, table) for item in value]
    if isinstance(value, dict):
        return {key: _mapped(item, table) for key, item in value.items()}
    if isinstance(value, str) or is_number(value):
        found = table.get(text(value).lower())
        return value if found is None else found
    return value


def json_parse(source: object) -> object:
    """``$jsonParse``: the value of the JSON text ``source``; None for text that is no JSON.

    Another value is first made text as by JavaScript's ``String``: a number or boolean returns as it was, null,
    UNDEFINED and an object give None.
    """
    try:
        return without_surrogates(json.loads(text(source), parse_constant=refuse_constant))
    except (HostError, ValueError, RecursionError):
        return None


def to_number(value: object) -> object:
    """``$toNumber``: JavaScript's ``Number(value)``: 0 for null, false and empty text, 1 for true.

    NaN for UNDEFINED and for text that is no number; a date is its milliseconds, a list and any other object is read by
    its text. A whole number below 1e21 is an ``int``.
    """
    return js_number(number(value))


def to_subunit(amount: object, currency: object) -> object:
    """``$convertCurrencyToSubunit``: an amount in a currency's smallest unit, rounded down: 10.5 (USD) → 1050.

    ``amount`` is a number, or a text that begins with one (NaN for another); null and UNDEFINED are returned as they
    are. ``currency`` is an ISO 4217 code in capitals; the amount is unchanged for an unknown one.
    """
    digits = digits_of(currency)
    if is_nil(amount) or digits is None:
        return amount
    exact = parse_float(amount) * 10**digits
    return js_number(exact if not math.isfinite(exact) else math.floor(exact))


def from_subunit(amount: object, currency: object) -> object:
    """``$convertCurrencyFromSubunit``: text of an amount in a currency's smallest unit: 1050 (USD) → ``10.50``.

    ``amount`` is a number, or a text that begins with one (``NaN`` for another); null and UNDEFINED are returned as
    they are. ``currency`` is an ISO 4217 code in capitals; the amount is unchanged (no text) for an unknown one.
    """
    digits = digits_of(currency)
    if is_nil(amount) or digits is None:
        return amount
    return to_fixed(parse_float(amount) / 10**digits, digits)


def to_fixed(value: float, digits: int) -> str:
    """The text of a number with ``digits`` decimals, as JavaScript's ``value.toFixed(digits)``: halves away from zero.

    Infinity, NaN and numbers from 1e21 on are written as JavaScript prints them (``1e+21``).
    """
    if not math.isfinite(value) or abs(value) >= 1e21:
        return number_text(value)
    fixed = format(Decimal(abs(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP), "f")
    return f"-{fixed}" if value < 0 else fixed


def zip_sql_response(columns: object, rows: object, key: object) -> object:
    """``$zipSqlResponse``: each of ``rows``, lists of values, as an object; member ``key`` of a column is its name.

    ``columns`` are objects in the order of a row's values, a column without that member is called ``undefined``;
    ``key`` must be given. A column for which a row has no value is left out, null is kept. A row that is no list has no
    values, unless it is a text or an object with the keys ``0``, ``1``. Raises ``HostError`` where ``columns`` or
    ``rows`` is no list, or null is among them.
    """
    names = []
    for column in items(columns, "columns", "map"):
        if is_nil(column):
            raise no_property(column, text(key))
        names.append(text(own(column, text(key))))
    return [_zipped(names, row) for row in items(rows, "data", "map")]


def _zipped(names: list[str], row: object) -> dict[str, object]:
    if is_nil(row) and names:
        raise no_property(row, "0")
    values = {name: own(row, str(index)) for index, name in enumerate(names)}
    return {name: value for name, value in values.items() if value is not UNDEFINED}


def sort_nodes(array: object, id_key: object, parent_key: object, sequence_key: object) -> object:
    """``$sortNodes``: copies of the objects in the list ``array`` in the order of a tree, each before its children.

    ``id_key`` and ``parent_key`` are the fields with an object's id and that of its parent (``id``, ``parent_id`` if
    UNDEFINED); siblings are sorted by the field or list of fields ``sequence_key`` (``sequence``), null and missing
    ones last. One whose parent is not in the list counts as one without a parent. Objects on a cycle, and the field
    ``children``, are left out. Raises ``HostError`` for what is no list.
    """
    id_key = "id" if id_key is UNDEFINED else id_key
    parent_key = "parent_id" if parent_key is UNDEFINED else parent_key
    keys: list[object] = ["sequence" if sequence_key is UNDEFINED else sequence_key]
    if isinstance(keys[0], list):
        keys = keys[0]
    nodes = items(array, "array", "forEach")
    named = {map_key(get(node, id_key)): _Node(_spread(node)) for node in nodes}
    roots: list[_Node] = []
    for node in nodes:
        parent = get(node, parent_key)
        siblings = named[map_key(parent)].children if truthy(parent) and map_key(parent) in named else roots
        siblings.append(named[map_key(get(node, id_key))])
    return _flattened(roots, keys, len(nodes))


class _Node(Struct):
    record: dict[str, object]
    children: list[_Node] = field(default_factory=list)


def _spread(node: object) -> dict[str, object]:
    return {key: value for key, value in entries(node) if key != "children"}


def _flattened(roots: list[_Node], keys: list[object], most_deep: int) -> list[object]:
    flat: list[object] = []
    pending = [iter(_sorted(roots, keys))]
    while pending:
        node = next(pending[-1], None)
        if node is None:
            pending.pop()
            continue
        flat.append(node.record)
        pending.append(iter(_sorted(node.children, keys)))
        if len(pending) > most_deep + 1 or len(flat) > max(_MAX_NODES, most_deep):
            raise HostError("Maximum call stack size exceeded")
    return flat


def _sorted(nodes: list[_Node], keys: list[object]) -> list[_Node]:
    by_record = {id(node.record): node for node in nodes}
    return [by_record[id(record)] for record in sort_by([node.record for node in nodes], keys, [])]


def dice_coefficient(left: object, right: object) -> object:
    """``$diceCoefficient``: how similar two texts are, from 0 to 1, by the pairs of characters that they share.

    Only the letters a to z, in either case, and digits count. Values that are equal give 1 whatever they are; NaN where
    neither text has anything that counts. Raises ``HostError`` for other values that are no text.
    """
    if left == right and type(left) is type(right):
        return 1
    return js_number(_dice(_normal(left), _normal(right)))


def most_similar(value: object, candidates: object, threshold: object) -> object:
    """``$mostSimilar``: the text among ``candidates``, a list or an object's values, that is most similar to ``value``.

    The first of several; ``value`` itself where none reaches ``threshold`` (0.8 if UNDEFINED), or ``candidates`` is
    neither. How similar two texts are, from 0 to 1, is what ``dice_coefficient`` says. Raises ``HostError`` where
    ``value`` or a candidate is no text.
    """
    limit = 0.8 if threshold is UNDEFINED else number(threshold)
    wanted, best, found = _normal(value), 0.0, ""
    if isinstance(candidates, dict):
        candidates = list(candidates.values())
    for candidate in candidates if isinstance(candidates, list | str) else []:
        likeness = _dice(wanted, _normal(candidate))
        if likeness > best:
            best, found = likeness, text(candidate)
    return found if best >= limit else value


def _normal(value: object) -> str:
    if is_nil(value):
        raise no_property(value, "toLowerCase")
    if not isinstance(value, str):
        raise HostError("value.toLowerCase is not a function")
    return _OTHER.sub("", value.lower())


def _dice(left: str, right: str) -> float:
    pairs, others = _pairs(left), _pairs(right)
    total = len(pairs) + len(others)
    counts: dict[str, int] = {}
    for pair in others:
        tick()
        counts[pair] = counts.get(pair, 0) + 1
    shared = 0
    for pair in pairs:
        tick()
        if counts.get(pair, 0):
            counts[pair] -= 1
            shared += 1
    return 2 * shared / total if total else math.nan


def _pairs(value: str) -> list[str]:
    if len(value) == 1:
        return [value]
    found = []
    for at in range(len(value) - 1):
        tick()
        found.append(value[at : at + 2])
    return found


def new_uuid() -> object:
    """``$uuid``: a random UUID (version 4)."""
    return str(uuid.uuid4())


def wrap(value: object, before: object, after: object) -> object:
    """``$wrap``: the texts ``before``, ``value`` and ``after`` joined; ``before`` again where ``after`` is missing.

    That is where ``after`` is null, UNDEFINED, false, 0 or empty. Null and UNDEFINED are empty; other values become
    text as by JavaScript's ``String``.
    """
    parts = present([before, value, after if truthy(after) else before])
    return "".join("" if part is None else text(part) for part in parts)


FUNCTIONS: Final = {
    "removeEmpty": Hosted(remove_empty, 1, 1),
    "removeEmptyItems": Hosted(remove_empty_items, 1, 1),
    "mapValues": Hosted(map_values, 4, 2),
    "jsonParse": Hosted(json_parse, 1, 1),
    "toNumber": Hosted(to_number, 1, 1, inherits=True),
    "convertCurrencyToSubunit": Hosted(to_subunit, 2, 2, inherits=True),
    "convertCurrencyFromSubunit": Hosted(from_subunit, 2, 2, inherits=True),
    "zipSqlResponse": Hosted(zip_sql_response, 3, 3),
    "sortNodes": Hosted(sort_nodes, 4, 1),
    "diceCoefficient": Hosted(dice_coefficient, 2, 2),
    "mostSimilar": Hosted(most_similar, 3, 2),
    "uuid": Hosted(new_uuid, 0, 0),
    "wrap": Hosted(wrap, 3, 3, inherits=True),
    "firstNonEmpty": Hosted(first_non_empty, 0, 0, variadic=True),
}

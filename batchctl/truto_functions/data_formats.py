"""``$jsonToCsv``: records → CSV as the npm package json2csv writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchctl.javascript.coercion import as_array, as_object, is_nil, is_number, text, truthy
from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import ordered_keys, to_json
from batchctl.javascript.stringify import stringify
from batchctl.javascript.values import UNDEFINED
from batchctl.patterns import lazy_regex
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.lodash_paths import own

if TYPE_CHECKING:
    from collections.abc import Callable

_STEP: Final = lazy_regex(
    r"""[^.\[\]]+|\[(?:([^"'][^\[]*)|(["'])((?:(?!\2)[^\\]|\\.)*?)\2)\]|(?=(?:\.|\[\])(?:\.|\[\]|$))"""
)
Column = tuple[str, "Callable[[object], object]"]


def json_to_csv(rows: object, options: object) -> object:
    """``$jsonToCsv``: CSV of the records ``rows``, a list or a single one, with a header; empty where there are none.

    Texts, and lists and objects as JSON, are in quotes, which are doubled inside; numbers and booleans are bare; null
    and UNDEFINED are empty. Records that are null, false, 0 or empty text are left out, as are those without any value.
    The columns are the keys of all records, in the order in which they first come. ``options`` is an object of
    json2csv's (another value counts as none): ``fields`` (names, or objects with ``label`` and ``value``),
    ``defaultValue``, ``delimiter``, ``eol``, ``header`` (false for none), ``includeEmptyRows`` and ``withBOM``. Raises
    ``HostError`` for records that are no objects, and for other fields.
    """
    given: dict[str, Any] = as_object(options)
    records = [row for row in as_array(rows) if truthy(row)]
    if not records:
        return ""
    columns = _columns(given, records)
    delimiter, end = (text(given[name]) if truthy(given.get(name)) else other for name, other in _MARKS)
    header = delimiter.join(_cell(label) for label, _ in columns) if given.get("header") is not False else ""
    lines = []
    for record in records:
        cells = [_cell(read(record)) for _, read in columns]
        if truthy(given.get("includeEmptyRows")) or any(cells):
            lines.append(delimiter.join(cells))
    body = end.join(line for line in lines if line)
    return ("\ufeff" if truthy(given.get("withBOM")) else "") + header + (end if header and body else "") + body


_MARKS: Final = (("delimiter", ","), ("eol", "\n"))


def _columns(options: dict[str, Any], records: list[object]) -> list[Column]:
    otherwise = options.get("defaultValue", UNDEFINED)
    if truthy(options.get("fields")):
        return [_column(field, otherwise) for field in as_array(options["fields"])]
    if not isinstance(records[0], dict | list):
        raise HostError('Data items should be objects or the "fields" option should be included')
    names: dict[str, None] = {}
    for record in records:
        names |= dict.fromkeys(_keys(record))
    return [(name, _reader(name, otherwise)) for name in names]


def _keys(record: object) -> list[str]:
    if isinstance(record, dict):
        return ordered_keys(list(record))
    return [str(index) for index in range(len(record))] if isinstance(record, list | str) else []


def _column(field: object, otherwise: object) -> Column:
    if isinstance(field, str):
        return field, _reader(field, otherwise)
    if isinstance(field, dict) and isinstance(field.get("value"), str):
        label, path = field.get("label"), field["value"]
        return text(label) if truthy(label) else path, _reader(path, field.get("default", otherwise))
    raise HostError(f"Invalid field info option. {to_json(field)}")


def _reader(path: str, otherwise: object) -> Callable[[object], object]:
    steps = [
        found[3] if found[3] is not None else found[1].strip() if found[1] is not None else found[0]
        for found in _STEP.finditer(path)
    ]

    def read(record: object) -> object:
        if not isinstance(record, dict | list):
            raise HostError(f"Cannot use 'in' operator to search for '{path}' in {text(record)}")
        value = own(record, path)
        if value is not UNDEFINED:
            return value
        value = record
        for step in steps:
            value = own(value, step)
            if value is UNDEFINED:
                return otherwise
        return value

    return read


def _cell(value: object) -> str:
    if is_nil(value) or callable(value):
        return ""
    if isinstance(value, bool) or is_number(value):
        return text(value)
    return _quoted(value if isinstance(value, str) else _unwrapped(stringify(value)))


def _unwrapped(json: str) -> str:
    """A date is a text in JSON: it stands without the quotes of that."""
    return json[1:-1] if len(json) > 2 and json.startswith('"') else json


def _quoted(value: str) -> str:
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


FUNCTIONS: Final = {"jsonToCsv": Hosted(json_to_csv, 2, 2)}

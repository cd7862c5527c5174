"""``$jsonToParquet``: records → the bytes of a Parquet file, by the package pa.

The columns, their types, the codec and the groups of rows are those that @truto/truto-jsonata 3.0.6 gives its writer;
the bytes are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchctl.javascript.budget import check
from batchctl.javascript.coercion import as_array, as_object, is_nil, is_number, text, truthy
from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import ordered_keys, without_surrogates
from batchctl.javascript.objects import SpecialObject
from batchctl.javascript.stringify import stringify
from batchctl.javascript.values import UNDEFINED, number_text
from batchctl.json_types import FileData
from batchctl.truto_functions.binary import BYTES
from batchctl.truto_functions.bytes_text import slice_place
from batchctl.truto_functions.datetime import JS_DATE
from batchctl.truto_functions.host_date import HOST_DATE
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.lodash_paths import get
from batchctl.truto_functions.objects import Method, ObjectKind

if TYPE_CHECKING:
    from collections.abc import Iterator

# The first file has few rows in its first group, so that a reader sees some soon (hyparquet-writer 0.13.0).
_GROUPS: Final = (1000, 100_000)
# The service names any other codec in the file, and compresses nothing: no reader opens such a file.
_CODECS: Final = {"SNAPPY": "snappy", "UNCOMPRESSED": "none"}
_INT_32: Final = 2**31
_INT_64: Final = 2**63


def json_to_parquet(rows: object, options: object) -> bytes:
    """``$jsonToParquet``: a Parquet file with the records ``rows``, a list or a single one, in its bytes.

    Records that are null, false, 0 or empty text are left out. The columns are the keys of all records, in the order in
    which they first come: truth values, whole numbers (32 or 64 bits), numbers, texts, moments, and JSON where a value
    is a list or an object; a column of mixed values is text. ``options`` is an object with ``codec`` (``SNAPPY``, which
    is the default, or ``UNCOMPRESSED``) and ``rowGroupSize``, the rows of a group, or a list with those of the first
    groups; another value counts as none. Raises ``HostError`` where there is no record or no column, for other options,
    for a number beyond 64 bits, and where the extra ``parquet`` is not installed.
    """
    given = as_object(options)
    codec, groups = _codec(given.get("codec", UNDEFINED)), _groups(given.get("rowGroupSize", UNDEFINED))
    records = [row for row in as_array(rows) if truthy(row)]
    if not records:
        raise HostError("$jsonToParquet received no rows to encode; a valid Parquet file requires at least one record")
    names = dict.fromkeys(key for record in records for key in _keys(record))
    if not names:
        raise HostError(
            "$jsonToParquet received rows with no columns; a valid Parquet file requires at least one field"
        )
    columns = {name: [get(record, name) for record in records] for name in names}
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter
    except ImportError:
        raise HostError("$jsonToParquet needs pyarrow: pip install 'batchctl[parquet]'", "not-local") from None
    arrays = [_column(name, values, pa) for name, values in columns.items()]
    table = pa.Table.from_arrays(arrays, names=[str(without_surrogates(name)) for name in names])
    sink = pa.BufferOutputStream()
    with ParquetWriter(sink, table.schema, compression=codec, store_schema=False) as writer:
        start = 0
        for size in _sizes(groups):
            writer.write_table(table.slice(start, size), row_group_size=size)
            start += size
            if start >= len(records):
                break
    made: bytes = sink.getvalue().to_pybytes()
    return made


def _codec(given: object) -> str:
    name = "SNAPPY" if given is UNDEFINED else text(given)
    if name not in _CODECS:
        raise HostError(
            f"$jsonToParquet can't use the codec {name[:40]}: on the service no reader opens such a file; "
            "SNAPPY and UNCOMPRESSED work"
        )
    return _CODECS[name]


def _groups(given: object) -> tuple[int, ...]:
    if given is UNDEFINED:
        return _GROUPS
    sizes = given if isinstance(given, list) else [given]
    if not sizes or not all(is_number(size) and size >= 1 and float(size).is_integer() for size in sizes):
        raise HostError("rowGroupSize is a whole number from 1 on, or a list of such")
    return tuple(map(int, sizes))


def _sizes(groups: tuple[int, ...]) -> Iterator[int]:
    """How many rows each group has, without end: the last size counts for all that follow."""
    yield from groups
    while True:
        yield groups[-1]


def _keys(record: object) -> list[str]:
    if isinstance(record, dict):
        return ordered_keys(list(record))
    return [str(at) for at in range(len(record))] if isinstance(record, list | str) else []


def _column(name: str, values: list[object], pa: Any) -> Any:
    """A column of the one type that all ``values`` have, of JSON where one is a list or an object, else of text.

    ``pa`` is the package pyarrow, ``name`` the column's.
    """
    present = [value for value in values if not is_nil(value)]
    if any(_is_nested(value) for value in present):
        texts = [None if is_nil(value) else value if isinstance(value, str) else stringify(value) for value in values]
        return pa.ExtensionArray.from_storage(pa.json_(), pa.array(_sound(texts), pa.utf8()))
    kinds = {_kind(value) for value in present}
    kind = kinds.pop() if len(kinds) == 1 else "text"
    cells: list[Any] = [None if is_nil(value) else value for value in values]
    if not present:
        return pa.array(cells, pa.binary())
    if kind == "truth":
        return pa.array(cells, pa.bool_())
    if kind == "date":
        moments = [None if cell is None else int(cell.number()) for cell in cells]
        return pa.array(moments, pa.timestamp("ms", "UTC"))
    if kind == "bytes":
        return pa.array([None if cell is None else cell.native for cell in cells], pa.binary())
    if kind == "number":
        return _numbers(name, cells, pa)
    return pa.array(_sound([None if cell is None else _text(cell) for cell in cells]), pa.utf8())


def _numbers(name: str, cells: list[Any], pa: Any) -> Any:
    present = [cell for cell in cells if cell is not None]
    if not all(float(cell).is_integer() for cell in present):
        return pa.array([None if cell is None else float(cell) for cell in cells], pa.float64())
    whole = [None if cell is None else int(cell) for cell in cells]
    if any(not -_INT_64 <= cell < _INT_64 for cell in whole if cell is not None):
        raise HostError(
            f"$jsonToParquet: {name[:40]} has a whole number beyond 64 bits, of which the service keeps a part"
        )
    is_small = all(-_INT_32 <= cell < _INT_32 for cell in whole if cell is not None)
    return pa.array(whole, pa.int32() if is_small else pa.int64())


def _sound(texts: list[str | None]) -> list[object]:
    for each in texts:
        check(each)
    return [without_surrogates(each) for each in texts]


def _is_nested(value: object) -> bool:
    return isinstance(value, dict | list) and _kind(value) not in ("date", "bytes")


def _kind(value: object) -> str:
    if isinstance(value, SpecialObject):
        return {JS_DATE.name: "date", HOST_DATE.name: "date", BYTES.name: "bytes"}.get(value.kind, "object")
    if isinstance(value, bool):
        return "truth"
    return "text" if isinstance(value, str) else "number" if is_number(value) else "object"


def _text(value: Any) -> str:
    if isinstance(value, SpecialObject):
        kept = value.native
        return kept.decode("utf-8", "replace") if isinstance(kept, bytes) else str(value.json() if value.json else "")
    return number_text(value) if is_number(value) else text(value)


def _slice(held: bytes, start: object, end: object) -> bytes:
    return held[slice_place(start, len(held), 0) : slice_place(end, len(held), len(held))]


def _made(held: Any) -> object:
    return PARQUET.make(held)


# Its own bytes are hidden from other functions, as on the service: $blob takes its text, [object Object].
PARQUET: Final[ObjectKind] = ObjectKind(
    "parquet",
    {"slice": Method(_slice, 2, "parquet")},
    {"byteLength": len},
    bare={},
    inner=(),
    hidden=True,
    raw=True,
    makes={"parquet": _made},
    whole=lambda held: FileData(held, "arrayBuffer"),
)
KINDS: Final = (PARQUET,)
FUNCTIONS: Final = {"jsonToParquet": Hosted(json_to_parquet, 2, 2, makes="parquet")}

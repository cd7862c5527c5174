"""Many runs of one batch as data: the formats by name, each written row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.json_types import write_json
from batchctl.render.text.words import row_label
from batchctl.truto.envelope import make_envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from batchctl.execution.row_end import RowEnd
    from batchctl.json_types import JsonObject
    from batchctl.render.result.formats import Shape


def rows_json(ends: Iterable[RowEnd], shape: Shape) -> Iterator[str]:
    """The results of the rows ``ends`` as a JSON list with an object per row, in pieces.

    An object is ``{"row": 1, "account": …, "result": …, "errors": …}``, these two by resource as in a batch's answer. A
    row that could not run has no ``result``, and its errors are ``{"batch": [ERROR]}``. ``shape.ascii_only`` writes
    characters beyond ASCII as escapes.
    """
    return listed_json(({**row_tag(end), **_body(end)} for end in ends), shape)


def _body(end: RowEnd) -> JsonObject:
    return end.result.body() if end.result else {"errors": {"batch": [row_envelope(end)]}}


def listed_json(values: Iterable[JsonObject], shape: Shape) -> Iterator[str]:
    """The objects as an indented JSON list, a piece for each; ``shape.ascii_only`` as in ``rows_json``."""
    opening = "["
    for value in values:
        yield f"{opening}\n" + write_json(value, indent=2, ascii_only=shape.ascii_only)
        opening = ","
    yield "\n]\n" if opening == "," else "[]\n"


def rows_ndjson(ends: Iterable[RowEnd], shape: Shape) -> Iterator[str]:
    """The results of the rows ``ends`` as NDJSON: a line per record and per error, each with the number of its row.

    A line, its line break included, is ``{"row", "account", "resource", "record"}``, or has ``error`` in place of
    ``record``: the entry of the answer's ``errors``. That of a row that could not run has no ``resource``, and what
    ``row_envelope`` makes as its ``error``. ``shape.ascii_only`` writes characters beyond ASCII as escapes.
    """
    from batchctl.render.result.data import run_ndjson

    for end in ends:
        tag = write_json(row_tag(end), ascii_only=shape.ascii_only)[:-1]
        if end.result is None:
            yield f'{tag}, "error": {write_json(row_envelope(end), ascii_only=shape.ascii_only)}}}\n'
            continue
        yield from run_ndjson(end.result, ascii_only=shape.ascii_only, tag=f"{tag[1:]}, ")


def _yaml(ends: Iterable[RowEnd], _shape: Shape) -> Iterator[str]:
    """A list with a mapping per row, as of JSON."""
    from batchctl.render.result.yaml import run_yaml
    from batchctl.render.text.yaml_text import yaml_lines

    some = False
    for end in ends:
        some = True
        head = [f"  {line}" for line in yaml_lines(row_tag(end))]
        yield "- " + head[0][2:]
        yield from head[1:]
        body = yaml_lines({"errors": {"batch": [row_envelope(end)]}}) if end.result is None else run_yaml(end.result)
        for piece in body:
            yield "".join(f"  {line}" if line.strip() else line for line in piece.splitlines(keepends=True))
    if not some:
        yield "[]\n"


def _csv(ends: Iterable[RowEnd], shape: Shape) -> Iterator[str]:
    from batchctl.render.result.csv import rows_csv

    return rows_csv(ends, shape.fields, raw=shape.csv_raw)


def _table(ends: Iterable[RowEnd], shape: Shape) -> Iterator[str]:
    """The tables of each row below its name."""
    from batchctl.plain import clean
    from batchctl.render.result.table import run_table
    from batchctl.render.text.cells import fit

    first = True
    for end in ends:
        yield ("" if first else "\n") + fit(row_label(end, shape.redact), shape.columns) + "\n"
        first = False
        if end.result is None:
            yield clean(shape.redact(str(end.error or "not finished"))) + "\n"
        else:
            yield from run_table(end.result, shape.columns, rows=shape.rows, fields=shape.fields, redact=shape.redact)


# A tree in a file is a table: it has all the records.
ROW_FORMATS: Mapping[str, Callable[[Iterable[RowEnd], Shape], Iterator[str]]] = {
    "json": rows_json,
    "ndjson": rows_ndjson,
    "yaml": _yaml,
    "csv": _csv,
    "table": _table,
    "tree": _table,
}


def row_tag(end: RowEnd) -> JsonObject:
    """What says of an object that it is about a row: the row's number and account."""
    return {"row": end.number, "account": end.account}


def row_envelope(end: RowEnd) -> JsonObject:
    """The error of a row that could not run, in the form of Truto's: ``{"statusCode": 0, "error": "", "message"}``."""
    return make_envelope(0, str(end.error) if end.error else "not finished")

"""Expressions over much data, so that the engine holds little of it.

The engine has a copy of its own of what it evaluates, and one of its answer. So an expression that makes an object of
each record is evaluated over a part of the list after the other; of records that are filtered and sorted it sees what
that goes by, and answers which ones they are; and any other expression sees of records what it reads.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from batchctl.errors import ExpressionError
from batchctl.expression.compiled import compile_expression
from batchctl.expression.shapes import choice_of, list_read
from batchctl.javascript.key_order import as_sent
from batchctl.javascript.values import UNDEFINED
from batchctl.structs import replace

if TYPE_CHECKING:
    from batchctl.expression.compiled import Expression
    from batchctl.expression.shapes import Choice, Path
    from batchctl.javascript.limits import Limits

# The member of a record that says where it is in its list.
_PLACE: Final = "#"
# Records in a part: few enough to be small, many enough that a part costs little.
_PART: Final = 2_000


def evaluate_in_parts(expression: Expression, data: object, limits: Limits) -> object:
    """The value of an expression over much ``data`` (JSON values), part by part where possible, to save memory.

    UNDEFINED for no value. Records that are returned unchanged may be those of ``data`` themselves, not copies. Raises
    ``ExpressionError`` where evaluating fails or goes beyond ``limits``, which hold for all parts together.
    """
    path = list_read(expression.text)
    records = None if path is None else _at(data, path)
    if path is not None and records is not None and len(records) > _PART:
        return _one_by_one(expression, data, path, records, limits)
    choice = choice_of(expression.text)
    records = None if choice is None else _at(data, choice.path)
    if choice is not None and records:
        return _chosen(expression, data, choice, records, limits)
    return _over(expression, expression.text_read(data), limits)


def _one_by_one(expression: Expression, data: Any, path: Path, records: list[Any], limits: Limits) -> object:
    made: list[object] = []
    deadline, left = time.monotonic() + limits.time_s, limits.result_bytes
    for start in range(0, len(records), _PART):
        part = _with(data, path, records[start : start + _PART])
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise _too_long(limits)
        within = replace(limits, time_s=left_s, result_bytes=left)
        try:
            answer = expression.evaluate_json(expression.text_read(part), limits=within)
        except ExpressionError as error:
            raise _of_all(error, limits) from None
        if answer is not None:
            left = max(left - len(answer), 1)
            found = json.loads(answer)
            made += found if isinstance(found, list) else [found]
    return made if len(made) > 1 else made[0] if made else UNDEFINED


def _chosen(expression: Expression, data: Any, choice: Choice, records: list[Any], limits: Limits) -> object:
    """Records of a list that an expression chooses and sorts: evaluated over their places and what it goes by."""
    mark = _PLACE
    while mark in choice.names:
        mark += _PLACE
    places = compile_expression(f"{expression.text}.`{mark}`")
    seen = [
        {mark: place, **{name: record[name] for name in choice.names & record.keys()}}
        for place, record in enumerate(records)
    ]
    text = places.text_read(_with(data, choice.path, seen))
    del seen
    found = _over(places, text, limits)
    if isinstance(found, list):
        return as_sent([records[place] for place in found])
    return as_sent(records[found]) if isinstance(found, int) else UNDEFINED


def _of_all(error: ExpressionError, limits: Limits) -> ExpressionError:
    """The error of a part, where that part had less time than the whole."""
    return _too_long(limits) if error.code == "D1012" else error


def _too_long(limits: Limits) -> ExpressionError:
    return ExpressionError(f"the expression took longer than {limits.time_s:g} s", code="D1012")


def _over(expression: Expression, text: str, limits: Limits) -> object:
    answer = expression.evaluate_json(text, limits=limits)
    return UNDEFINED if answer is None else json.loads(answer)


def _at(data: Any, path: Path) -> list[Any] | None:
    for name in path:
        if not isinstance(data, dict):
            return None
        data = data.get(name)
    # A list within the list would be opened, too.
    return data if isinstance(data, list) and all(isinstance(record, dict) for record in data) else None


def _with(data: Any, path: Path, records: list[Any]) -> object:
    return {**data, path[0]: _with(data[path[0]], path[1:], records)} if path else records

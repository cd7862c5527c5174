"""One value as text, and what there is to say of the expression that it came from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.diagnostics.spelling import suggestion
from batchctl.expression import FUNCTIONS, analyse, find_pitfalls, observed_pitfalls
from batchctl.plain import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.errors import ExpressionError
    from batchctl.expression import FunctionUse

_WIDEST = 100
# What is called is no function.
_NO_FUNCTION = "T1006"


def value_text(value: object, *, raw: bool = False, ascii_only: bool = False) -> str:
    """``value`` as indented JSON text; with ``raw`` a text without quotes, and anything else on one line.

    ``ascii_only`` writes characters beyond ASCII as escapes.
    """
    if raw and isinstance(value, str):
        return f"{value}\n"
    return json.dumps(value, ensure_ascii=ascii_only, indent=None if raw else 2) + "\n"


def expression_problem(text: str, error: ExpressionError) -> str:
    """The message of an expression's error, and below it the line of the expression with a caret at the position.

    ``text`` is the expression.
    """
    message, start, end = str(error), error.position and max(error.position - 1, 0), error.position
    advice = None
    if (use := _function_at(text, error)) is not None:
        start, end = use.start, use.end
        if use.name not in FUNCTIONS:
            message, advice = f"there is no function ${use.name}", suggestion(use.name, FUNCTIONS)
    lines = [f"error{f'[{error.code}]' if error.code else ''}: {clean(message)}"]
    if start is not None and end is not None:
        lines += _marked(text, start, end)
    return "\n".join([*lines, *([f"  {advice}"] if advice else [])])


def _function_at(text: str, error: ExpressionError) -> FunctionUse | None:
    """The function that an error is about: that is not there at all, or on the service alone."""
    uses = analyse(text).functions
    if error.code == _NO_FUNCTION:
        at = error.position or 0
        return next((use for use in uses if use.name not in FUNCTIONS and use.start < at <= use.end + 1), None)
    away = [use for use in uses if use.name in FUNCTIONS and not FUNCTIONS[use.name].local]
    return away[0] if error.code == "not-local" and len({use.name for use in away}) == 1 else None


def pitfall_lines(text: str, data: object) -> Iterator[str]:
    """Lines about what in the expression ``text`` does something else than it seems to, and what to write instead.

    ``data`` is its input, for pitfalls that depend on values.
    """
    found = {
        (use.start, use.end, use.pitfall.name): use for use in (*find_pitfalls(text), *observed_pitfalls(text, data))
    }
    for use in (found[key] for key in sorted(found)):
        yield f"note: {use.pitfall.message}"
        yield from _marked(text, use.start, use.end)
        yield f"  {use.pitfall.help}"
    yield from _function_lines(text)


def _function_lines(text: str) -> Iterator[str]:
    """What is true of functions however they are called."""
    for use in analyse(text).functions:
        info = FUNCTIONS.get(use.name)
        if info is None:
            yield f"note: there is no function ${use.name}"
            yield from _marked(text, use.start, use.end)
            if advice := suggestion(use.name, FUNCTIONS):
                yield f"  {advice}"
        elif not info.local:
            yield f"note: ${use.name} works on the service alone: here it is an error"
            yield from _marked(text, use.start, use.end)
        elif not info.lambdas and use.arguments_are_lambda:
            yield f"note: ${use.name} does not call a function that it is given: the service takes it for a value"
            yield from _marked(text, use.start, use.end)
            yield f"  give it a field name or an object to match: {info.usage}"


def _marked(text: str, start: int, end: int) -> list[str]:
    """The line that ``start`` is in, and marks below it; code points from 0, the end exclusive."""
    begin = text.rfind("\n", 0, start) + 1
    line = text[begin:].split("\n", 1)[0]
    start, end = start - begin, min(end - begin, len(line))
    if start > _WIDEST:
        cut = start - _WIDEST // 2
        line, start, end = "…" + line[cut:], start - cut + 1, end - cut + 1
    line = line if len(line) <= 2 * _WIDEST else line[: 2 * _WIDEST] + "…"
    marks = " " * start + "^" * max(1, min(end, len(line)) - start)
    return [f"  {clean(line)}", f"  {marks}"]

"""What a request sends, compiled: a template for its objects, an expression for each JSONata string."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from batchctl.errors import ExpressionError
from batchctl.json_types import merged
from batchctl.structs import Struct
from batchctl.template import UNDEFINED, compile_template, to_text
from batchctl.truto.calls import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.definition.model import Request
    from batchctl.expression import Analysis
    from batchctl.json_types import DataPath, JsonObject, JsonValue
    from batchctl.template import Template

    Evaluate: TypeAlias = Callable[[str, JsonObject], object]

FORMAT_KEY = "truto_response_format"
# What the recursion's ``config.query`` is called beside the request's own parts.
_OVER = "over"
# Where the parts of a request's template are written, where they are not called the same.
PART_FIELDS: Mapping[str, tuple[str, ...]] = {
    _OVER: ("recurse", "config", "query"),
    "account": ("integrated_account_id",),
}
# Parts that are text with placeholders, never an expression.
_TEXTS = ("id", "account")


class WrongShape(Exception):
    """An expression gave something other than the object that is needed; ``field`` has it, such as ``query``."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class Form(Struct, frozen=True):
    """What one request sends with each call, compiled: its template, and the JSONata expressions in it.

    ``template`` is of an object with those of ``id``, ``query``, ``body`` and ``account`` that the request has (and
    ``over``, the query of a recursion); ``expressions`` has the JSONata text of the fields (``query``, ``body``) that
    are strings.
    """

    request: Request
    template: Template
    expressions: Mapping[str, str]

    def call(self, parts: object, data: JsonObject | None, evaluate: Evaluate | None = None) -> Call:
        """The call with the values in ``parts``, the rendered template.

        ``data`` is what its expressions read; None leaves their fields empty. ``evaluate`` evaluates an expression,
        given its text and the data; None evaluates it at once. Raises ``ExpressionError`` where that fails,
        ``WrongShape`` for a value that is no object (nor a list, in ``body``), and what ``evaluate`` raises.
        """
        if not isinstance(parts, dict):
            raise TypeError("a request's template is an object")
        if data is not None and self.expressions:
            parts = {**parts, **_evaluated(self.expressions, data, evaluate)}
        query = parts.get("query") or {}
        if parts.get(_OVER):
            query = merged(query, parts[_OVER])
        if self.request.response_format is not None and FORMAT_KEY not in query:
            query = {**query, FORMAT_KEY: self.request.response_format}
        return Call(
            self.request.resource,
            self.request.method,
            _text(parts.get("id")),
            query,
            parts.get("body"),
            self.request.key,
            account=_text(parts.get("account")),
        )


def request_form(request: Request) -> Form:
    """What each call of ``request`` sends (``id``, ``query``, ``body``, ``account``), compiled.

    It never raises: a faulty placeholder is an error only when the template is rendered.
    """
    parts = {"id": request.id, "query": request.query, "body": request.body, "account": request.account}
    return _form(request, parts)


def recursion_form(request: Request) -> Form | None:
    """What ``request`` sends when its recursion repeats it: its own parts, with those in ``recurse.config`` over them.

    None for a request without ``recurse``.
    """
    if request.recurse is None:
        return None
    config = request.recurse.config
    parts: Mapping[str, JsonValue] = {
        "id": config.get("id", request.id),
        "query": request.query,
        "body": request.body,
        "account": request.account,
        _OVER: config.get("query"),
    }
    return _form(request, parts)


def path_of_recursion(request: Request, path: DataPath) -> DataPath:
    """Where in the file a part of what a recursion sends is written, as a path from the resource.

    ``path`` is a place in the template of ``recursion_form``: ``("id",)`` → ``("recurse", "config", "id")``.
    """
    if path[:1] == (_OVER,):
        return (*PART_FIELDS[_OVER], *path[1:])
    if path[:1] == ("id",) and request.recurse is not None and "id" in request.recurse.config:
        return ("recurse", "config", *path)
    return path


# The same few expressions are asked about again and again.
@cache
def analysed(text: str) -> Analysis:
    """What the JSONata expression ``text`` reads, as ``Analysis``; computed once for each text."""
    from batchctl.expression import analyse  # noqa: PLC0415 - most definitions have no expression

    return analyse(text)


def static_paths(analysis: Analysis) -> tuple[tuple[str, ...], ...]:
    """The paths that an expression reads from its input, as names: ``("args", "since")``.

    Those that begin at an item of something else are left out.
    """
    return tuple(path.segments for path in analysis.paths if not path.relative)


def _form(request: Request, parts: Mapping[str, JsonValue]) -> Form:
    expressions = {name: value for name, value in parts.items() if isinstance(value, str) and name not in _TEXTS}
    template = compile_template({name: v for name, v in parts.items() if v is not None and name not in expressions})
    return Form(request, template, expressions)


def _text(value: JsonValue) -> str | None:
    return None if value is None else to_text(value)


def on_the_spot(text: str, data: JsonObject) -> object:
    """The value of the JSONata expression ``text`` over ``data``, evaluated at once; ``UNDEFINED`` where there is none.

    Raises ``ExpressionError`` for text that is no JSONata, and where the evaluation fails.
    """
    from batchctl.expression import compile_expression  # noqa: PLC0415 - checking a file needs no engine

    return compile_expression(text).evaluate(data)


def _evaluated(expressions: Mapping[str, str], data: JsonObject, evaluate: Evaluate | None) -> JsonObject:
    found: JsonObject = {}

    for name, text in expressions.items():
        field = ".".join(PART_FIELDS.get(name, (name,)))
        try:
            value = (evaluate or on_the_spot)(text, data)
        except ExpressionError as error:
            error.field = field
            raise
        if value is UNDEFINED:
            continue
        if not isinstance(value, dict) and (name != "body" or not isinstance(value, list)):
            raise WrongShape(f"{field}: the expression must give an object, not {_kind(value)}", field)
        found[name] = value
    return found


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case _:
            return "an array"

"""``--query`` and ``--raw``: one value that a JSONata expression picks from a result, printed as data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from batchctl.cli.output_options import Output
from batchctl.errors import ExitCode, ExpressionError, UsageError
from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.cli.output_options import OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.expression import Expression
    from batchctl.json_types import JsonValue

_KINDS = {type(None): "null", bool: "a boolean", list: "a list", dict: "an object"}


class Query(Struct, frozen=True):
    """A ``--query``: a compiled JSONata expression, which picks what is printed.

    With ``raw`` a text or number is printed as it is, without JSON's quotes.
    """

    expression: Expression
    raw: bool = False

    @classmethod
    def of(cls, text: str, terminal: Terminal, *, raw: bool = False) -> Query:
        """Compile ``text``, the value of ``--query``.

        For a syntax error or an unknown function the error is printed to stderr, with a caret under its place, and the
        command ends: ``typer.Exit(2)``.
        """
        from batchctl.expression import FUNCTIONS, compile_expression

        try:
            compiled = compile_expression(text)
        except ExpressionError as error:
            raise _shown(text, error, terminal) from None
        for use in compiled.analysis.functions:
            if use.called and use.name not in FUNCTIONS:
                missing = ExpressionError(f"there is no function ${use.name}", code="T1006", position=use.end + 1)
                raise _shown(text, missing, terminal)
        return cls(compiled, raw)

    def pick(self, document: str, terminal: Terminal, *, ascii_only: bool = False) -> str:
        """The text to print for ``document``, a result as JSON text: what the query picks from it, as JSON or raw.

        It is empty where the query finds nothing, about which a notice is printed. ``ascii_only`` writes characters
        beyond ASCII as escapes. Raises ``typer.Exit(2)`` where the query fails, ``UsageError`` where raw text is asked
        for and the value is no single text or number.
        """
        from batchctl.render.result.value import value_text

        answer = self._answer(document, terminal)
        if answer is None:
            terminal.note("no value: the query finds nothing in the result")
            return ""
        value = json.loads(answer)
        if self.raw:
            self.raw_text(value)
        return value_text(value, raw=self.raw, ascii_only=ascii_only and not self.raw)

    def value(self, document: str, terminal: Terminal) -> JsonValue:
        """What the query picks from ``document``, a result as JSON text; None where it finds nothing.

        Where the query fails its error is printed to stderr, and the command ends: ``typer.Exit(2)``.
        """
        answer = self._answer(document, terminal)
        found: JsonValue = None if answer is None else json.loads(answer)
        return found

    def raw_text(self, value: JsonValue) -> str:
        """A text or number as text without quotes. Raises ``UsageError`` for any other value, such as a list."""
        if type(value) in _KINDS:
            raise UsageError(
                f"--raw prints one text or number, and the query gives {_KINDS[type(value)]}",
                hint="without --raw it is printed as JSON",
            )
        return value if isinstance(value, str) else json.dumps(value)

    def _answer(self, document: str, terminal: Terminal) -> str | None:
        try:
            return self.expression.evaluate_json(document)
        except ExpressionError as error:
            raise _shown(self.expression.text, error, terminal) from None


def query_of(asked: OutputOptions, terminal: Terminal) -> Query | None:
    """The query of ``--query``, compiled; None without that option.

    Raises ``UsageError`` for options that do not go together, and ``typer.Exit(2)`` for a query that can't be compiled.
    """
    if asked.raw:
        require_query(asked.query, "result.users[0].name")
    if asked.query is None:
        return None
    if asked.output not in (None, Output.JSON):
        raise UsageError(f"--query prints one value as JSON, not as {asked.output.value}", hint="leave out -o")
    return Query.of(asked.query, terminal, raw=asked.raw)


def require_query(query: str | None, example: str) -> None:
    """Raise ``UsageError`` where ``query`` is None, since ``--raw`` is given without ``--query``.

    ``example`` is a query that its hint shows.
    """
    if query is None:
        raise UsageError("--raw goes with --query", hint=f"for example --query '{example}' --raw")


def _shown(text: str, error: ExpressionError, terminal: Terminal) -> typer.Exit:
    from batchctl.render.result.value import expression_problem

    terminal.problem(f"--query: {expression_problem(text, error)}")
    return typer.Exit(int(ExitCode.USAGE))

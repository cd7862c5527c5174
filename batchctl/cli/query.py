"""``--query`` and ``--raw``: one value that a JSONata expression picks from a result, printed as data."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from batchctl.cli.output_options import Output
from batchctl.errors import ExitCode, ExpressionError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.cli.output_options import OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.render.result.query import Query


def query_of(asked: OutputOptions, terminal: Terminal) -> Query | None:
    """The query that the options ask for; None without ``--query``.

    Raises ``UsageError`` for options that do not go together. A query that can't be compiled is shown, and ends the
    command with exit code 2 (``typer.Exit``).
    """
    if asked.raw:
        require_query(asked.query, "result.users[0].name")
    if asked.query is None:
        return None
    if asked.output not in (None, Output.JSON):
        raise UsageError(f"--query prints one value as JSON, not as {asked.output.value}", hint="leave out -o")
    return compiled_query(asked.query, terminal, raw=asked.raw)


def compiled_query(text: str, terminal: Terminal, *, raw: bool = False) -> Query:
    """The query ``text``; a mistake in it is shown on stderr with a caret, and raises ``typer.Exit(2)``."""
    from batchctl.render.result.query import Query

    with failing(text, terminal):
        return Query.of(text, raw=raw)


def picked(query: Query, document: str, terminal: Terminal, *, ascii_only: bool = False) -> str:
    """The text to print for ``document`` (JSON text); empty, with a notice, where the query finds nothing.

    Raises ``UsageError`` for a value that ``--raw`` can't print. A query that fails is shown, and ends the command with
    exit code 2 (``typer.Exit``). ``ascii_only`` writes characters beyond ASCII as JSON's escapes (``\\u00e9``).
    """
    with failing(query.expression.text, terminal):
        found = query.pick(document, ascii_only=ascii_only)
    if found is None:
        terminal.note("no value: the query finds nothing in the result")
    return found or ""


def require_query(query: str | None, example: str) -> None:
    """Raise ``UsageError`` where ``query``, the value of ``--query``, is None; to be called for ``--raw`` only.

    ``example`` is an expression that the hint shows.
    """
    if query is None:
        raise UsageError("--raw goes with --query", hint=f"for example --query '{example}' --raw")


@contextmanager
def failing(text: str, terminal: Terminal) -> Iterator[None]:
    """A context in which an ``ExpressionError`` of the query ``text`` is printed, and becomes ``typer.Exit(2)``."""
    from batchctl.render.result.value import expression_problem

    try:
        yield
    except ExpressionError as error:
        terminal.problem(f"--query: {expression_problem(text, error)}")
        raise typer.Exit(int(ExitCode.USAGE)) from None

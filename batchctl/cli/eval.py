"""``batchctl eval``: a JSONata expression over data, as the service evaluates it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from batchctl.cli.command import GIVEN
from batchctl.cli.groups import grouped
from batchctl.cli.options import ArgOption, ArgsFileOption, FixturesOption  # noqa: TC001 - typer reads them at run time
from batchctl.cli.run_options import ScreenOptions
from batchctl.errors import ExpressionError, UsageError
from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.cli.terminal import Terminal


class DataOptions(Struct, frozen=True):
    """The options of ``eval`` that say over which data the expression is evaluated."""

    TITLE: ClassVar = "Data"

    data: Annotated[
        str | None,
        typer.Option("--data", metavar="FILE|-", help="What it is evaluated over: JSON or YAML [default: {}]."),
    ] = None
    arg: ArgOption = None
    args_file: ArgsFileOption = None
    node: Annotated[
        str | None,
        typer.Option("--node", metavar="FILE#NAME", help="Over what this node of a definition sees, from fixtures."),
    ] = None
    fixtures: FixturesOption = None


@grouped
def evaluate(
    expression: Annotated[str, typer.Argument(metavar="EXPR|-", help="The expression; - reads it from stdin.")],
    *,
    explain: Annotated[bool, typer.Option("--explain", help="Say what surprises on the service.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="A text without quotes, anything else on one line.")] = False,
    given: DataOptions,
    screen: ScreenOptions,
) -> None:
    """Evaluate a JSONata expression as Truto does, and print its value as JSON."""
    from batchctl.expression import compile_expression
    from batchctl.render.result.value import expression_problem, pitfall_lines, value_text
    from batchctl.template import UNDEFINED

    terminal = screen.terminal()
    if [expression, given.data].count("-") > 1:
        raise UsageError("stdin is either the expression or the data")
    text = _text(expression)
    try:
        compiled = compile_expression(text)
        over = _input(terminal, given)
        if explain:
            for line in pitfall_lines(text, over):
                terminal.problem(line)
        value = compiled.evaluate(over)
    except ExpressionError as error:
        terminal.problem(expression_problem(text, error))
        raise typer.Exit(int(error.exit_code)) from None
    if value is UNDEFINED:
        terminal.note("no value: a transform with this expression passes nothing on")
        return
    terminal.data([value_text(value, raw=raw, ascii_only=terminal.ascii_only(sys.stdout))])


def _text(expression: str) -> str:
    from batchctl.files import read_bytes

    if expression != "-":
        return expression
    try:
        return read_bytes("-").decode()
    except UnicodeDecodeError:
        raise UsageError("the expression on stdin is not UTF-8") from None


def _input(terminal: Terminal, given: DataOptions) -> object:
    from batchctl.definition.inputs import read_value
    from batchctl.files import read_bytes
    from batchctl.launch.inputs import Inputs
    from batchctl.testcases.node_input import inputs_at, with_arguments

    arguments = Inputs("", arg=given.arg or (), args_file=given.args_file or (), named=GIVEN.named).arguments()
    if given.node is None:
        if given.fixtures is not None:
            raise UsageError("--fixtures goes with --node")
        if given.data is None:
            return with_arguments({}, arguments)
        data, _ = read_value(read_bytes(given.data), "<stdin>" if given.data == "-" else given.data)
        return with_arguments(data, arguments)
    if given.data is not None:
        raise UsageError("--node and --data both say what the expression is evaluated over")
    found = inputs_at(given.node, given.fixtures, arguments)
    if len(found) > 1:
        name = given.node.rpartition("#")[2]
        terminal.note(f"{name} is evaluated {len(found)} times; this is the first")
    return found[0]

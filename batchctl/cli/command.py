"""Commands as typer builds them, with options in groups, examples, and ``--debug`` on every one of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup, TyperOption

from batchctl.cli.examples import EXAMPLES
from batchctl.cli.signals import as_usual
from batchctl.errors import UsageError
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

# Wider lines are hard to read.
MAX_HELP_WIDTH = 120
_OTHERS = "Options"
# Commands in which a good part of the time passes before anything is sent.
BEGIN_LATE = frozenset({"run"})
# What typer calls a number.
_NUMBER = lazy_regex(r"(?i)<?(?:int|float|integer)(?: range)?>?$")


class Debugging:
    """Whether the command line that is being run asks for the traceback of a bug."""

    def __init__(self) -> None:
        self.wanted = False

    def take(self, _context: Any, _option: Any, given: Any) -> None:
        """The callback of the option ``--debug``, for the root and for its command: remembers whether either has it."""
        self.wanted = self.wanted or bool(given)


DEBUGGING = Debugging()


class GivenOptions:
    """``names`` of the parameters that the command line itself gives: not settings, variables or defaults."""

    def __init__(self) -> None:
        self.names: frozenset[str] = frozenset()

    def take(self, context: Any) -> None:
        """Remember the names of the parameters that the command line gives to the command of ``context``."""
        sources = {name: context.get_parameter_source(name) for name in context.params}
        self.names = frozenset(name for name, source in sources.items() if source and source.name == "COMMANDLINE")


GIVEN = GivenOptions()


def debug_option() -> TyperOption:
    """The declaration of ``--debug``, which every command gets without declaring it itself."""
    return TyperOption(
        param_decls=["--debug"],
        is_flag=True,
        default=False,
        expose_value=False,
        is_eager=True,
        callback=DEBUGGING.take,
        help="Show the traceback of a bug.",
    )


class Command(TyperCommand):
    """A command whose help lists its options by subject, with examples at the end."""

    # The title of the group of an option, by the name of its parameter.
    groups: Mapping[str, str] = {}

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.params.append(debug_option())

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line ``args`` into ``ctx``; the words that are left.

        Raises ``UsageError`` for ``nan`` and ``inf``, which a range of floats would let pass, and for an option with an
        empty value, for which a default would silently be taken.
        """
        _refuse_empty({name for each in self.get_params(ctx) if _takes_value(each) for name in each.opts}, args)
        rest: list[str] = super().parse_args(ctx, args)
        for parameter in self.get_params(ctx):
            value = ctx.params.get(parameter.name or "")
            if isinstance(value, float) and not math.isfinite(value):
                raise UsageError(f"{parameter.opts[-1]} {value:g}: not a number that can be used", hint="write digits")
        return rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        From here on Ctrl-C interrupts it, except for commands that enable that later themselves (``run``).
        """
        if self.name not in BEGIN_LATE:
            as_usual()
        GIVEN.take(ctx)
        return super().invoke(ctx)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the help's arguments first, then the groups of options in the order in which they were declared."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                is_argument = parameter.param_type_name == "argument"
                title = "Arguments" if is_argument else self.groups.get(parameter.name or "", _OTHERS)
                sections.setdefault(title, []).append((_NUMBER.sub("N", record[0]), record[1]))
        for title in sorted(sections, key=lambda title: (title != "Arguments", title == _OTHERS)):
            with formatter.section(title):
                formatter.write_dl(sections[title], col_max=max(10, min(30, formatter.width // 3)))

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples at the end of the help, one unwrapped line each."""
        super().format_epilog(ctx, formatter)
        write_examples(ctx, formatter)


def _takes_value(parameter: Any) -> bool:
    return parameter.param_type_name == "option" and not parameter.is_flag and not parameter.count


def _refuse_empty(options: Collection[str], args: Sequence[str]) -> None:
    """Raise ``UsageError`` for ``--account ""`` and ``--account=``, as a variable that is not set makes them."""
    words = args[: args.index("--")] if "--" in args else args
    for before, word in zip(("", *words), words, strict=False):
        name = before if not word.strip() else word.removesuffix("=") if word.endswith("=") else ""
        if name in options:
            raise UsageError(f"{name} is empty", hint="leave it out, or check the variable that its value comes from")


def write_examples(ctx: Any, formatter: Any) -> None:
    """Write the examples of the command of ``ctx`` to ``formatter``, if it has any."""
    lines = EXAMPLES.get(ctx.command_path.removeprefix("batchctl ").strip(), ())
    if lines:
        with formatter.section("Examples"):
            for line in lines:
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


class Group(TyperGroup):
    """A command that has subcommands, with examples at the end of its help."""

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.params.append(debug_option())

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples at the end of the help, as for a single command."""
        super().format_epilog(ctx, formatter)
        write_examples(ctx, formatter)

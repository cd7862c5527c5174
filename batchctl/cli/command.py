"""Commands as typer builds them, with options in groups, examples, and ``--debug`` on every one of them."""

from __future__ import annotations

import math
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from typer import Typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from batchctl.cli.examples import EXAMPLES
from batchctl.cli.help_lines import command_in_lines, option_in_lines
from batchctl.cli.signals import as_usual
from batchctl.errors import UsageError
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from batchctl.errors import BatchctlError

# Wider lines are hard to read.
MAX_HELP_WIDTH = 120
_OTHERS = "Options"
# Commands in which a good part of the time passes before anything is sent.
BEGIN_LATE = frozenset({"run"})
# The flags that say who runs a definition.
EITHER = frozenset({"local", "direct", "on_truto"})
# What typer calls a number.
_NUMBER = lazy_regex(r"(?i)<?(?:int|float|integer)(?: range)?>?$")


# How commands look that have none above them.
STYLE: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


class Debugging:
    """Remembers in ``wanted`` whether the command line that is being run has ``--debug``; False until that is read.

    ``DEBUGGING`` is the one of this process.
    """

    def __init__(self) -> None:
        self.wanted = False

    def take(self, _context: Any, _option: Any, given: Any) -> None:
        """Note that ``--debug`` is written, where ``given`` is true; the callback that typer calls for that option.

        The option may be written before the command's name and after it; the other parameters are typer's.
        """
        self.wanted = self.wanted or bool(given)


DEBUGGING = Debugging()


class GivenOptions:
    """Where the options of the command that is being run got their values.

    ``names`` are the parameters (``timeout_s``) that the command line gives. ``origins`` has the options
    (``--timeout``) that settings or an environment variable give, each with a ``Default``: its value and where that is
    set. ``Command`` calls ``begin`` and ``take``; ``GIVEN`` is the one of this process.
    """

    def __init__(self) -> None:
        self.names: frozenset[str] = frozenset()
        self.origins: dict[str, Default] = {}

    def begin(self, command: Any) -> None:
        """Note to which options of ``command`` settings or variables give a value, before its line is read."""
        set_ones: Mapping[str, Default] = command.origins
        self.origins = {
            name: set_ones[each.name] for each in command.params if each.name in set_ones for name in each.opts
        }

    def take(self, context: Any) -> None:
        """Note which parameters the command line gives, and forget their values from settings.

        ``context`` is typer's, of a command whose line has been read.
        """
        sources = {name: context.get_parameter_source(name) for name in context.params}
        self.names = frozenset(name for name, source in sources.items() if source and source.name == "COMMANDLINE")
        here = {option for each in context.command.params if each.name in self.names for option in each.opts}
        self.origins = {option: each for option, each in self.origins.items() if option not in here}

    def named(self, option: str) -> str:
        """What messages call an option: its name (``--arg``), or the place where settings or a variable give it.

        Such a place is ``batchctl.toml: [run] arg`` or ``the variable BATCHCTL_RUN_ARG``.
        """
        return self.origins[option].where if option in self.origins else option

    def explain(self, error: BatchctlError) -> None:
        """Add a note to ``error`` that says where a value comes from, if it is about one from settings or a variable.

        That is so if its text has the name of the option, or the value, unless that is a mere number.
        """
        said = f"{error} {error.hint or ''}"
        for option, (value, where) in self.origins.items():
            texts = [option, *(text for text in (value if isinstance(value, list) else [value]) if _is_telling(text))]
            found = next((text for text in texts if _is_in(text, said)), None)
            if found is not None and option.startswith("--") and where not in said:
                error.add_note(f"{option} is set by {where}")


GIVEN = GivenOptions()


class Default(NamedTuple):
    """The value that settings or an environment variable give to an option, and ``where`` that is set, in words.

    The value is text, a list of texts, or True or False.
    """

    value: Any
    where: str


def _is_telling(value: Any) -> bool:
    return isinstance(value, str) and len(value) > 1 and not value.isdecimal()


def _is_in(text: str, said: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", said) is not None


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
    """A command of batchctl, for typer: it has ``--debug``, and help with options by subject and examples at the end.

    ``origins`` has the values that settings and variables give, by parameter. The arguments are typer's.
    """

    origins: Mapping[str, Default] = {}

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.params.append(debug_option())

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line ``args`` into ``ctx``, typer's context, and return the words that are left over.

        Raises ``UsageError`` for ``nan`` and ``inf`` as a number, and for an option with an empty value, in whose place
        the default would be taken; typer's exceptions for any other mistake.
        """
        GIVEN.begin(self)
        parameters = self.get_params(ctx)
        _refuse_empty({name for each in parameters if _takes_value(each) for name in each.opts}, args)
        _refuse_one_dash({name for each in parameters for name in each.opts if name.startswith("--")}, args)
        rest: list[str] = _parsed(super().parse_args, ctx, args)
        _decide(ctx)
        for parameter in self.get_params(ctx):
            value = ctx.params.get(parameter.name or "")
            if isinstance(value, float) and not math.isfinite(value):
                raise UsageError(f"{parameter.opts[-1]} {value:g}: not a number that can be used", hint="write digits")
        return rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command whose line has been read into ``ctx``, typer's context; its result is that of the command.

        From here on Ctrl-C raises ``KeyboardInterrupt``, except for ``run``, which enables that later itself.
        """
        if self.name not in BEGIN_LATE:
            as_usual()
        GIVEN.take(ctx)
        return super().invoke(ctx)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the help's arguments first, then the groups of options in the order in which they were declared.

        ``ctx`` is click's context, ``formatter`` its writer of help.
        """
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                is_argument = parameter.param_type_name == "argument"
                title = "Arguments" if is_argument else getattr(parameter, "rich_help_panel", None) or _OTHERS
                sections.setdefault(title, []).append((_NUMBER.sub("N", record[0]), record[1]))
        room = formatter.width - 2
        for title in sorted(sections, key=lambda title: (title != "Arguments", title == _OTHERS)):
            with formatter.section(title):
                rows = [(option_in_lines(option, room), text) for option, text in sections[title]]
                formatter.write_dl(rows, col_max=max(10, min(30, formatter.width // 3)))

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples at the end of the help. ``ctx`` is click's context, ``formatter`` its writer of help."""
        super().format_epilog(ctx, formatter)
        write_examples(ctx, formatter)


def _decide(context: Any) -> None:
    """Of flags that exclude each other, one that the command line gives puts those of settings and variables aside."""
    chosen = {name for name in EITHER if context.params.get(name)}
    given = {name for name in chosen if context.get_parameter_source(name).name == "COMMANDLINE"}
    for name in chosen - given if given else ():
        context.params[name] = False


def _parsed(parse: Callable[[Any, list[str]], list[str]], ctx: Any, args: list[str]) -> list[str]:
    """What ``parse`` returns; what it raises names the command, so that its help can be pointed to."""
    try:
        return parse(ctx, args)
    except Exception as error:  # the base of typer's errors about options has no public name; all are raised again
        if getattr(error, "ctx", ctx) is None:
            error.ctx = ctx  # type: ignore[attr-defined]  # has one: it is typer's
        raise


def _refuse_one_dash(options: Collection[str], args: Sequence[str]) -> None:
    """Raise ``UsageError`` for ``-account ID``, which would be ``-a ccount``, and a file called ``ID``."""
    for word in args[: args.index("--")] if "--" in args else args:
        name = f"-{word.partition('=')[0]}"
        if len(name) > len("--x") and name in options:
            raise UsageError(f"{word} begins with one dash", hint=f"did you mean {name}?")


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
    """Write the examples of a command at the end of its help; nothing where it has none.

    ``ctx`` is typer's context of the command, ``formatter`` its writer of help.
    """
    lines = EXAMPLES.get(ctx.command_path.removeprefix("batchctl ").strip(), ())
    if lines:
        with formatter.section("Examples"):
            for example in lines:
                for line in command_in_lines(example, formatter.width - formatter.current_indent):
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


class Group(TyperGroup):
    """A command with subcommands, for typer: it has ``--debug``, and examples at the end of its help.

    ``origins`` has the values that settings and variables give, by parameter. The arguments are typer's.
    """

    origins: Mapping[str, Default] = {}

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.params.append(debug_option())

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples at the end of the help, as for a single command.

        ``ctx`` is click's context, ``formatter`` its writer of help.
        """
        super().format_epilog(ctx, formatter)
        write_examples(ctx, formatter)


class LazyCommands(dict[str, Any]):
    """Commands by name, each imported and built when it is first asked for.

    ``homes`` has the module and the function of each: ``batchctl.cli.graph:graph``. A module may name the class of its
    command as ``COMMAND_CLASS``, and typer's settings of its context as ``CONTEXT_SETTINGS``.
    """

    def __init__(self, homes: Mapping[str, str]) -> None:
        super().__init__(homes)
        self._built: dict[str, Any] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """The command, always the same one; ``default`` where there is none of that name."""
        if name not in self:
            return default
        if name not in self._built:
            self._built[name] = self.build(name)
        return self._built[name]

    def build(self, name: str) -> Any:
        """Import and build the command ``name``."""
        home, _, function = self[name].partition(":")
        module = import_module(home)
        target = getattr(module, function)
        if isinstance(target, Typer):
            return get_command(target)
        alone = Typer(**STYLE)
        made, context = getattr(module, "COMMAND_CLASS", Command), getattr(module, "CONTEXT_SETTINGS", None)
        alone.command(name, cls=made, context_settings=context)(target)
        return get_command(alone)

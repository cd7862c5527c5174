"""``batchctl sync FILE``, and the commands below it: the first word says which."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from batchctl.cli.command import Command, LazyCommands
from batchctl.errors import UsageError

_MODULE = "batchctl.cli.sync_truto"
BELOW = {
    "push": f"{_MODULE}:push",
    "pull": f"{_MODULE}:pull",
    "list": f"{_MODULE}:list_jobs",
    "status": f"{_MODULE}:status",
    "stop": f"{_MODULE}:stop",
}


def _refuse_misspelled(word: str) -> None:
    """Raise ``UsageError`` for a word that is nearly the name of a subcommand, and no file."""
    if not word.isalpha() or Path(word).exists():
        return
    from batchctl.diagnostics.spelling import closest

    meant = closest(word, tuple(BELOW))
    if meant is not None:
        raise UsageError(f"sync has no command {word}, and there is no such file", hint=f"did you mean sync {meant}?")


class SyncCommand(Command):
    """The command ``sync`` for typer: it runs a file, unless the first word is the name of a subcommand (``push``).

    A file that has such a name is written as a path: ``./push``. The arguments are typer's.
    """

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.commands = LazyCommands(BELOW)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the subcommand that ``args`` begins with, or of ``sync`` itself.

        All of it is typer's: ``args`` are the words after ``sync``, ``info_name`` is how it was called.
        """
        below = self.commands.get(args[0]) if args else None
        if below is None:
            _refuse_misspelled(args[0] if args else "")
            return super().make_context(info_name, args, parent, **extra)
        return below.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the subcommands, then the examples, at the end of the help.

        ``ctx`` is click's context, ``formatter`` its writer of help.
        """
        with formatter.section("Commands"):
            found = ((name, self.commands.get(name)) for name in self.commands)
            formatter.write_dl([(f"sync {name}", command.get_short_help_str(1_000)) for name, command in found])
        super().format_epilog(ctx, formatter)

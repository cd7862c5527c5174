"""``batchctl sync FILE``, and the commands below it: the first word says which."""

from __future__ import annotations

from typing import Any

from batchctl.cli.command import Command, LazyCommands

_MODULE = "batchctl.cli.sync_truto"
BELOW = {
    "push": f"{_MODULE}:push",
    "pull": f"{_MODULE}:pull",
    "list": f"{_MODULE}:list_jobs",
    "status": f"{_MODULE}:status",
    "stop": f"{_MODULE}:stop",
}


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

"""``batchctl sync FILE``, and the commands below it: the first word says which."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.main import get_command

from batchctl.cli.command import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

BELOW = {"push": "push", "pull": "pull", "list": "list_jobs", "status": "status", "stop": "stop"}
_MODULE = "batchctl.cli.sync_truto"


class _Below(dict[str, Any]):
    """The commands below ``sync``, built when they are asked for."""

    def __init__(self) -> None:
        super().__init__(BELOW)
        self._built: dict[str, Any] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """The command, always the same one; ``default`` where there is none of that name."""
        if name not in self:
            return default
        if name not in self._built:
            self._built[name] = self._build(name)
        return self._built[name]

    def _build(self, name: str) -> Any:
        target = getattr(import_module(_MODULE), BELOW[name])
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(name, cls=Command)(target)
        command = get_command(alone)
        command.context_settings = {"help_option_names": ["-h", "--help"]}
        if isinstance(command, Command):
            command.groups = getattr(target, "option_groups", {})
        return command

    def items(self) -> Iterator[tuple[str, Any]]:  # type: ignore[override]  # built one by one
        """Names and commands."""
        return ((name, self.get(name)) for name in self)


class SyncCommand(Command):
    """The command ``sync`` for typer: it runs a file, unless the first word is the name of a subcommand (``push``).

    A file that has such a name is written as a path: ``./push``. The arguments are typer's.
    """

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.commands = _Below()

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
            formatter.write_dl(
                [(f"sync {name}", each.get_short_help_str(1_000)) for name, each in self.commands.items()]
            )
        super().format_epilog(ctx, formatter)

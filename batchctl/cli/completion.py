"""``batchctl completion SHELL``: the script that lets a shell complete commands, options and names."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from batchctl.cli.options import Color

# The variable by which the script asks for proposals.
VARIABLE = "_BATCHCTL_COMPLETE"


class Shell(StrEnum):
    """The shells for which ``batchctl completion`` prints a script: ``bash``, ``zsh``, ``fish``, ``powershell``."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


def completion(
    shell: Annotated[Shell, typer.Argument(help="The shell.", show_default=False)],
) -> None:
    """Print the script that makes a shell complete batchctl's commands, options and names.

    bash: eval "$(batchctl completion bash)" in ~/.bashrc. zsh: the same with zsh in ~/.zshrc, after compinit.
    fish: batchctl completion fish > ~/.config/fish/completions/batchctl.fish.
    PowerShell: batchctl completion powershell | Out-String | Invoke-Expression in $PROFILE.
    """
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # typer uses it without exporting it

    from batchctl.cli.terminal import Terminal

    script = get_completion_script(prog_name="batchctl", complete_var=VARIABLE, shell=shell.value)
    Terminal(Color.NEVER).result([script, "\n"])


def register_shells() -> None:
    """Register batchctl's completion with every shell of ``Shell``, so that their scripts get answers.

    typer does this by itself only with its own options ``--install-completion`` and ``--show-completion``, which are
    off.
    """
    from typer.completion import completion_init  # type: ignore[attr-defined]  # typer uses it without exporting it

    completion_init()

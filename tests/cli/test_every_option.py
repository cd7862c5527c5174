"""Every option of every command can be given by a variable, and by a file of settings unless that would be unsafe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from batchctl.cli.app import COMMANDS, app
from batchctl.cli.command import Default
from batchctl.cli.defaults import NOT_IN_FILES, set_defaults
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")


def options_of(command: Any) -> dict[str, Any]:
    """The long names of the options of a command, without ``--help``."""
    found = {}
    for each in command.params:
        if each.param_type_name == "option" and each.name != "help":
            found.update({written.removeprefix("--"): each for written in each.opts if written.startswith("--")})
    return found


def every_option() -> Iterator[tuple[str, str]]:
    for name, command in all_commands():
        for option in sorted(options_of(command)):
            yield name, option


def all_commands() -> Iterator[tuple[str, Any]]:
    root: Any = get_command(app)
    for name in sorted(COMMANDS):
        command = root.get_command(None, name)
        yield name, command
        commands = getattr(command, "commands", {})
        for below, each in ((below, commands.get(below)) for below in sorted(commands)):
            yield f"{name} {below}", each


def fresh(name: str) -> Any:
    root: Any = get_command(app)
    return root.get_command(None, name)


def value_for(option: Any) -> str:
    """A value that an option of this kind takes."""
    if option.is_flag or option.count:
        return "true" if option.is_flag else "1"
    kinds = getattr(option.type, "choices", None)
    if kinds:
        first = next(iter(kinds))
        return str(getattr(first, "value", first))
    return "1"


@pytest.mark.parametrize(("name", "option"), list(every_option()), ids=lambda each: each.replace(" ", "-"))
def test_it_has_a_place(name: str, option: str, tmp_path: Path) -> None:
    command, _, below = name.partition(" ")
    made = fresh(command)
    target = made.commands.get(below) if below else made
    parameter = options_of(target)[option]
    variable = "_".join(["BATCHCTL", *name.upper().split(), option.upper()]).replace("-", "_")
    set_defaults(made, command, COMMANDS, environ={variable: value_for(parameter)}, folder=tmp_path)
    assert target.origins[parameter.name].where == f"the variable {variable}"

    table = ".".join(name.split())
    value = "true" if parameter.is_flag else f'"{value_for(parameter)}"'
    (tmp_path / "batchctl.toml").write_text(f"[{table}]\n{option} = {value}\n", "utf-8")
    again = fresh(command)
    if option in NOT_IN_FILES:
        with pytest.raises(UsageError, match=f"can't set {option}"):
            set_defaults(again, command, COMMANDS, environ={}, folder=tmp_path)
        return
    set_defaults(again, command, COMMANDS, environ={}, folder=tmp_path)
    there = again.commands.get(below) if below else again
    found = there.origins[parameter.name]
    assert isinstance(found, Default)
    assert found.where.endswith(f" {option}")
    assert there.context_settings["default_map"][parameter.name] == found.value


def test_the_page_names_what_a_file_can_not_set() -> None:
    (listed,) = [each for each in PAGE.split("\n\n") if each.startswith("A file that comes with a project")]
    assert {name for name in NOT_IN_FILES if f"`{name}`" in listed} == NOT_IN_FILES

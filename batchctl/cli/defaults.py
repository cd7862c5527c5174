"""Options from settings and the environment: below the command line, above the defaults.

``[run] timeout = 60`` in ``batchctl.toml`` (``[tool.batchctl.run]`` in ``pyproject.toml``) is ``run --timeout 60``, and
so is ``BATCHCTL_RUN_TIMEOUT=60``, which wins over the file. docs/settings.md has the rules.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchctl.cli.command import EITHER, Default
from batchctl.diagnostics.spelling import suggestion
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

PREFIX = "BATCHCTL"
# A file that comes with a project must not decide where a token goes, or answer for a person.
NOT_IN_FILES = frozenset({"token", "api-url", "allow-http", "profile", "yes", "show-secrets", "debug", "on", "store"})


def set_defaults(
    command: Any,
    name: str,
    commands: Collection[str],
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> None:
    """Give the options of ``command`` (typer's) their values from settings files and environment variables.

    A variable (``BATCHCTL_RUN_TIMEOUT``) wins over a file. ``name`` is that of a command right below ``batchctl``,
    whose subcommands get theirs, too. ``commands`` are the names of all such commands: a table of a file that has none
    of them is a ``UsageError``. ``environ`` are the variables (None: those of this process); the settings are those
    that apply in ``folder`` (None: the current one). Raises ``UsageError`` for an option that the command does not
    have, or that a file must not set (the token), and for a value that can't be used.
    """
    defaults = _from_files(command, name, commands, folder or Path.cwd())
    variables = os.environ if environ is None else environ
    _merge(defaults, _from_environment(command, f"{PREFIX}_{_upper(name)}_", variables))
    if defaults:
        _set(command, defaults)


def _set(command: Any, defaults: Mapping[str, Any]) -> None:
    """Give a command, and the commands below it, their defaults, and note where each came from."""
    own = {name: value for name, value in defaults.items() if isinstance(value, Default)}
    command.origins = own
    given = {name: value.value for name, value in own.items()}
    command.context_settings = {**command.context_settings, "default_map": given}
    for name, value in defaults.items():
        if isinstance(value, dict):
            _set(command.commands.get(name), value)


def _from_files(command: Any, name: str, commands: Collection[str], folder: Path) -> dict[str, Any]:
    from batchctl.config.settings import SettingsFinder

    settings = SettingsFinder().find(folder)
    for table in settings.options:
        if table not in commands:
            hint = suggestion(table, commands)
            raise UsageError(f"{settings.file}: there is no command {table}, nor a setting of that name", hint=hint)
    return _named(command, settings.options.get(name, {}), f"{settings.file}: [{name}]")


def _named(command: Any, table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Names of parameters to values, from names of options."""
    options = dict(_options(command))
    found: dict[str, Any] = {}
    for key, value in table.items():
        below = getattr(command, "commands", {}).get(key)
        if below is not None and isinstance(value, dict):
            found[key] = _named(below, value, f"{where[:-1]}.{key}]")
        elif key in NOT_IN_FILES and key in options:
            variable = f"{PREFIX}_{_upper(command.name or '')}_{_upper(key)}"
            raise UsageError(f"{where} can't set {key}", hint=f"a project's file does not decide that; set {variable}")
        elif key not in options:
            raise UsageError(f"{where} has no option {key}", hint=suggestion(key, options))
        else:
            found[options[key].name] = Default(_written(value, options[key], f"{where} {key}"), f"{where} {key}")
    return found


def _written(value: Any, option: Any, where: str) -> Any:
    """A value of TOML as it would be on the command line, where all is text but what a flag says.

    Raises ``UsageError`` for one that can't be written there.
    """
    if option.multiple:
        return [_text(each, where) for each in (value if isinstance(value, list) else [value])]
    if isinstance(value, list | dict):
        raise UsageError(f"{where} must be one value")
    if option.is_flag and isinstance(value, bool):
        return value
    return _text(value, where)


def _text(value: Any, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        kind = "a flag" if isinstance(value, bool) else "of another type"
        raise UsageError(f"{where} must be text or a number; the value is {kind}")
    if value == "":
        raise UsageError(f"{where} is empty", hint="leave it out where there is no value")
    if "\0" in str(value):
        raise UsageError(f"{where} holds a NUL character, which no command line can")
    return str(value)


def _from_environment(command: Any, prefix: str, environ: Mapping[str, str]) -> dict[str, Any]:
    variables = {name: value for name, value in environ.items() if name.startswith(prefix)}
    if not variables:
        return {}
    options = {f"{prefix}{_upper(name)}": option for name, option in _options(command)}
    commands = getattr(command, "commands", {})
    below = {f"{prefix}{_upper(name)}_": name for name in commands}
    found: dict[str, Any] = {
        name: inner for start, name in below.items() if (inner := _from_environment(commands.get(name), start, environ))
    }
    for name, value in variables.items():
        if any(name.startswith(start) for start in below):
            continue
        if name not in options:
            raise UsageError(f"the variable {name} sets no option", hint=suggestion(name, options))
        if not value.strip():
            raise UsageError(f"the variable {name} is empty", hint="unset it, or check what it is set from")
        given = value.splitlines() if options[name].multiple else value
        found[options[name].name] = Default(given, f"the variable {name}")
    return found


def _options(command: Any) -> Iterator[tuple[str, Any]]:
    """The long names of a command's options, and the options."""
    for each in command.params:
        if each.param_type_name == "option" and each.name != "help":
            for written in each.opts:
                if written.startswith("--"):
                    yield written.removeprefix("--"), each


def _merge(below: dict[str, Any], above: Mapping[str, Any]) -> None:
    if EITHER & above.keys():
        for name in EITHER & below.keys():
            del below[name]
    for name, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(name), dict):
            _merge(below[name], value)
        else:
            below[name] = value


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")

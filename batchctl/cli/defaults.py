"""Options from settings and the environment: below the command line, above the defaults.

``[run] timeout = 60`` in ``batchctl.toml`` (``[tool.batchctl.run]`` in ``pyproject.toml``) is ``run --timeout 60``, and
so is ``BATCHCTL_RUN_TIMEOUT=60``, which wins over the file. docs/settings.md has the rules.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchctl.diagnostics.spelling import suggestion
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

PREFIX = "BATCHCTL"
# A file that comes with a project must not decide where a token goes, or answer for a person.
_NOT_IN_FILES = frozenset({"token", "api-url", "allow-http", "profile", "yes", "show-secrets", "debug", "on", "store"})


def set_defaults(command: Any, name: str, commands: Collection[str]) -> None:
    """Give ``command`` its defaults. ``commands`` are the names of all.

    Raises ``UsageError`` for an option that the command does not have, in the settings or in a variable.
    """
    defaults = _from_files(command, name, commands)
    _merge(defaults, _from_environment(command, f"{PREFIX}_{_upper(name)}_", os.environ))
    if defaults:
        command.context_settings = {**command.context_settings, "default_map": defaults}


def _from_files(command: Any, name: str, commands: Collection[str]) -> dict[str, Any]:
    from batchctl.config.settings import SettingsFinder

    settings = SettingsFinder().find(Path.cwd())
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
            found[key] = _named(below, value, f"{where}[{key}]")
        elif key in _NOT_IN_FILES and key in options:
            variable = f"{PREFIX}_{_upper(command.name or '')}_{_upper(key)}"
            raise UsageError(f"{where} can't set {key}", hint=f"a project's file does not decide that; set {variable}")
        elif key not in options:
            raise UsageError(f"{where} has no option {key}", hint=suggestion(key, options))
        elif isinstance(value, dict) or (isinstance(value, list) and not options[key].multiple):
            raise UsageError(f"{where} {key} must be one value")
        else:
            found[options[key].name] = value
    return found


def _from_environment(command: Any, prefix: str, environ: Mapping[str, str]) -> dict[str, Any]:
    variables = {name: value for name, value in environ.items() if name.startswith(prefix)}
    if not variables:
        return {}
    options = {f"{prefix}{_upper(name)}": option for name, option in _options(command)}
    below = {f"{prefix}{_upper(name)}_": (name, each) for name, each in getattr(command, "commands", {}).items()}
    found: dict[str, Any] = {
        name: inner for start, (name, each) in below.items() if (inner := _from_environment(each, start, environ))
    }
    for name, value in variables.items():
        if any(name.startswith(start) for start in below):
            continue
        if name not in options:
            raise UsageError(f"the variable {name} sets no option", hint=suggestion(name, options))
        found[options[name].name] = value.splitlines() if options[name].multiple else value
    return found


def _options(command: Any) -> Iterator[tuple[str, Any]]:
    """The long names of a command's options, and the options."""
    for each in command.params:
        if each.param_type_name == "option" and each.name != "help":
            for written in each.opts:
                if written.startswith("--"):
                    yield written.removeprefix("--"), each


def _merge(below: dict[str, Any], above: Mapping[str, Any]) -> None:
    for name, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(name), dict):
            _merge(below[name], value)
        else:
            below[name] = value


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")

"""Project settings: ``[tool.batchctl]`` of a pyproject.toml, or a ``batchctl.toml``; the nearest above a file counts.

select = ["BC3", "missing-id"]          # only these rules
ignore = ["unused-argument"]            # all but these
include = ["batches/**/*.yaml"]         # more files for folders, beside *.batch.yaml, .yml and .json
severity = {proxy-not-persisted = "error"}
per-file-ignores = {"legacy/*" = ["BC6"]}

[run]                                   # options of a command, see docs/settings.md
timeout = 60
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.diagnostics import Severity
from batchctl.errors import UsageError
from batchctl.files import not_read
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.diagnostics.selection import Selection

_OWN, _PYPROJECT = "batchctl.toml", "pyproject.toml"
_KEYS = ("select", "ignore", "include", "severity", "per-file-ignores")


class Settings(Struct, frozen=True):
    """The settings of one project, as its settings file has them.

    ``folder`` is where that file is, and where its patterns start; ``file`` is its path, empty where there is none.
    ``selection`` says which rules are reported (None: all). ``include`` are patterns of more files that are
    definitions, besides ``*.batch`` and ``*.sync`` with ``.yaml``, ``.yml`` or ``.json``. ``options`` are values for
    the options of commands, as they are written: ``{"run": {"timeout": 60}}``.
    """

    folder: Path
    selection: Selection | None = None
    include: tuple[str, ...] = ()
    file: str = ""
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def relative(self, file: str) -> str:
        """The path ``file`` in the form that patterns match: relative to ``folder``, with forward slashes.

        A path outside of the folder stays as it is.
        """
        try:
            return Path(os.path.abspath(file)).relative_to(self.folder).as_posix()  # noqa: PTH100 - keeps links
        except ValueError:
            return Path(file).as_posix()


class SettingsFinder:
    """Finds the settings of the project that a folder belongs to; each file is read once.

    They are in a ``batchctl.toml``, or in the table ``[tool.batchctl]`` of a ``pyproject.toml``.
    """

    def __init__(self) -> None:
        self._by_folder: dict[Path, Settings] = {}

    def find(self, folder: str | Path) -> Settings:
        """The settings for files in ``folder``: from the nearest settings file there or in a folder above.

        Where a folder has both files, ``batchctl.toml`` counts; without one they are empty. Raises ``UsageError`` for a
        settings file that can't be used.
        """
        start = Path(os.path.abspath(folder))  # noqa: PTH100 - keeps links
        found = self._by_folder.get(start)
        if found is None:
            found = self._read(start)
            if found is None:
                found = self.find(start.parent) if start.parent != start else Settings(start)
            self._by_folder[start] = found
        return found

    def _read(self, folder: Path) -> Settings | None:
        for name in (_OWN, _PYPROJECT):
            data = _bytes(folder / name)
            if data is not None and (name == _OWN or b"batchctl" in data):
                table = _table(data, folder / name)
                if table is not None:
                    return parse_settings(table, folder, str(folder / name))
        return None


def parse_settings(table: Mapping[str, object], folder: Path, file: str) -> Settings:
    """The settings in ``table``: what ``batchctl.toml`` holds, or ``[tool.batchctl]`` of a ``pyproject.toml``.

    ``folder`` is where its patterns start. Raises ``UsageError`` for an unknown key or a value that can't be used, with
    a sentence that names ``file``.
    """
    from batchctl.diagnostics.selection import Selection, UnknownRule, rule_names  # noqa: PLC0415 - as below

    options = {key: value for key, value in table.items() if key not in _KEYS and isinstance(value, dict)}
    for key in table:
        if key not in _KEYS and key not in options:
            raise UsageError(f"{file}: there is no setting {key}", hint=f"settings: {', '.join(_KEYS)}")
    try:
        selection = Selection(
            select=rule_names(_strings(table, "select")) if "select" in table else None,
            ignore=rule_names(_strings(table, "ignore")),
            severities=_severities(_mapping(table, "severity")),
            per_file=tuple(
                (pattern, rule_names(_strings(entries, pattern)))
                for entries in (_mapping(table, "per-file-ignores"),)
                for pattern in entries
            ),
        )
        return Settings(folder, selection, tuple(_strings(table, "include")), file, options)
    except (UnknownRule, _Unusable) as error:
        raise UsageError(f"{file}: {error}") from error


class _Unusable(ValueError):
    """A setting of another type than it has to be."""


def _severities(entries: Mapping[str, object]) -> dict[str, Severity]:
    from batchctl.diagnostics.selection import rule_names  # noqa: PLC0415 - as below

    known = [severity.value for severity in Severity]
    found = {}
    for word, level in entries.items():
        if level not in known:
            raise _Unusable(f"the severity of {word} must be one of {', '.join(known)}")
        found.update(dict.fromkeys(rule_names([word]), Severity(str(level))))
    return found


def _strings(table: Mapping[str, object], key: str) -> list[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _Unusable(f"{key} must be a list of strings")
    return value


def _mapping(table: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise _Unusable(f"{key} must be a table")
    return value


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        # Windows refuses a folder of that name so, and other systems what is in a folder that can't be looked into.
        if isinstance(error, PermissionError) and not os.path.isfile(path):  # noqa: PTH113 - Path's raises here
            return None
        raise not_read(path, error) from error


def _table(data: bytes, path: Path) -> Mapping[str, object] | None:
    import tomllib  # noqa: PLC0415 - most folders have no settings

    try:
        parsed: Mapping[str, object] = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from error
    if path.name == _OWN:
        return parsed
    tool = parsed.get("tool")
    table = tool.get("batchctl") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError(f"{path}: tool.batchctl must be a table")
    return table

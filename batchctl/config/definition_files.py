"""Which files are meant: by name, by folder, by pattern, or by what the project's settings include."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from glob import iglob
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.errors import BatchctlError, UsageError
from batchctl.files import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchctl.config.settings import Settings, SettingsFinder

# What a folder is searched for.
PATTERNS = tuple(f"*.{kind}.{ending}" for kind in ("batch", "sync") for ending in ("yaml", "yml", "json"))
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv"})


def find_files(paths: Sequence[str], settings: SettingsFinder) -> tuple[list[str], list[BatchctlError]]:
    """The files that ``paths`` on the command line mean, each once, and an error for each path that matches nothing.

    Both are in the order of ``paths``. A path is a file, a folder, a pattern or ``-``, which stays as it is. A folder
    is searched, with the folders in it, for ``*.batch`` and ``*.sync`` with ``.yaml``, ``.yml`` or ``.json``, and for
    what its settings ``include``; without paths it is the current one. ``settings`` finds the settings of a folder.
    """
    files: dict[str, str] = {}
    complaints: list[BatchctlError] = []
    for path in paths or ["."]:
        try:
            found = list(_matches(path, settings))
        except BatchctlError as error:
            complaints.append(error)
            continue
        if not found:
            complaints.append(_nothing(path, named=bool(paths)))
        for file in found:
            files.setdefault(os.path.normpath(file) if file != STDIN else file, file)
    return list(files.values()), complaints


def _nothing(path: str, *, named: bool) -> UsageError:
    if not named:
        return UsageError(
            "nothing to check", hint="name a file, a folder that holds *.batch.yaml or *.sync.yaml, or - for stdin"
        )
    if Path(path).is_dir():
        return UsageError(f"no {' or '.join(PATTERNS)} in {path}")
    return UsageError(f"nothing matches {path}")


def _matches(path: str, settings: SettingsFinder) -> Iterable[str]:
    if path == STDIN:
        return [path]
    if os.path.isdir(path):  # noqa: PTH112 - Path would refuse a NUL in older Pythons
        return sorted({*_in_folder(path), *_included(path, settings.find(path))})
    if any(sign in path for sign in "*?[") and not os.path.lexists(path):
        matches = iglob(path, recursive=True)  # noqa: PTH207 - leaves out hidden files, as shells do
        return sorted(match for match in matches if Path(match).is_file())
    return [path]


def _in_folder(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in names:
            if any(fnmatchcase(name, pattern) for pattern in PATTERNS):
                yield os.path.normpath(os.path.join(place, name))  # noqa: PTH118 - thousands of them


def _included(folder: str, settings: Settings) -> Iterator[str]:
    """The files that the settings include and that are in this folder, as seen from where we are."""
    inside = Path(os.path.abspath(folder))  # noqa: PTH100 - keeps links
    for pattern in settings.include:
        for match in iglob(pattern, root_dir=settings.folder, recursive=True):  # noqa: PTH207 - as above
            file = settings.folder / match
            if file.is_file() and file.is_relative_to(inside):
                yield os.path.normpath(Path(folder) / file.relative_to(inside))

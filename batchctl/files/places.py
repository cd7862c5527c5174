"""Whether a place can be written to, and file names for whatever a resource is called."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from batchctl.errors import UsageError
from batchctl.files import path_reason
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_MAX_NAME_LENGTH = 100
_RESERVED = lazy_regex(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def require_place(path: Path, option: str) -> None:
    """Raise ``UsageError`` when the file ``path`` can't be written, is a folder, or is in a folder that is missing.

    ``option`` (``--out``) is the option that names it, for the message. Nothing is created.
    """
    _require_path(path, option)
    if path.is_dir():
        raise UsageError(f"{option}: {path} is a folder")
    if not path.parent.is_dir():
        raise UsageError(f"{option}: there is no folder {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"{option}: {path} can't be written")


def is_folder(path: Path) -> bool:
    """Whether there is a folder ``path``; what can't be a path at all, or can't be looked at, is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """Whether there is a file or folder ``path``; what can't be a path at all, or can't be looked at, is not there."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _require_path(path: Path, option: str) -> None:
    """Raise ``UsageError`` for what can't be a path, or can't be looked at: too long, below a folder of others."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, ValueError) as error:
        raise UsageError(f"{option}: can't write to {path}: {path_reason(error)}") from error


def require_apart(read: Mapping[str, Path], written: Mapping[str, Path]) -> None:
    """Raise ``UsageError`` when a file would be written that is also read, or is written twice.

    Both map a description for people to a file. What is no regular file (``/dev/stdout``, a pipe) may occur repeatedly.
    The keys of ``read`` are words for a message (``the definition``), those of ``written`` are names of options.
    """
    outputs = list(written.items())
    for position, (option, path) in enumerate(outputs):
        for what, other in (*read.items(), *outputs[:position]):
            if _is_same(path, other):
                raise UsageError(f"{option}: {path} is {what}, too", hint="name another file")


def require_different(files: Iterable[str]) -> None:
    """Raise ``UsageError`` for a file that is named twice, also by another path that leads to it."""
    named: dict[str, str] = {}
    for file in files:
        place = os.path.realpath(file)
        if (first := named.get(place)) is not None:
            said = f"{file} is named twice" if first == file else f"{file} is the same file as {first}"
            raise UsageError(said, hint="name each file once: each is run once")
        named[place] = file


def require_names_apart(read: Mapping[str, Path], folder: Path, names: Iterable[str]) -> None:
    """Raise ``UsageError`` when one of the files ``names`` in ``folder`` is also read.

    The keys of ``read`` are words for a message (``the definition``).
    """
    for name in names:
        for what, other in read.items():
            if _is_same(folder / name, other):
                raise UsageError(
                    f"--out: {folder / name} is {what}, too", hint="name another folder, or give the resource a name"
                )


def require_outside(folder: Path, written: Mapping[str, Path]) -> None:
    """Raise ``UsageError`` when a file to be written exists in ``folder``, the fixtures that are read.

    The keys of ``written`` are the names of options.
    """
    for option, path in written.items():
        if is_there(path) and _is_inside(path, folder):
            raise UsageError(f"{option}: {path} is in the fixtures folder, too", hint="name another place")


def _is_same(one: Path, other: Path) -> bool:
    try:
        if one.exists() and not one.is_file():
            return False
        if one.exists() and other.exists():
            return one.samefile(other)
        return one.resolve() == other.resolve()
    except (OSError, ValueError, RuntimeError):
        return False


def _is_inside(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False


def require_folder(path: Path, option: str) -> None:
    """Raise ``UsageError`` when the folder ``path`` is a file, or can't be created or written to.

    ``option`` (``--out``) is the option that names it, for the message. Nothing is created yet.
    """
    _require_path(path, option)
    above = next(each for each in (path, *path.absolute().parents) if each.exists())
    if not above.is_dir():
        raise UsageError(f"{option}: {above} is not a folder")
    if not os.access(above, os.W_OK):
        raise UsageError(f"{option}: {above} can't be written")


def make_folder(path: Path) -> None:
    """Create the folder ``path`` and its parents, where they are missing. Raises ``UsageError`` where it can't."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise UsageError(f"can't make the folder {path}: {path_reason(error)}") from error


class SafeNames:
    """Makes file names of the names of resources: portable, of limited length, no two the same.

    ``taken`` are names, without endings, that are in use already.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.lower() for name in taken}

    @property
    def count(self) -> int:
        """How many names are in use: those that it made, and those in ``taken``."""
        return len(self._taken)

    def name(self, key: str) -> str:
        """A new file name for ``key``: ``crm/contacts`` → ``crm-contacts``; where that is taken it gets a number."""
        safe = re.sub(r"[^\w.@+=,()-]+", "-", key).strip("-. ") or "resource"
        safe = safe.encode()[:_MAX_NAME_LENGTH].decode(errors="ignore")
        if _RESERVED.fullmatch(safe):
            safe = f"_{safe}"
        found, number = safe, 1
        while found.lower() in self._taken:
            number += 1
            found = f"{safe}-{number}"
        self._taken.add(found.lower())
        return found

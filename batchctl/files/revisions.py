"""Files as they are in a revision of git."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.errors import UsageError
from batchctl.files import STDIN, read_bytes, reason_of
from batchctl.files.places import is_there
from batchctl.plain import clean

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_SAID = 200


def read_other(file: str, own: str) -> bytes:
    """The bytes of ``file``, a value of ``--against``: a path, ``-`` for stdin, or ``REVISION:FILE`` of git.

    ``own`` is the path of the definition that it is compared with, whose earlier version ``REVISION:`` names. Raises
    ``UsageError`` for what can't be read.
    """
    if file == STDIN and own == STDIN:
        raise UsageError("--against - and the definition can't both come from stdin", hint="name one of them")
    named = _revision(file)
    return read_bytes(file) if named is None else _from_git(*named, own)


def reader_of_other(file: str, own: str) -> Callable[[str], bytes] | None:
    """A function that reads the files that ``file`` includes from the same revision, for ``REVISION:FILE`` of git.

    It takes paths from the folder of ``file``, returns bytes, and raises ``UsageError``. None for a ``file`` that is
    not of a revision. ``own`` is the definition that it is compared with.
    """
    named = _revision(file)
    if named is None:
        return None
    revision, path = named
    folder = Path(path or own).parent
    return lambda included: _from_git(revision, (folder / included).as_posix(), own)


def _revision(file: str) -> tuple[str, str] | None:
    """The revision and the path of ``REVISION:FILE``; None for what is a file, or stdin."""
    revision, colon, path = file.partition(":")
    # A colon in the second place is a drive of Windows.
    if file == STDIN or not colon or len(revision) < 2 or is_there(Path(file)):
        return None
    return revision, path


def _from_git(revision: str, path: str, own: str) -> bytes:
    """A file as it was; without a path, the definition's own. A path is relative to the current folder."""
    wanted = path or ("" if own == STDIN else own)
    if revision.startswith("-") or not wanted:
        raise UsageError(f"--against {revision}:{path} is not REVISION:FILE", hint="for example HEAD:contacts.yaml")
    where = wanted if Path(wanted).is_absolute() or wanted.startswith("./") else f"./{wanted}"
    try:
        # No shell reads it, and a revision can't begin with a dash.
        command = ["git", "show", f"{revision}:{where}"]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - see above
    except OSError as error:
        raise UsageError(f"can't ask git for {revision}:{path}: {reason_of(error)}") from error
    if done.returncode:
        said = clean(done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: "), _MAX_SAID)
        raise UsageError(f"git has no {revision}:{wanted}: {said}", hint="git log -- FILE lists the revisions")
    return done.stdout

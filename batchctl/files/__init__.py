"""Files that are whole or not there, and why one could not be used, in words."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from batchctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


E = TypeVar("E", bound=UsageError)
# The largest file that is read as a whole.
MAX_BYTES = 32 * 2**20
# Names of a folder that are compared with one that is not there.
_MOST_NAMES = 2_000
# The name of stdin where a file is named.
STDIN = "-"


def reason_of(error: BaseException) -> str:
    """The system's words for why something failed, in lower case: ``no space left on device``.

    Where the system has none it is the error's own message, or the name of its class.
    """
    said = getattr(error, "strerror", None) or str(error)
    return str(said).lower() or type(error).__name__


def is_usable(path: str) -> bool:
    """Whether a file could have the path ``path``: it has no NUL character, and nothing that is half a character."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def path_reason(error: BaseException) -> str:
    """Why a path could not be used, in words: the system's for an ``OSError``, else ``not a usable path``.

    Python itself refuses some paths, with a ``ValueError`` (a NUL in it) or a ``RuntimeError`` (a loop of links).
    """
    return reason_of(error) if isinstance(error, OSError) else "not a usable path"


def read_bytes(file: str) -> bytes:
    """The bytes of a file, or of stdin for ``-``.

    Raises ``UsageError`` when there is no such file, or it can't be read, or is larger than 32 MiB.
    """
    if file != STDIN:
        return read_file(Path(file))
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UsageError("stdin holds more than 32 MiB")
    return data


def not_written(where: object, error: BaseException) -> UsageError:
    """The error, to be raised, for what could not be written, with the reason of ``error`` in its message.

    ``where`` is the file, the folder or the stream, as the message names it.
    """
    return UsageError(f"can't write to {where}: {reason_of(error)}")


def not_read(path: Path, error: BaseException, kind: type[E] = UsageError, *, hint: str | None = None) -> E:  # type: ignore[assignment]  # the default is one
    """The error, to be raised, for the file ``path`` that could not be read: it is missing, or the reason of ``error``.

    ``kind`` is its class, ``hint`` is what to do about it (None: the file of the same folder that may have been meant).
    """
    if isinstance(error, FileNotFoundError):
        return kind(f"no such file: {path}", hint=hint or _nearest(path))
    reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else path_reason(error)
    return kind(f"can't read {path}: {reason}", hint=hint)


def read_file(path: Path) -> bytes:
    """The bytes of the file ``path``.

    Raises ``UsageError`` when there is no such file, or it can't be read, or is larger than 32 MiB.
    """
    require_file(path)
    try:
        with path.open("rb") as file:
            # A pipe and a device tell no size.
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:
        raise not_read(path, error) from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path} is larger than 32 MiB")
    return data


def require_file(path: Path) -> None:
    """Raise ``UsageError`` where ``path`` is a folder, or there is no such file, or it can't be looked at."""
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError, RuntimeError) as error:
        raise not_read(path, error) from error
    if is_folder:
        raise UsageError(f"{path} is a folder", hint="name a file")


def reader_of(file: str | Path) -> Callable[[str], bytes]:
    """A function that reads the files that the definition in ``file`` includes; it takes paths from its folder.

    It returns a file's bytes, and raises ``UsageError`` for one that is missing, can't be read, is larger than 32 MiB,
    or lies outside of the folder (through a link).
    """
    folder = Path(file).parent

    def read(path: str) -> bytes:
        place = folder / path
        try:
            if not place.resolve().is_relative_to(folder.resolve()):
                raise UsageError(f"{place} is a link that leads out of the folder")
        except (OSError, ValueError, RuntimeError) as error:
            raise not_read(place, error) from error
        return read_file(place)

    return read


def _nearest(path: Path) -> str | None:
    """The file of the same folder whose name may have been meant."""
    from difflib import SequenceMatcher, get_close_matches  # noqa: PLC0415 - for an error alone

    with suppress(OSError, ValueError):
        names = sorted(entry.name for entry in path.parent.iterdir())[:_MOST_NAMES]
        for name in get_close_matches(path.name, names, n=3, cutoff=0.65):
            # Names of two letters are alike for their endings alone: .batch.yaml.
            if SequenceMatcher(None, _before_dot(path.name), _before_dot(name)).ratio() > 0.6:
                return f"did you mean {path.with_name(name)}?"
    return None


def _before_dot(name: str) -> str:
    return name.lstrip(".").partition(".")[0]


def write_whole(path: Path, pieces: Iterable[str], redact: Callable[[str], str] = str, *, mode: int = 0) -> None:
    """Write ``pieces`` as UTF-8, each passed through ``redact``; a reader sees the old file or the new one, never half.

    What is no regular file (a pipe, ``/dev/stdout``) is written directly. ``mode`` are the file's permissions; 0 keeps
    those it has, or uses the umask. Raises ``UsageError`` for a file that can't be written.
    """
    # A lone surrogate can't be written; as an escape it is JSON still.
    write_bytes(path, (redact(piece).encode("utf-8", "backslashreplace") for piece in pieces), mode=mode)


def write_bytes(path: Path, pieces: Iterable[bytes], *, mode: int = 0) -> None:
    """Write ``pieces``; a reader sees the old file or the new one, never half.

    What is no regular file, and ``mode``, are treated as by ``write_whole``. Raises ``UsageError`` for a file that
    can't be written.
    """
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            with path.open("wb") as file:
                file.writelines(pieces)
            return
        _replace(path.resolve(), pieces, mode)
    except OSError as error:
        raise not_written(path, error) from error


def _replace(place: Path, pieces: Iterable[bytes], mode: int) -> None:
    wanted = mode or (stat.S_IMODE(place.stat().st_mode) if place.exists() else 0o666 & ~_umask())
    import tempfile  # noqa: PLC0415 - many commands write no file

    with tempfile.NamedTemporaryFile("wb", dir=place.parent, prefix=".batchctl-", delete=False) as file:
        made = Path(file.name)
        try:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
            made.chmod(wanted)
        except BaseException:
            made.unlink(missing_ok=True)
            raise
    try:
        made.replace(place)
    except OSError:
        with suppress(OSError):
            made.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask

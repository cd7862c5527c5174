"""The files that ``batchctl new`` writes: all of them, or none."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self

from batchctl.errors import UsageError
from batchctl.files import not_written

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class NewFiles:
    """Writes new files, all or none: ``with NewFiles() as files`` removes them again when its block raises.

    ``written`` are the files so far. Folders that are missing are created, and removed with the files.
    """

    def __init__(self) -> None:
        self.written: list[Path] = []
        self._folders: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            return
        for file in self.written:
            file.unlink(missing_ok=True)
        for folder in reversed(self._folders):
            # Somebody else may have put something there.
            with suppress(OSError):
                folder.rmdir()

    def write(self, path: Path, text: str) -> None:
        """Write ``text`` to the new file ``path``.

        Raises ``UsageError`` where it is there already, or can't be written.
        """
        try:
            self._make(path.parent)
            with path.open("x", encoding="utf-8") as file:
                self.written.append(path)
                file.write(text)
        except FileExistsError as error:
            raise UsageError(f"{path} is there already", hint="choose another name, or remove it first") from error
        except ValueError as error:
            raise not_written(path, ValueError("not a usable path")) from error
        except OSError as error:
            raise not_written(path, error) from error

    def write_missing(self, path: Path, text: str) -> None:
        """Write ``text`` to ``path`` where there is no file; one that exists is left unchanged.

        Raises ``UsageError`` for a file that can't be written.
        """
        if not path.exists():
            self.write(path, text)

    def _make(self, folder: Path) -> None:
        if folder.exists():
            return
        self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        self._folders.append(folder)

"""The files that a command reads, by what names them: none of them may be one that it writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from batchctl.files import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchctl.yaml12.source import Source


class NamesFiles(Protocol):
    """Options that name files: ``--args-file``, ``--env-file``, and ``--arg NAME=@FILE``.

    None, or an empty sequence, where an option is not given. The options of a command are one; ``inputs_read`` takes
    it.
    """

    @property
    def args_file(self) -> Sequence[Path] | None:
        """The files of arguments."""

    @property
    def arg(self) -> Sequence[str] | None:
        """The texts of single arguments, as ``--arg`` has them: ``NAME=TEXT``, ``NAME:=JSON`` or ``NAME=@FILE``."""

    @property
    def env_file(self) -> Path | None:
        """The file of variables."""


def definitions(files: Iterable[str | None]) -> dict[str, Path]:
    """The paths of the definitions among ``files``, each by a description for messages: ``the definition``.

    Stdin (``-``) and None are left out; of several it is ``the definition a.yaml``.
    """
    named = [file for file in files if file not in (None, STDIN)]
    return {"the definition" if len(named) == 1 else f"the definition {file}": Path(file) for file in named}


def inputs_read(
    files: Iterable[str | None],
    options: NamesFiles,
    *,
    each: Path | None = None,
    context: Sequence[str] | None = None,
) -> dict[str, Path]:
    """All files that a command reads, each by a description for messages; none of them may be overwritten.

    A description is ``--args-file x.yaml``. ``files`` are the definitions, ``each`` is the file of rows (None: no
    file), ``context`` are values of ``--context`` (None: no values).
    """
    read = definitions(files)
    read |= {f"--args-file {path}": path for path in options.args_file or ()}
    for option, texts in (("--arg", options.arg), ("--context", context)):
        read |= _named_files(option, texts or ())
    read |= {"--env-file": options.env_file} if options.env_file else {}
    return read | ({"--each": each} if each else {})


def _named_files(option: str, texts: Sequence[str]) -> dict[str, Path]:
    """Those of ``NAME=@FILE`` and ``NAME:=@FILE``."""
    pairs = (text.partition("=") for text in texts)
    return {f"{option} {name.rstrip(':')}": Path(value[1:]) for name, _, value in pairs if value.startswith("@")}


def parts_read(source: Source) -> dict[str, Path]:
    """The file of a definition and those that it includes, by a description for messages: ``the definition``.

    Where there are several it is ``the definition a.yaml``. What is no file, such as ``<stdin>``, is left out.
    """
    return definitions(None if part.source.file.startswith("<") else part.source.file for part in source.parts)

"""What a command reads before it starts: the definition, arguments, variables."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.cli.arguments import parse_argument
from batchctl.config.env_file import parse_env_file
from batchctl.errors import UsageError
from batchctl.json_types import merged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchctl.json_types import JsonObject
    from batchctl.preparation import Prepared

STDIN = "-"
_MOST_BYTES = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Inputs:
    """The options that decide what is in a batch, as they came from the command line."""

    file: str
    account: str | None = None
    arg: Sequence[str] = ()
    args_file: Sequence[Path] = ()
    env_file: Path | None = None
    only: Sequence[str] = ()
    # Rules whose errors are warnings this time.
    tolerated: Sequence[str] = ()
    # Of a run that is resumed: the text of its definition, and its arguments, over which others win.
    text: bytes | None = None
    args: JsonObject = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The file's name for people."""
        return "<stdin>" if self.file == STDIN else self.file

    @property
    def folder(self) -> Path:
        """Where relative paths in the file start."""
        return Path() if self.file == STDIN else Path(self.file).parent

    def prepare(self, account: str | None = None, args: JsonObject | None = None) -> Prepared:
        """Read and prepare it; ``account`` and ``args`` win over those of the command line.

        Raises ``UsageError`` for input that can't be read.
        """
        text = read_bytes(self.file) if self.text is None else self.text
        arguments = merged(self.arguments(), args or {})
        from batchctl.preparation import prepare

        return prepare(
            text,
            file=self.shown,
            environment=read_environment(self.env_file),
            account=account or self.account,
            args=arguments,
            only=self.only,
            tolerated=self.tolerated,
        )

    def arguments(self) -> JsonObject:
        """The arguments that were given beside the file, merged. Raises ``UsageError``."""
        arguments = self.args
        for path in self.args_file:
            arguments = merged(arguments, _mapping(path))
        for text in self.arg:
            arguments = merged(arguments, parse_argument(text))
        return arguments


def read_bytes(file: str) -> bytes:
    """The bytes of a file, or of stdin for ``-``.

    Raises ``UsageError`` when there is no such file, or it can't be read, or is larger than 32 MiB.
    """
    if file == STDIN:
        data = sys.stdin.buffer.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise UsageError("stdin holds more than 32 MiB")
        return data
    path = Path(file)
    try:
        if path.is_dir():
            raise UsageError(f"{file} is a folder", hint="name a file")
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{file} is larger than 32 MiB")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"no such file: {file}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable path"
        raise UsageError(f"can't read {file}: {reason.lower()}") from error


def read_environment(env_file: Path | None) -> Mapping[str, str]:
    """The process environment, overlaid by ``env_file``."""
    if env_file is None:
        return os.environ
    return {**os.environ, **parse_env_file(read_bytes(str(env_file)), str(env_file))}


def _mapping(path: Path) -> JsonObject:
    from batchctl.yaml12.reader import load_plain

    value = load_plain(read_bytes(str(path)), str(path))
    if not isinstance(value, dict):
        raise UsageError(f"{path} is not a mapping of argument names to values")
    return value

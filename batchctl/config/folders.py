"""Where batchctl keeps what belongs to one user: the only module that asks the system for its folders.

A variable of ours names a place outright. Else it is ``$XDG_CONFIG_HOME`` or ``~/.config``, and ``$XDG_STATE_HOME`` or
``~/.local/state``, on macOS too; on Windows ``%LOCALAPPDATA%``. A relative path in an XDG variable is ignored, as
https://specifications.freedesktop.org/basedir-spec/ demands.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from platformdirs.api import PlatformDirsABC

CONFIG_VARIABLE = "BATCHCTL_CONFIG"
STATE_VARIABLE = "BATCHCTL_STATE_DIR"


def config_file(environ: Mapping[str, str]) -> Path:
    """The file of profiles: ``$BATCHCTL_CONFIG``, else ``config.toml`` in the user's configuration folder.

    ``environ`` are the environment variables.
    """
    named = environ.get(CONFIG_VARIABLE)
    return Path(named) if named else _folders().user_config_path / "config.toml"


def state_folder(environ: Mapping[str, str]) -> Path:
    """The folder of recorded runs: ``$BATCHCTL_STATE_DIR``, else the user's folder for the state of programs.

    ``environ`` are the environment variables.
    """
    named = environ.get(STATE_VARIABLE)
    return Path(named) if named else _folders().user_state_path


def _folders() -> PlatformDirsABC:
    if os.name == "nt":
        from platformdirs.windows import Windows  # noqa: PLC0415 - not there on other systems

        return Windows("batchctl", appauthor=False)
    # On macOS too: that is where the files have always been.
    from platformdirs.unix import Unix  # noqa: PLC0415 - most commands keep nothing

    return Unix("batchctl")


def pages_folder() -> Path:
    """The folder of the documentation's pages, in the installed package or in the checkout that batchctl runs from."""
    package = Path(__file__).parents[1]
    return next((each for each in (package / "pages", package.parent / "docs") if each.is_dir()), package / "pages")

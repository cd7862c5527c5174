"""Where runs are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER_VARIABLE = "BATCHCTL_STATE_DIR"


def state_folder(environ: Mapping[str, str], *, home: Path, windows: bool = False) -> Path:
    """``BATCHCTL_STATE_DIR``, else ``batchctl`` in the folder where the system keeps programs' state."""
    given = environ.get(FOLDER_VARIABLE)
    if given:
        return Path(given)
    name, fallback = ("LOCALAPPDATA", "AppData/Local") if windows else ("XDG_STATE_HOME", ".local/state")
    base = environ.get(name, "")
    # The XDG specification has relative paths ignored.
    return (Path(base) if Path(base).is_absolute() else home / fallback) / "batchctl"

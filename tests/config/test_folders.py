"""Where profiles and runs are kept: asked in processes of their own, since the system's variables decide."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CODE = (
    "import os; from batchctl.config.folders import config_file, state_folder\n"
    "print(config_file(os.environ)); print(state_folder(os.environ))"
)


def places(home: Path, variables: dict[str, str]) -> list[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "BATCHCTL_"))}
    environ = {**kept, "HOME": str(home), **variables}
    done = subprocess.run([sys.executable, "-c", CODE], env=environ, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.skipif(os.name == "nt", reason="folders of Unix")
@pytest.mark.parametrize(
    ("variables", "config", "state"),
    [
        ({}, "{home}/.config/batchctl/config.toml", "{home}/.local/state/batchctl"),
        ({"XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"}, "/c/batchctl/config.toml", "/s/batchctl"),
        (
            {"XDG_CONFIG_HOME": "relcfg", "XDG_STATE_HOME": "rel"},
            "{home}/.config/batchctl/config.toml",
            "{home}/.local/state/batchctl",
        ),
        ({"BATCHCTL_CONFIG": "/own.toml", "BATCHCTL_STATE_DIR": "/own"}, "/own.toml", "/own"),
    ],
)
def test_folders(tmp_path: Path, variables: dict[str, str], config: str, state: str) -> None:
    assert places(tmp_path, variables) == [config.format(home=tmp_path), state.format(home=tmp_path)]

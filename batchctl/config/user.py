"""What belongs to whoever runs batchctl: home, credentials, recorded runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.config.profiles import Profiles
    from batchctl.store.runs import RunStore


def user_home() -> Path:
    """The user's home; the current folder where there is none, as in some containers."""
    try:
        return Path.home()
    except RuntimeError:
        return Path.cwd()


def user_profiles(environ: Mapping[str, str]) -> Profiles:
    """The user's named credentials; ``environ`` is the process environment."""
    from batchctl.config.keychain import system_keychain
    from batchctl.config.profiles import Profiles

    return Profiles(environ, user_home(), system_keychain())


def user_store(environ: Mapping[str, str]) -> RunStore:
    """The user's recorded runs; ``environ`` is the process environment."""
    from batchctl.store.place import state_folder
    from batchctl.store.runs import RunStore

    return RunStore(state_folder(environ, home=user_home(), windows=os.name == "nt"))


def user_fixture_cache(environ: Mapping[str, str]) -> Path:
    """Where the indexes of large fixture files are kept; they can be deleted at any time."""
    from batchctl.store.place import state_folder

    return state_folder(environ, home=user_home(), windows=os.name == "nt") / "fixtures"

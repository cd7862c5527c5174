"""What belongs to the current user: home, credentials, recorded runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.config.profiles import Profiles
    from batchctl.store.runs import RunStore


def user_home() -> Path:
    """The user's home folder; the current folder where there is none, as in some containers."""
    try:
        return Path.home()
    except RuntimeError:
        return Path.cwd()


def user_profiles(environ: Mapping[str, str]) -> Profiles:
    """The user's stored credentials; ``environ`` are the environment variables."""
    from batchctl.config.folders import config_file
    from batchctl.config.keychain import Keychain, system_backend
    from batchctl.config.profiles import Profiles

    return Profiles(config_file(environ), user_home(), Keychain(system_backend))


def user_store(environ: Mapping[str, str]) -> RunStore:
    """The user's recorded runs; ``environ`` are the environment variables."""
    from batchctl.config.folders import state_folder
    from batchctl.store.runs import RunStore

    return RunStore(state_folder(environ))


def user_fixture_cache(environ: Mapping[str, str]) -> Path:
    """The folder for indexes of large fixture files, which can be deleted at any time.

    ``environ`` are the environment variables.
    """
    from batchctl.config.folders import state_folder

    return state_folder(environ) / "fixtures"

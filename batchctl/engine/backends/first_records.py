"""What a fixtures folder has, for checks that need no run: first records of a resource, keys of its account."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from batchctl.errors import FixtureError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from batchctl.json_types import JsonValue

MAX_RECORDS = 20
MAX_BYTES = 4 * 1024 * 1024


def first_records(folder: Path, resource: str) -> Sequence[JsonValue]:
    """At most 20 records of ``resource`` (``crm/contacts``) from ``folder``, a folder of fixtures.

    Empty where the folder has no file for the resource, or that can't be read or is larger than 4 MiB.
    """
    from batchctl.engine.backends.fixture_files import find_file, resource_segments  # noqa: PLC0415 - few checks look at records

    try:
        path = find_file(folder, resource_segments(resource))
        if path is None:
            return ()
        state = path.stat()
        return _read(path, state.st_mtime_ns, state.st_size)
    except (FixtureError, OSError):
        return ()


def samples_in(folder: Path) -> Callable[[str, str], Sequence[JsonValue]]:
    """A function that returns the first records of a resource from a fixtures folder, at most 20, as ``first_records``.

    It gets the fixtures folder, as a path relative to ``folder`` (where the definition is), and the resource
    (``crm/contacts``). Nothing is raised: it returns an empty sequence where the folder or the resource's file is
    missing, can't be read, or the file is larger than 4 MiB.
    """
    return lambda fixtures, resource: first_records(folder / fixtures, resource)


def account_keys_in(folder: Path, instead: Path | None = None) -> Callable[[str], Collection[str]]:
    """A function that returns the keys that ``account.yaml`` in a fixtures folder has under ``context``.

    It gets the fixtures folder, as a path relative to ``folder`` (where the definition is), and looks into ``instead``
    if that is given. Of several accounts it is the keys that any of them has. Nothing is raised: files that are missing
    or can't be used bring no keys.
    """
    return lambda fixtures: _account_keys(instead or folder / fixtures)


def _account_keys(folder: Path) -> Collection[str]:
    from batchctl.engine.backends.fixture_folder import FixtureFolder  # noqa: PLC0415 - few checks look at accounts

    try:
        fixtures = FixtureFolder(folder)
        ids: Sequence[str | None] = fixtures.accounts() or (None,)
        found = [fixtures.account(each) for each in ids]
    except (FixtureError, OSError):
        return ()
    return tuple(dict.fromkeys(key for each in found if each is not None for key in each.context))


@lru_cache(maxsize=128)
def _read(path: Path, changed_ns: int, size: int) -> Sequence[JsonValue]:  # noqa: ARG001 - a file that changed is read again
    from batchctl.engine.backends.fixture_files import read_records  # noqa: PLC0415 - as above

    return () if size > MAX_BYTES else tuple(read_records(path)[:MAX_RECORDS])

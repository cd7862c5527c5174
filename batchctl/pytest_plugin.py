"""The pytest plugin, loaded by pytest by itself.

``batchctl_server`` is a server that runs while a test does; with ``--batchctl`` the tests of definitions
(``*.batch.yaml`` with ``x-tests``, or a snapshot beside it) are collected like those in Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from batchctl.testing import RunningServer


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini setting ``batchctl_fixtures`` and the option ``--batchctl``.

    The former is the folder of fixtures, relative to the root folder; with the latter the tests of definitions are
    collected, too. pytest calls it.
    """
    parser.addoption("--batchctl", action="store_true", help="collect the tests of batch definitions, too")
    parser.addini(
        "batchctl_fixtures", "folder of fixtures for batchctl_server, from the root folder", default="fixtures"
    )


@pytest.fixture
def batchctl_fixtures(pytestconfig: pytest.Config) -> Path:
    """The folder of fixtures for ``batchctl_server``, from the ini setting of that name (default: ``fixtures``).

    It is relative to the root folder of the tests. A test module or ``conftest.py`` may define its own.
    """
    return pytestconfig.rootpath / str(pytestconfig.getini("batchctl_fixtures"))


@pytest.fixture
def batchctl_server(batchctl_fixtures: Path) -> Iterator[RunningServer]:
    """A running server over ``batchctl_fixtures``, with ``url`` and ``token``; a test's changes end with it.

    Raises ``UsageError`` and ``FixtureError`` for a folder that can't be used.
    """
    # Imported when it is needed: the plugin is loaded with every run of pytest.
    from batchctl.testing import server

    with server(batchctl_fixtures) as started:
        yield started


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A collector for the tests of the batch definition ``file_path``, with ``--batchctl``; None for any other file.

    The tests are those in the key ``x-tests`` of the file, and the snapshot beside it.
    """
    is_definition = file_path.name.endswith((".batch.yaml", ".batch.yml", ".batch.json"))
    if not is_definition or not parent.config.getoption("--batchctl"):
        return None
    # Imported when it is needed: the plugin is loaded with every run of pytest.
    from batchctl.testcases.pytest_items import DefinitionFile

    return DefinitionFile.from_parent(parent, path=file_path)

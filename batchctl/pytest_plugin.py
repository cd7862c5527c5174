"""The pytest plugin: ``batchctl_server`` is a server that runs while a test does. Loaded by pytest by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from batchctl.testing import RunningServer


def pytest_addoption(parser: pytest.Parser) -> None:
    """The setting ``batchctl_fixtures``."""
    parser.addini(
        "batchctl_fixtures", "folder of fixtures for batchctl_server, from the root folder", default="fixtures"
    )


@pytest.fixture
def batchctl_fixtures(pytestconfig: pytest.Config) -> Path:
    """The folder of fixtures: the setting of that name. A test or ``conftest.py`` may define its own."""
    return pytestconfig.rootpath / str(pytestconfig.getini("batchctl_fixtures"))


@pytest.fixture
def batchctl_server(batchctl_fixtures: Path) -> Iterator[RunningServer]:
    """A server over ``batchctl_fixtures``, with ``url`` and ``token``; what the test changes is gone with it."""
    # Imported when it is needed: the plugin is loaded with every run of pytest.
    from batchctl.testing import server

    with server(batchctl_fixtures) as started:
        yield started

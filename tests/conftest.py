"""What tests of several rooms share: golden files, and a service on this machine."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from recording_service import Service

# The same examples on every run, however long one takes; new ones with HYPOTHESIS_PROFILE=wide.
settings.register_profile("repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("wide", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

FIXTURES = Path(__file__).parents[1] / "samples" / "fixtures"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write what came out over the golden files.")


# What a shell or a CI job may have set, and what would change what a command prints.
_SETTINGS = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GITHUB_ACTIONS", "PAGER")


def pytest_configure() -> None:
    """The tests see the same settings and signals wherever they run: a narrow CI job, ``nohup``, the background."""
    ours = [
        each for each in os.environ if each.startswith(("BATCHCTL_", "TRUTO_API")) and each != "BATCHCTL_LOAD_SECONDS"
    ]
    for name in (*_SETTINGS, *ours):
        os.environ.pop(name, None)
        # readline, which pytest imports, sets COLUMNS behind os.environ's back; commands would inherit it.
        os.unsetenv(name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares a text with a file, or writes it there with --update-golden."""

    def check(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text("utf-8")

    return check


@pytest.fixture
def service() -> Iterator[Service]:
    """The samples' fixtures behind a real port; it remembers what it was sent."""
    from recording_service import served

    from batchctl.engine.backends.fixtures import FixtureBackend

    with served(FixtureBackend(FIXTURES)) as running:
        yield running

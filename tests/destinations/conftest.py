"""Databases to deliver to: each test has tables of its own in one of every kind."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from postgres import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KINDS = ("sqlite", "duckdb", "postgresql")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: databases wait for their disk with every transaction."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture
def make_url(request: pytest.FixtureRequest, folder: Path) -> Callable[[str], str]:
    """The URL of a new, empty database of a kind."""

    def make(kind: str) -> str:
        name = f"t{uuid.uuid4().hex[:12]}"
        if kind != "postgresql":
            return f"{kind}:{folder / name}"
        import psycopg

        server: str = request.getfixturevalue("postgres_server")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return server.removesuffix("postgres") + name

    return make


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, make_url: Callable[[str], str]) -> str:
    return make_url(request.param)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import batchctl

if TYPE_CHECKING:
    from pathlib import Path

FILE = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {stage: won}
resources:
  - name: contacts
    resource: crm/contacts
    method: list
    query: {stage: "{{args.stage}}"}
"""


@pytest.fixture
def definition() -> str:
    """A batch with one list, filtered by its argument ``stage``."""
    return FILE


@pytest.fixture
def file(tmp_path: Path, definition: str) -> Path:
    path = tmp_path / "a.yaml"
    path.write_text(definition, "utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path) -> batchctl.RunStore:
    return batchctl.RunStore(tmp_path / "state")

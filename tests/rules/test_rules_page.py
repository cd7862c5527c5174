"""docs/rules.md says what the rules say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.render.rules.page import rules_page
from batchctl.rules.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_is_current(golden: Callable[[Path, str], None]) -> None:
    golden(PAGE, rules_page(catalogue()))


def test_every_rule_has_its_section() -> None:
    page = rules_page(catalogue())
    assert all(f"\n## {entry.name}\n\n{entry.code}" in page for entry in catalogue())

"""The registry of problems is the one place of codes, and everything in it exists."""

from __future__ import annotations

import re
from pathlib import Path

import batchctl
from batchctl.diagnostics.kinds import KINDS, NOT_IGNORABLE, Finder, names_found_by
from batchctl.rules.checking import every_rule

ROOT = Path(batchctl.__file__).parent


def test_codes_are_unique() -> None:
    assert len({kind.code for kind in KINDS.values()}) == len(KINDS)


def test_each_rule_has_a_module_and_each_other_kind_an_explanation() -> None:
    assert {rule.name for rule in every_rule()} == names_found_by(Finder.RULE, Finder.CAPABILITIES)
    explained = {path.stem for path in (ROOT / "diagnostics" / "explanations").glob("*.md")}
    assert explained == names_found_by(Finder.READING, Finder.DRY_RUN)


def test_no_code_is_typed_elsewhere() -> None:
    typed = re.compile(r"""["']BC[0-9]{3}["']""")
    found = [path for path in ROOT.rglob("*.py") if typed.search(path.read_text("utf-8"))]
    assert found == [ROOT / "diagnostics" / "kinds.py"]


def test_what_makes_a_file_unreadable_is_known() -> None:
    assert set(KINDS) > NOT_IGNORABLE

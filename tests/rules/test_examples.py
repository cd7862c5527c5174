"""The examples in the documentation of every rule: one fails by that rule alone, the other passes."""

import re

import pytest

from batchctl.definition.given import Given
from batchctl.diagnostics.catalogue import Entry
from batchctl.diagnostics.kinds import Finder, names_found_by
from batchctl.preparation import prepare
from batchctl.rules.catalogue import catalogue
from batchctl.rules.checking import every_rule
from batchctl.truto.capabilities import read_capabilities

ACCOUNT = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
ENTRIES = catalogue()
FOUND_BY_RULES = {rule.name for rule in every_rule()}


OFFERED = read_capabilities(
    {
        "proxy": [{"resource": "users", "methods": [{"method": "list"}]}],
        "unified": [{"model": "crm", "resource": "contacts", "methods": ["list", "get", "create"]}],
        "tools": [{"resource": "crm/contacts", "method": "create", "body_schema": {"required": ["email"]}}],
    },
    "capabilities.json",
)


def found_in(example: str, rule: str) -> list[str]:
    """What is found in an example; beside those of rules about capabilities is the snapshot that they speak of."""
    offered = OFFERED if rule in names_found_by(Finder.CAPABILITIES) else None
    whole = example if "integrated_account_id" in example or "resources:" not in example else ACCOUNT + example
    return [
        diagnostic.rule
        for diagnostic in prepare(whole, environment={}, given=Given(capabilities=offered), jobs=True).diagnostics
    ]


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.documentation.fails], ids=lambda e: e.name)
def test_what_fails(entry: Entry) -> None:
    name, fails = entry.name, entry.documentation.fails
    found = found_in(fails, name)
    assert name in found
    if name in FOUND_BY_RULES:
        assert set(found) == {name}


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.documentation.passes], ids=lambda e: e.name)
def test_what_passes(entry: Entry) -> None:
    assert found_in(entry.documentation.passes, entry.name) == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_all_are_documented(entry: Entry) -> None:
    said = entry.documentation
    assert all(text.endswith((".", "``")) for text in (said.what, said.why, said.fix))
    assert re.fullmatch(r"\d+\.\d+\.\d+", said.since)
    assert entry.name not in FOUND_BY_RULES or (said.fails and said.passes)


def test_numbers_and_names_are_unique() -> None:
    assert len({entry.code for entry in ENTRIES}) == len({entry.name for entry in ENTRIES}) == len(ENTRIES)

"""Our reader of the schemas beside the package jsonschema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from batchctl.definition.schema import violations
from batchctl.definition.schema_documents import NODES, schema_document

if TYPE_CHECKING:
    from batchctl.definition.schema_documents import DefinitionKind

SCHEMAS = {kind: schema_document(kind) for kind in NODES}
PARTS = [(kind, node) for kind, nodes in NODES.items() for node in nodes]
KEYS = sorted({key for kind, node in PARTS for key in SCHEMAS[kind]["$defs"][node]["properties"]} | {"x-own", "methd"})
VALUES = st.sampled_from(
    ["", "a", "list", "spool", "transform", "event", "start", "raw", 5, True, None, [], ["a"], [5], {}, {"id": "a"}]
)
NESTED = st.dictionaries(st.sampled_from(["if", "config", "expression", "id", "key", "name"]), VALUES, max_size=3)
RESOURCES = st.dictionaries(st.sampled_from(KEYS), VALUES | NESTED, max_size=8)


@pytest.mark.parametrize("kind", NODES)
def test_the_schema_is_a_schema(kind: DefinitionKind) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind])


@given(st.sampled_from(PARTS), RESOURCES)
@settings(max_examples=600, deadline=None)
def test_both_find_the_same(part: tuple[DefinitionKind, str], value: dict[str, Any]) -> None:
    kind, node = part
    theirs = Draft202012Validator(SCHEMAS[kind]["$defs"][node]).is_valid(value)
    assert (next(violations(node, value, kind), None) is None) == theirs


@pytest.mark.parametrize(("kind", "node"), PARTS)
def test_every_example_of_the_schemas_is_one(kind: DefinitionKind, node: str) -> None:
    """Of the published schema as a whole, which chooses by the type of the node."""
    whole = Draft202012Validator(SCHEMAS[kind])
    required = {"integrated_account_id": "a"} if kind == "batch" else {}
    for example in SCHEMAS[kind]["$defs"][node]["examples"]:
        assert whole.is_valid({**required, "resources": [example]})
        assert not whole.is_valid({**required, "resources": [{**example, "nme": "x"}]})


def test_every_key_has_a_title_and_a_description() -> None:
    for kind, node in PARTS:
        for key, described in SCHEMAS[kind]["$defs"][node]["properties"].items():
            assert described["title"], (kind, node, key)
            assert described["description"], (kind, node, key)

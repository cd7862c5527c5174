"""Our reader of the schema beside the package jsonschema."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from batchctl.definition.schema import schema_text, violations
from batchctl.definition.shape import KINDS

SCHEMA: dict[str, Any] = json.loads(schema_text())
KEYS = sorted({key for kind in KINDS for key in SCHEMA["$defs"][kind]["properties"]} | {"x-own", "methd"})
VALUES = st.sampled_from(["", "a", "list", "spool", "transform", "raw", 5, True, None, [], ["a"], [5], {}, {"id": "a"}])
NESTED = st.dictionaries(st.sampled_from(["if", "config", "expression", "id"]), VALUES, max_size=3)
RESOURCES = st.dictionaries(st.sampled_from(KEYS), VALUES | NESTED, max_size=8)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@given(st.sampled_from(KINDS), RESOURCES)
@settings(max_examples=400, deadline=None)
def test_both_find_the_same(kind: Any, value: dict[str, Any]) -> None:
    theirs = Draft202012Validator(SCHEMA["$defs"][kind]).is_valid(value)
    assert (next(violations(kind, value), None) is None) == theirs

"""What args_schema allows, as JSON Schema means it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchctl.definition.args_schema import misfits

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject, JsonValue


def said(args: JsonObject, schema: JsonObject) -> list[str]:
    return [misfit.message for misfit in misfits(args, schema)]


FORMATS = [
    ("uuid", "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10", "5c3b5d2e"),
    ("date", "2024-02-29", "2023-02-29"),
    ("date-time", "2024-02-29T10:00:00Z", "2024-02-29 10:00"),
    ("time", "10:00:00Z", "25:00:00Z"),
    ("duration", "P3D", "3 days"),
    ("uri", "https://example.com/a?b=c", "not a uri"),
    ("email", "ada@example.com", "ada@"),
    ("hostname", "api.example.com", "-api-"),
    ("ipv4", "127.0.0.1", "127.0.0.256"),
    ("integrated_account_id", "anything", None),
]


@pytest.mark.parametrize(("name", "good", "bad"), FORMATS, ids=[name for name, _, _ in FORMATS])
def test_formats(name: str, good: str, bad: str | None) -> None:
    schema: JsonObject = {"a": {"type": "string", "format": name}}
    assert said({"a": good}, schema) == []
    if bad is not None:
        article = "an" if name[0] in "aeio" else "a"
        assert said({"a": bad}, schema) == [f"a is not {article} {name}"]


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^\p{L}+$", "é", "1"),
        (r"^(?<year>\d{4})$", "2024", "24"),
        (r"^\d+$", "12", "١٢"),
        (r"^a\/b$", "a/b", "a"),
        (r"^(?!x)\w+$", "y", "x"),
    ],
)
def test_patterns_are_those_of_javascript(pattern: str, good: str, bad: str) -> None:
    schema: JsonObject = {"a": {"pattern": pattern}}
    assert said({"a": good}, schema) == []
    assert said({"a": bad}, schema) == [f'a is the text "{bad}", and does not fit pattern: {pattern}']


@pytest.mark.parametrize(("value", "fits"), [(19.99, True), (0.07, True), (19.995, False), (10**30, True)])
def test_multiples_are_exact(value: float, fits: bool) -> None:
    assert (said({"a": value}, {"a": {"multipleOf": 0.01}}) == []) is fits


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"a": {"pattern": "["}}, "is not a JSON Schema"),
        ({"type": "object", "properties": {"a": {"type": "text"}}}, "properties.a.type must be one of array, boolean"),
        ({"$ref": "#/nowhere"}, "points at nothing or out"),
        ({"$ref": "https://127.0.0.1:9/schema.json"}, "out of the file"),
        ({"$ref": "file:///etc/hostname"}, "out of the file"),
        ({"$schema": "https://example.com/mine", "type": "object"}, "its $schema is unknown"),
        ({"a": {"const": "\ud800"}}, "can't be used"),
    ],
)
def test_a_schema_that_is_none(schema: JsonObject, words: str) -> None:
    found = list(misfits({"a": "x"}, schema))
    assert [misfit.of_schema for misfit in found] == [True]
    assert words in found[0].message


def test_an_older_draft_is_read_as_such() -> None:
    schema: JsonObject = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {"a": {"items": [{"type": "string"}]}},
    }
    assert said({"a": [1]}, schema) == ["a.0 must be string, not the number 1"]


@pytest.mark.parametrize(
    ("args", "entry", "message"),
    [
        ({"a": "x"}, {"type": ["integer", "null"]}, 'a must be null or integer, not the text "x"'),
        ({"a": 5}, {"enum": [1, 2]}, "a must be one of 1, 2, not the number 5"),
        ({"a": 5}, {"maximum": 4}, "a is the number 5, and does not fit maximum: 4"),
        ({"a": {"x": 1}}, {"additionalProperties": False}, "args_schema allows nothing in a"),
        (
            {"a": {"x": 1}},
            {"properties": {"y": {}}, "additionalProperties": False},
            'a has a key "x" that args_schema does not know',
        ),
        ({"a": {}}, {"required": ["b"]}, 'the argument "a.b" is required and has no value'),
    ],
)
def test_messages(args: JsonObject, entry: JsonValue, message: str) -> None:
    assert said(args, {"a": entry}) == [message]


@pytest.mark.parametrize(
    ("schema", "advice"),
    [
        (
            {"a": {"type": "string", "nullable": True}},
            "nullable is a word of OpenAPI 3.0, which JSON Schema does not know: ",
        ),
        ({"a": {"type": "string"}}, ""),
        ({"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "string"}}}, ""),
    ],
)
def test_null_that_is_not_allowed_gets_the_spelling_that_allows_it(schema: JsonObject, advice: str) -> None:
    (found,) = misfits({"a": None}, schema)
    assert found.message == "a must be string, not empty"
    assert (found.help or "").startswith(f'{advice}type: [string, "null"]')


def test_null_that_is_allowed() -> None:
    assert list(misfits({"a": None}, {"a": {"type": ["string", "null"], "nullable": False}})) == []

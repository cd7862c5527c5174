"""What a placeholder makes of its argument, where most people expect something else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from batchctl.definition.given import Given, Origin
from batchctl.diagnostics import START
from batchctl.preparation import prepare

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
NULL, KEPT, NONE = ["unused-default"], ["unconverted-value"], list[str]()


def found_in(arguments: str, placeholder: str) -> list[str]:
    request = f'resources:\n  - {{resource: crm/a, method: search, body: {{x: "{placeholder}"}}}}\n'
    return [each.rule for each in prepare(HEAD + arguments + request, environment={}).diagnostics]


@pytest.mark.parametrize(
    ("arguments", "placeholder", "expected"),
    [
        ("args: {x: null}", "{{args.x?:none}}", NULL),
        ("args: {x: null}", "{{args.x:any}}", NONE),
        ("args: {x: null}", "a {{args.x?:none}}", NULL),
        ("args: {x: ''}", "{{args.x?:none}}", NULL),
        ("args: {x: ''}", "{{args.x:ignore-empty-str?:none}}", NONE),
        ("args: {x: null, y: 1}", "{{args.x|args.y}}", ["unused-argument", "unused-default"]),
        ("args: {x: a}", "{{args.x?:none}}", NONE),
        ("args_schema: {x: {type: [string, 'null']}}", "{{args.x?:none}}", NULL),
        ("args_schema: {x: {type: string, nullable: true}}", "{{args.x?:none}}", NULL),
        ("args_schema: {x: {type: string}}", "{{args.x?:none}}", NONE),
    ],
)
def test_a_default_does_not_replace_null(arguments: str, placeholder: str, expected: list[str]) -> None:
    found = found_in(arguments + "\n", placeholder)
    assert [each for each in found if each != "unused-argument"] == [e for e in expected if e != "unused-argument"]


@pytest.mark.parametrize(
    ("arguments", "placeholder", "expected"),
    [
        ("args: {x: 'yes'}", "{{args.x:bool}}", KEPT),
        ("args: {x: 'True'}", "{{args.x:bool}}", KEPT),
        ("args: {x: 1}", "{{args.x:bool}}", KEPT),
        ("args: {x: 'true'}", "{{args.x:bool}}", NONE),
        ("args: {x: false}", "{{args.x:bool}}", NONE),
        ("args: {x: '12 items'}", "{{args.x:int}}", KEPT),
        ("args: {x: '12'}", "{{args.x:int}}", NONE),
        ("args: {x: '2024-01-31'}", "{{args.x:int}}", KEPT),
        ("args: {x: 12.7}", "{{args.x:int}}", KEPT),
        ("args: {x: 12.7}", "{{args.x:num}}", NONE),
        ("args: {x: '0x1f'}", "{{args.x:int}}", NONE),
        ("args: {x: '0x1f'}", "{{args.x:num}}", KEPT),
        ("args: {x: ' 7'}", "{{args.x:num}}", NONE),
        ("args: {x: true}", "{{args.x:num}}", KEPT),
        ("args: {x: [1]}", "{{args.x:num}}", KEPT),
        ("args: {x: 'yes'}", "{{args.x:str}}", NONE),
        ("args_schema: {x: {type: integer}}", "{{args.x:bool}}", KEPT),
        ("args_schema: {x: {type: string}}", "{{args.x:bool}}", NONE),
        ("args_schema: {x: {type: boolean}}", "{{args.x:int}}", KEPT),
    ],
)
def test_types_convert_what_they_know(arguments: str, placeholder: str, expected: list[str]) -> None:
    assert found_in(arguments + "\n", placeholder) == expected


@pytest.mark.parametrize(
    ("arguments", "placeholder", "message"),
    [
        ("args: {x: abc}", "{{args.x.length}}", 'args.x is text, without "length"'),
        ("args: {x: {y: 7}}", "{{args.x.y.z}}", 'args.x.y is a number, without "z"'),
        ("args_schema: {x: {type: string}}", "{{args.x.length}}", 'args.x is text, without "length"'),
        ("args_schema: {x: {type: [string, object]}}", "{{args.x.length}}", None),
        ("args: {x: [a]}", "{{args.x.length}}", None),
    ],
)
def test_only_lists_have_a_length(arguments: str, placeholder: str, message: str | None) -> None:
    request = f'\nresources:\n  - {{resource: crm/a, method: search, body: {{x: "{placeholder}"}}}}\n'
    found = prepare(HEAD + arguments + request, environment={}).diagnostics
    assert [each.message.split(";")[0] for each in found] == ([message] if message else [])


@pytest.mark.parametrize(
    ("value", "placeholder", "rule"),
    [
        ([1, 2], "{{args.x}}", "array-to-text"),
        ({"a": 1}, "{{args.x}}", "object-to-text"),
        ("$&", "a {{args.x}}", "replacement-pattern"),
        ("yes", "{{args.x:bool}}", "unconverted-value"),
        ("text", "{{args.x.name}}", "undeclared-argument"),
        ({"nme": 1}, "{{args.x.name}}", "undeclared-argument"),
    ],
)
def test_a_value_from_outside_is_named_with_its_option(value: JsonValue, placeholder: str, rule: str) -> None:
    request = f'resources:\n  - {{resource: crm/a, method: search, body: {{x: "{placeholder}"}}}}\n'
    given = Given({"x": value}, origins={("x",): Origin("--arg x")})
    found = prepare(HEAD + request, environment={}, given=given).diagnostics
    assert [(each.rule, each.origin, each.span) for each in found] == [(rule, "--arg x", START)]
    assert placeholder.rsplit(maxsplit=1)[-1] in found[0].message
    assert found[0].message.endswith("(from --arg x)")
    own = prepare(f"{HEAD}args: {{x: {json.dumps(value)}}}\n" + request, environment={}).diagnostics
    assert [(each.rule, each.origin) for each in own] == [(rule, None)]

"""The loader beside PyYAML's own composer, over both of its parsers, and on hostile input."""

import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from batchctl.definition import read
from batchctl.yaml12.reader import parse_yaml
from batchctl.yaml12.scalars import UnusableNumber, resolve
from batchctl.yaml12.text import SourceText

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
# PyYAML writes these three as they are, and reads them as line breaks.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029"), max_size=12)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(TEXTS, below, max_size=4),
    max_leaves=12,
)


@given(TREES, st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_yaml_writes_is_read_back(tree: object, allow_unicode: bool, pure: bool) -> None:
    text = yaml.safe_dump(tree, allow_unicode=allow_unicode)
    parsed = parse_yaml(SourceText(text), pure=pure)
    # YAML 1.1, which wrote it, quotes all that 1.2 would read otherwise.
    assert parsed.is_whole
    assert parsed.tree.root == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("on", "on"), ("true", True), ("~", None), ("0755", 755), ("0o17", 15), ("0x1F", 31),
        ("1e3", 1000.0), ("-.5", -0.5), ("2024-01-31", "2024-01-31"), ("1_000", "1_000"), ("12:30", "12:30"),
        ("=", "="), ("0b11", "0b11"), ("1.10", 1.1),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan", "1e999", "9" * 401])
def test_numbers_that_json_has_not(text: str) -> None:
    with pytest.raises(UnusableNumber):
        resolve(text)


TRAPS = {
    "a: no": "ambiguous-scalar",
    "a: 0755": "ambiguous-scalar",
    "a: 2024-01-31": "ambiguous-scalar",
    "a: 12:30:45": "ambiguous-scalar",
    "a: 1_000": "ambiguous-scalar",
    "a: 1.10": "ambiguous-scalar",
    "a: -3.4500": "ambiguous-scalar",
    "a: 0.12345678901234567890": "ambiguous-scalar",
    "a: 1.2e+400": "unusable-number",
    "a: !Ref x": "unsupported-tag",
    "a: 1\nb: 2\na: 3": "duplicate-key",
    "1: a": "key-as-text",
    "true: a": "key-as-text",
    "~: a": "key-not-text",
    "a: &u 1": "unused-anchor",
    "a: *nope": "undefined-alias",
    "a: &a [*a]": "recursive-alias",
    "a: 1\n---\nb: 2": "several-documents",
    "a:\n\tb: 1": "yaml-syntax",
    "a: \x07": "yaml-syntax",
    "a: {{args.id}}": "unquoted-placeholder",
    "a: {{args.id}}/x": "unquoted-placeholder",
    "a: [{{args.id}}, 1]": "unquoted-placeholder",
    "a: {b: {{args.id}}-{{args.x}}}": "unquoted-placeholder",
    "a: x ? b : c": "yaml-syntax",
    "a: 'x' & b": "yaml-syntax",
    "a: %x": "yaml-syntax",
    "a: `x`": "yaml-syntax",
    "a: @x": "yaml-syntax",
    "<<: 5": "merge-key",
    "- " * 70 + "a": "too-deep",
    "[" * 200_000: "too-deep",
}


@pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])
@pytest.mark.parametrize("text", TRAPS, ids=lambda text: text[:24])
def test_every_trap_has_its_diagnostic(text: str, pure: bool) -> None:
    found = parse_yaml(SourceText(text), pure=pure).problems
    assert TRAPS[text] in [each.rule for each in found]
    assert all(each.span.start.line >= 1 and each.span.start <= each.span.end for each in found)


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_random_bytes_are_a_diagnostic(data: bytes) -> None:
    loaded = read(data, environment={})
    assert loaded.definition is None
    assert loaded.diagnostics


@given(st.text(alphabet="{}[]:,-#'\"|>&*!%@`? \nab", max_size=60))
@settings(max_examples=200, deadline=None)
def test_random_yaml_is_never_an_exception(text: str) -> None:
    for pure in (False, True):
        parse_yaml(SourceText(text), pure=pure)


def test_bombs_are_defused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    began = time.monotonic()
    found = read("\n".join(lines)).diagnostics
    assert "alias-expansion" in [each.rule for each in found]
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("wrong", ["methd: list", "dependson: x\n    method: list", "dependsOn: x\n    method: list"])
def test_unknown_keys_have_a_suggestion(wrong: str) -> None:
    found = read(f"{HEAD}resources:\n  - resource: crm/contacts\n    {wrong}\n").diagnostics
    assert [(each.rule, (each.help or "")[:12]) for each in found] == [("unknown-key", "did you mean")]


def test_positions_count_code_points() -> None:
    found = read(f'{HEAD}resources:\n  - {{name: "🙂é", resource: crm/contacts, methd: list}}\n').diagnostics
    assert found[0].span.start == (3, 42)

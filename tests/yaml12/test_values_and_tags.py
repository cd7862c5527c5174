"""Scalars with tags, keys that are no text, what ``<<`` brings, and text that YAML can only read masked."""

from __future__ import annotations

import pytest

from batchctl.errors import UsageError
from batchctl.yaml12.problem_log import MAX_PROBLEMS, quoted
from batchctl.yaml12.reader import ParsedYaml, load_plain, parse_yaml
from batchctl.yaml12.text import SourceText

BOTH = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])


def read(text: str, pure: bool = False) -> ParsedYaml:
    return parse_yaml(SourceText(text), pure=pure)


def messages(parsed: ParsedYaml) -> list[str]:
    return [found.message for found in parsed.problems]


@BOTH
@pytest.mark.parametrize(
    ("text", "value"),
    [("!!str 5", "5"), ("! 5", "5"), ("!!int 5", 5), ("!!float 5", 5.0), ("!!bool true", True), ("!!null ~", None)],
)
def test_tags_of_the_core_schema(text: str, value: object, pure: bool) -> None:
    parsed = read(f"a: {text}", pure)
    assert parsed.problems == ()
    assert parsed.tree.root == {"a": value}
    assert type(parsed.tree.root["a"]) is type(value)


@BOTH
def test_tags_that_do_not_fit(pure: bool) -> None:
    assert messages(read("a: !!int x", pure)) == ['"x" does not fit its tag !!int']
    assert messages(read("a: !!int 1.5", pure)) == ['"1.5" does not fit its tag !!int']
    assert messages(read("a: !!set {x: }", pure)) == ["the tag !!set means nothing here"]
    assert messages(read("a: !Ref {x: 1}", pure)) == ["the tag !Ref means nothing here"]
    assert messages(read("a: !!map {x: 1}\nb: !!seq [1]", pure)) == []


@BOTH
def test_keys_that_are_no_text_are_left_out_with_their_values(pure: bool) -> None:
    parsed = read("a: &n [1]\n? [x, {y: *n}]\n: z\n*n : 2\nb: 3\n", pure)
    assert parsed.tree.root == {"a": [1], "b": 3}
    assert messages(parsed) == ["a key must be text, not a mapping or list", "a key must be text"]


@BOTH
def test_an_alias_may_be_a_key(pure: bool) -> None:
    parsed = read("a: &n name\n*n : 2\n", pure)
    assert (parsed.tree.root, parsed.problems) == ({"a": "name", "name": 2}, ())


@BOTH
def test_a_merge_fills_in_what_is_not_there(pure: bool) -> None:
    parsed = read("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  a: 0\n  <<: [*x, *y, 5]\n", pure)
    assert isinstance(parsed.tree.root, dict)
    assert parsed.tree.root["z"] == {"a": 0, "b": 2, "c": 4}
    assert messages(parsed) == ["<< takes a mapping or a list of mappings"]


@BOTH
def test_the_pairs_of_escapes_that_json_writes(pure: bool) -> None:
    pair = r"\uD83D\uDE00"
    parsed = read(f"a: \"{pair}\\\\{pair}\"\nb: {pair}\nc: '\\{pair}'\n", pure)
    assert parsed.tree.root == {"a": "😀\\😀", "b": pair, "c": f"\\{pair}"}
    assert parsed.problems == ()
    # Whatever else the text holds.
    for beside in ("\ue000", "\uf000", "\U000f0041"):
        assert read(f'a: "{pair}"\nb: "{beside}"\n', pure).tree.root == {"a": "😀", "b": beside}
        assert read(f'a: "{pair}"\nb: "\\u{ord(beside) % 2**16:04x}"\n', pure).is_whole


@BOTH
def test_an_escaped_backslash_begins_no_pair(pure: bool) -> None:
    half = read(r'a: "\uD83D\uDE00 \uD83D\uDE00"' + "\n" + r'b: "\\uD83D\uDE00"', pure)
    assert messages(half) == ["half of a surrogate pair is not a character"]
    assert read(r'a: "\\uD83D\\uDE00"', pure).tree.root == {"a": r"\uD83D\uDE00"}


@BOTH
def test_a_placeholder_without_quotes_is_read_as_it_was_meant(pure: bool) -> None:
    parsed = read("a: {{args.id}}/x\nb: [{ { args.y } }]\nc: x{{args.z}}\n", pure)
    assert parsed.tree.root == {"a": "{{args.id}}/x", "b": ["{{ args.y }}"], "c": "x{{args.z}}"}
    assert [(found.rule, found.help) for found in parsed.problems] == [
        ("unquoted-placeholder", 'put it in quotes: "{{args.id}}/x"'),
        ("unquoted-placeholder", 'put it in quotes: "{{ args.y }}"'),
    ]
    (edit,) = parsed.problems[0].fix.edits if parsed.problems[0].fix else ()
    assert edit.text == '"{{args.id}}/x"'


@BOTH
def test_braces_beside_the_characters_that_would_mask_them(pure: bool) -> None:
    parsed = read("a: '\U000f0041'\nb: {{x}}\n", pure)
    assert parsed.tree.root == {"a": "\U000f0041", "b": {}}
    assert messages(parsed) == ["a key must be text, not a mapping or list"]
    assert read("a: {{x}}\nb: '{{\U0001f600}}'\n", pure).tree.root == {"a": "{{x}}", "b": "{{\U0001f600}}"}


def test_quotes_that_need_no_escapes() -> None:
    assert [quoted("x"), quoted('x"'), quoted("it's \\")] == ['"x"', "'x\"'", "'it''s \\'"]


def test_more_problems_than_anyone_reads_are_not_kept() -> None:
    assert len(read("- no\n" * (MAX_PROBLEMS + 5)).problems) == MAX_PROBLEMS


def test_data_of_other_files_has_its_first_error_as_a_sentence() -> None:
    assert load_plain("a: [1, no]", "args.yaml") == {"a": [1, "no"]}
    with pytest.raises(UsageError, match=r'^args.yaml:2:1: "a" is already a key of this mapping$'):
        load_plain("a: 1\na: 2\n", "args.yaml")
    with pytest.raises(UsageError, match=r"^args.yaml:1:4: byte 0xFF can't be read as UTF-8$") as caught:
        load_plain(b"a: \xff", "args.yaml")
    assert caught.value.hint == "save the file as UTF-8"

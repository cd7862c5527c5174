"""The canonical form: the same data, the same comments, and nothing left to do the second time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.formatting import Unformattable, format_text
from batchctl.yaml12.reader import parse_yaml
from batchctl.yaml12.text import SourceText

SAMPLES = sorted((Path(__file__).parents[2] / "samples").rglob("*.yaml"))

BEFORE = """\
# head

name:   'x y'
"args": {user_ids: [a, b], 'since': 2024-01-31,
   x: {y: 1}}
resources:
- method: list # m
  resource: crm/contacts
  # why
  query: {limit: 5, "a b": '{{args.x}}'}   # q
  # foot


- {resource: a, method: get, id: "{{args.x}}"} # flow

- # dash
  type: transform
  name: t
  depends_on: [crm/contacts,
     a]
  config: # cc
     expression: |  # hey
            $x := 1;
              $x

     # after
- {name: u, type: transform, depends_on: t, config: {expression: resources.t}}
# the end
"""
AFTER = """\
# head

name: "x y"
args:
  user_ids: [a, b]
  since: 2024-01-31
  x: {y: 1}
resources:
  - resource: crm/contacts
    method: list # m
    # why
    query: # q
      limit: 5
      "a b": "{{args.x}}"
    # foot

  # flow
  - resource: a
    method: get
    id: "{{args.x}}"

  # dash
  - name: t
    type: transform
    depends_on: [crm/contacts, a]
    config: # cc
      expression: | # hey
        $x := 1;
          $x

      # after
  - name: u
    type: transform
    depends_on: t
    config: {expression: "resources.t"}
# the end
"""


def data(text: str) -> object:
    return parse_yaml(SourceText(text)).tree.root


def test_all_at_once() -> None:
    assert format_text(BEFORE) == AFTER
    assert format_text(AFTER) == AFTER


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 'b'\n", 'a: "b"\n'),
        ("a: 'b\"c'\n", "a: 'b\"c'\n"),
        ('a: "b\\u00e9"\n', 'a: "b\\u00e9"\n'),
        ('"a": 1\n"no": 2\n"1": 3\n"null": 4\n', 'a: 1\n"no": 2\n"1": 3\n"null": 4\n'),
        ("a: x {{b}}\n", 'a: "x {{b}}"\n'),
        ("a: b\n  c\n", 'a: "b c"\n'),
        ("a: >-\n    b\n    c\n", "a: >-\n  b\n  c\n"),
        ("a: |2\n    b\n   c\n", "a: |2\n    b\n   c\n"),
        ("a: |+\n  b\n\n", "a: |+\n  b\n\n"),
        ("a:\n", "a:\n"),
        ("a: {}\nb: []\n", "a: {}\nb: []\n"),
        ("a: [b, {c: d}]\n", "a:\n  - b\n  - {c: d}\n"),
        ("a: [[1, 2], []]\n", "a:\n  - [1, 2]\n  - []\n"),
        ("- - a\n  - b\n", "- - a\n  - b\n"),
        ("a: [1, 2] # c\n", "a: [1, 2] # c\n"),
        ("a: [1, # one\n  2]\n", "a:\n  - 1 # one\n  - 2\n"),
        ("x: &a {k: v, w: 1}\ny: *a\n", "x: &a\n  k: v\n  w: 1\ny: *a\n"),
        ("x: &a\n    k: v\ny:\n  <<: *a\n", "x: &a\n  k: v\ny:\n  <<: *a\n"),
        ("x: !!str 1\n", "x: !!str 1\n"),
        ("---\na: 1\n", "---\na: 1\n"),
        ("# c\n---\n# d\na: 1\n...\n", "# c\n---\n# d\na: 1\n...\n"),
        ("a: 1\n\n\n\nb: 2\n", "a: 1\n\nb: 2\n"),
        ("", ""),
        ("# only\n", "# only\n"),
        # Documents that are no mapping, and ones with an anchor or tag of their own.
        ("--- x # c\n", "---\nx # c\n"),
        ("'x y'\n# c\n", '"x y"\n# c\n'),
        ("[ ]\n", "[]\n"),
        ("&a { }\n", "&a {}\n"),
        ("--- &a\nb:   1\nc: 2\n", "---\n&a\nb: 1\nc: 2\n"),
        ("-   &a\n    b: 1\n    c: 2\n- *a\n", "- &a\n  b: 1\n  c: 2\n- *a\n"),
        # Text over several lines, and what its quotes have to hold.
        ("a: 'x \"\n  y'\n", "a: 'x \" y'\n"),
        ('a: "x \'y\' \\"\n  z"\n', "a: 'x ''y'' \" z'\n"),
        ('a: "x \\t\n  y"\n', 'a: "x \\t y"\n'),
        # An item of resources that is no mapping has no keys to put in order.
        (
            "resources:\n- a\n- method: list\n  resource: b\n",
            "resources:\n  - a\n  - resource: b\n    method: list\n",
        ),
    ],
)
def test_small_things(before: str, after: str) -> None:
    assert format_text(before) == after
    assert format_text(after) == after


def test_jsonata_gets_lines_of_its_own() -> None:
    before = 'resources:\n  - {name: t, type: transform, config: {expression: "(\\n  $x := 1;\\n  $x\\n)"}}\n'
    assert "      expression: |-\n        (\n          $x := 1;\n          $x\n        )\n" in format_text(before)


def test_keys_of_resources_alone_are_put_in_order() -> None:
    before = "resources:\n  - query: {z: 1, a: 2}\n    x-own: 1\n    method: list\n    resource: a\n"
    after = "resources:\n  - resource: a\n    method: list\n    query:\n      z: 1\n      a: 2\n    x-own: 1\n"
    assert format_text(before) == after


def test_an_alias_stays_behind_its_anchor() -> None:
    text = "resources:\n  - body: &b {a: 1, b: 2}\n    query: *b\n    resource: a\n"
    assert data(format_text(text)) == data(text)


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_and_the_mark_stay(start: str) -> None:
    text = start + "a:   1\r\nb:\r\n- |\r\n  x\r\n  y\r\n"
    assert format_text(text) == start + "a: 1\r\nb:\r\n  - |\r\n    x\r\n    y\r\n"


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2\n", "a: {{b}}\n", "a: 1\n---\nb: 2\n", "? [a]\n: b\n"])
def test_what_can_not_be_read_stays(text: str) -> None:
    with pytest.raises(Unformattable):
        format_text(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\rb: 2\n", "it has line ends of old Macs"),
        # A comment further to the left than all keys may belong to them or to the file.
        ("  a: 1\n  # b\n# c\n", "where some of its lines belong is unclear"),
        # The text would get or lose blanks or line ends.
        ("a: >2\n    b\n", "a block begins with >2"),
        ("a: |2+\n    b\n\n", "a block begins with |2+"),
        ("a: |+\n  b", "its layout can't be kept apart from what it says"),
    ],
)
def test_what_would_change_stays(text: str, reason: str) -> None:
    assert not parse_yaml(SourceText(text)).problems
    with pytest.raises(Unformattable) as caught:
        format_text(text)
    assert str(caught.value) == reason


def test_json_stays_json() -> None:
    text = '{"resources":[{"method":"list","resource":"a","query":{"n":1.0,"ids":[1,2],"t":"\\u00e9"}}],"x":[]}'
    made = format_text(text, is_json=True)
    assert json.loads(made) == json.loads(text)
    assert made.startswith('{\n  "resources": [\n    {\n      "resource": "a",\n      "method": "list",\n')
    assert '"n": 1.0' in made
    assert '"ids": [1, 2]' in made
    assert format_text(made, is_json=True) == made
    with pytest.raises(Unformattable):
        format_text("a: 1", is_json=True)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_samples(path: Path) -> None:
    text = path.read_text("utf-8")
    made = format_text(text)
    assert data(made) == data(text)
    assert format_text(made) == made


WORDS = st.sampled_from(
    ("a", "no", "1", "x y", "{{args.a}}", "it's", 'say "x"', "#", "a: b", "", "é", "\n", "a\nb\n", " a", "null", "~")
) | st.sampled_from(("*x", "&y", "- z", "tab\t", "\\"))
NUMBERS = st.integers(-3, 9) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = WORDS | NUMBERS | st.booleans() | st.none() | st.text(max_size=6)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)
RESOURCES = st.lists(
    st.fixed_dictionaries(
        {"method": SCALARS}, optional=dict.fromkeys(("name", "query", "body", "config", "x-own"), VALUES)
    ),
    max_size=3,
)


def written(value: object, draw: st.DataObject, indent: int) -> str:
    """YAML for a value in one of many layouts, with comments and blank lines strewn in."""
    comment = draw.draw(st.sampled_from(["", "", " # c1", "\n\n" + " " * indent + "# c2"])) if indent else ""
    if isinstance(value, dict) and value and draw.draw(st.booleans()):
        margin = "\n" + " " * indent
        return comment + "".join(
            f"{margin}{json.dumps(key)}:{_child(item, draw, indent)}" for key, item in value.items()
        )
    if isinstance(value, list) and value and draw.draw(st.booleans()):
        margin = "\n" + " " * indent
        return comment + "".join(f"{margin}-{_child(item, draw, indent)}" for item in value)
    return " " + json.dumps(value, ensure_ascii=False) + comment.split("\n")[0]


def _child(value: object, draw: st.DataObject, indent: int) -> str:
    return written(value, draw, indent + draw.draw(st.integers(1, 4)))


@given(value=st.fixed_dictionaries({"args": VALUES, "resources": RESOURCES}), draw=st.data())
def test_nothing_changes_but_the_layout(value: dict[str, object], draw: st.DataObject) -> None:
    text = "# first\n" + written(value, draw, 0).lstrip("\n ") + "\n# last\n"
    if parse_yaml(SourceText(text)).problems or not parse_yaml(SourceText(text)).is_whole:
        return
    made = format_text(text)
    assert json.dumps(data(made), sort_keys=True) == json.dumps(data(text), sort_keys=True)
    assert made.count("# c") == text.count("# c")
    assert format_text(made) == made

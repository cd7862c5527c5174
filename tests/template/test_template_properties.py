"""What holds for every template and context."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchctl.template import UNDEFINED, TemplateError, compile_template, find_lookalikes, render

NAMES = st.sampled_from(["a", "b", "tags", "x y", "0", "toString", "$truto_merge"])
TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["{{args.a}}", "{{args.b:json}}", "$&", "$'", "{", "}}", " 42 ", "true", '{"a":"{{args.a}}"}']),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
CONTEXTS = st.fixed_dictionaries({"args": st.dictionaries(NAMES, VALUES, max_size=4)})
PATHS = st.sampled_from([
    "args.a", "args.b", "args.tags.0", "args.tags.-1", "args./a/", "args", "args.x y", "args.a.toString", "args.:-1.a",
    "args./?a/", "", "args.tags.length", "resources.a.b.c.d", "args.a.b.a.b",
])  # fmt: skip
TYPES = st.sampled_from(
    ["", ":int", ":num", ":bool", ":json", ":any", ":null", ":undefined", ":ignore-empty-str", ":x"]
)
PLACEHOLDERS = st.builds(
    lambda path, kind, more, default: f"{{{{{path}{kind}{more}{default}}}}}",
    PATHS,
    TYPES,
    st.sampled_from(["", "|args.b", "|args.tags:any"]),
    st.sampled_from(["", "?:7", "?:x:int", "?: 9 :num", "?:1:bogus"]),
)
STRINGS = st.one_of(PLACEHOLDERS, st.lists(PLACEHOLDERS | TEXTS, max_size=4).map("".join))
TREES = st.recursive(
    STRINGS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner | SCALARS, max_size=3)
)
QUICK = settings(max_examples=100, deadline=None)


def answer(template: object, context: object) -> object:
    try:
        return render(template, context)
    except TemplateError as error:
        return str(error)


def same(one: object, other: object) -> bool:
    return one is other or (UNDEFINED not in (one, other) and json.dumps(one) == json.dumps(other))


@QUICK
@given(st.text().filter(lambda text: "{" not in text), CONTEXTS)
def test_text_without_braces_is_returned_as_it_is(text: str, context: object) -> None:
    assert render(text, context) == text
    assert find_lookalikes(text) == () or "}}" in text


@QUICK
@given(TREES, CONTEXTS)
def test_rendering_is_pure_and_nothing_but_a_template_error_comes_out(template: object, context: object) -> None:
    before = copy.deepcopy((template, context))
    first = answer(template, context)
    assert same(first, answer(template, context))
    assert repr(before) == repr((template, context))


@QUICK
@given(TREES, st.lists(CONTEXTS, min_size=2, max_size=3))
def test_compiled_once_renders_as_fresh(template: object, contexts: list[object]) -> None:
    compiled = compile_template(template)
    for context in contexts:
        try:
            value = compiled.render(context)
            traced = compiled.render_with_trace(context)
            assert same(value, traced.value)
            assert [reference for reference, _ in traced.trace] == list(compiled.references)
        except TemplateError as error:
            value = str(error)
            with pytest.raises(TemplateError):
                compiled.render_with_trace(context)
        assert same(value, answer(template, context))


@QUICK
@given(TREES, CONTEXTS)
def test_a_complete_context_leaves_nothing_unknown(template: object, context: object) -> None:
    compiled = compile_template(template)
    try:
        partial = compiled.render_partial(context, lambda _path: False)
    except TemplateError:
        return
    assert partial.unresolved == ()
    assert same(partial.value, compiled.render(context))


@QUICK
@given(TREES, CONTEXTS)
def test_with_everything_unknown_a_template_stays_as_it_is(template: object, context: object) -> None:
    if "$truto_merge" in json.dumps(template):
        return
    compiled = compile_template(template)
    partial = compiled.render_partial(context, lambda _path: True)
    assert partial.unresolved == compiled.references
    assert json.dumps(partial.value, allow_nan=True) == json.dumps(template, allow_nan=True)


@QUICK
@given(STRINGS)
def test_references_and_lookalikes_tell_where_they_stand(text: str) -> None:
    found = [(reference.offset, reference.end) for reference in compile_template(text).references]
    assert [text[start:end] for start, end in found] == [one.text for one in compile_template(text).references]
    for lookalike in find_lookalikes(text):
        assert 0 <= lookalike.offset < lookalike.end <= len(text)


class Counting(dict[str, object]):
    """Counts how often it is asked."""

    asked = 0

    def __contains__(self, key: object) -> bool:
        self.asked += 1
        return super().__contains__(key)

    def get(self, key: str, default: object = None) -> object:
        self.asked += 1
        return super().get(key, default)


@pytest.mark.parametrize("text", ["{{args.a}}", "{{args.a|args.b:int}} ", "{{args.b:json}}-"])
def test_the_work_grows_with_the_number_of_placeholders(text: str) -> None:
    def asked(times: int) -> int:
        arguments = Counting(a="x", b="1")
        compile_template({"a": text * times, "b": [text] * times}).render({"args": arguments})
        return arguments.asked

    assert asked(200) == 10 * asked(20) > 0


def test_a_pattern_that_other_engines_take_for_ever_over() -> None:
    pattern = "a?" * 60 + "a" * 60
    context = {"args": {"a" * 60: "found", "a" * 59 + "b": "not"}}
    assert render(f"{{{{args./{pattern}/}}}}", context) == "found"
    assert render("{" * 200_000, context) == "{" * 200_000

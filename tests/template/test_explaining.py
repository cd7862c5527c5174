"""What a template tells about its placeholders."""

import pytest

from batchctl.template import KNOWN_TYPES, TemplateError, compile_template, find_lookalikes, render


def test_references_with_everything_that_is_written() -> None:
    text = "Dear {{ args.name : str | args.nick:any ?: you : num }}!"
    (reference,) = compile_template({"q": [{"to": text}]}).references
    assert (reference.path, text[reference.offset : reference.end]) == (("q", 0, "to"), reference.text)
    assert [(one.path, one.cast) for one in reference.alternatives] == [("args.name", "str"), ("args.nick", "any")]
    assert [reference.text[one.offset :].split()[0] for one in reference.alternatives] == ["args.name", "args.nick:any"]
    assert (reference.default, reference.default_cast, reference.whole, reference.has_fallback) == (
        " you ",
        " num ",
        False,
        True,
    )
    assert [(cast.text, text[cast.offset : cast.end]) for cast in reference.casts] == [
        ("str", "str"),
        ("any", "any"),
        (" num ", " num "),
    ]


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("{{args.a:integer}}", ["integer"]),
        ("x {{args.a:int|args.b:Int?:7: int}}", ["Int", " int"]),
        ("{{args.a: int :bogus}}", []),
        ("{{args.a}}{{args.b?:x}}", []),
    ],
)
def test_unknown_casts_stand_where_they_are_written(text: str, unknown: list[str]) -> None:
    found = [cast for reference in compile_template(text).references for cast in reference.unknown_casts]
    assert [cast.text for cast in found] == [text[cast.offset : cast.end] for cast in found] == unknown


def test_an_unknown_type_names_the_known_ones_and_its_place() -> None:
    with pytest.raises(TemplateError, match='unknown type "integer"') as caught:
        render({"a": "limit {{args.a:integer}}"}, {"args": {"a": 1}})
    assert caught.value.offset == 6
    assert all(kind in str(caught.value.hint) for kind in KNOWN_TYPES)


def test_the_trace_tells_how_each_came_to_its_value() -> None:
    template = compile_template(
        ["{{args.none|args.b:int}}", "{{args.none?:7:int}}", "{{args.none}} {{args.none:null}}", "{{args.c}}"]
    )
    rendering = template.render_with_trace({"args": {"b": "12 days", "c": [1, None]}})
    assert rendering.value == [12, 7, "{{args.none}} null", "1,null"]
    told = [how for _, how in rendering.trace]
    assert [how.chosen for how in told] == [1, None, None, None, 0]
    assert [how.raw for how in told if how.chosen is not None] == ["12 days", [1, None]]
    assert [how.cast for how in told] == ["int", "int", None, None, "str"]
    assert [how.default for how in told] == [False, True, False, False, False]
    assert [how.kept for how in told] == [False, False, True, False, False]


def test_partly_known_says_what_is_not() -> None:
    template = compile_template({"a": "{{args.a|resources.x.id}}", "b": "{{args.none|resources.x.id}}-{{args.a}}"})
    partial = template.render_partial({"args": {"a": 1}}, lambda path: path.startswith("resources"))
    assert partial.value == {"a": "1", "b": "{{args.none|resources.x.id}}-1"}
    assert [reference.path for reference in partial.unresolved] == [("b",)]


@pytest.mark.parametrize(
    ("text", "marked", "suggestion"),
    [
        ("x {{args.a!}}", "{{args.a!}}", "{{args.a}}"),
        ("{{ }}", "{{ }}", "{{args.name}}"),
        ("{{}}", "{{}}", "{{args.name}}"),
        ("{{args[0]}}", "{{args[0]}}", "{{args.0}}"),
        ("{{args['x']}}", "{{args['x']}}", "{{args.x}}"),
        ("{{args.a} y", "{{args.a}", "{{args.a}}"),
        ("y {args.a}}", "{args.a}}", "{{args.a}}"),
        ("{args.a}", "{args.a}", "{{args.a}}"),
        ("{{args.a", "{{args.a", "{{args.a}}"),
        ("{{args.a} }", "{{args.a} }", "{{args.a}}"),
        ("{ {args.a}}", "{ {args.a}}", "{{args.a}}"),
        ("{{args?.a}}{{args.a ?? 1}}", None, None),
        ("{{é}}", "{{é}}", None),
    ],
)
def test_lookalikes(text: str, marked: str | None, suggestion: str | None) -> None:
    found = [(text[one.offset : one.end], one.suggestion) for one in find_lookalikes(text)]
    assert found == ([(marked, suggestion)] if marked else [])


@pytest.mark.parametrize("text", ["", "{", "a } b", "{{args.a}}", "{{args.a}} and {{b.c:int?:1}}", '{"a": {"b": 1}}'])
def test_what_is_no_lookalike(text: str) -> None:
    assert find_lookalikes(text) == ()

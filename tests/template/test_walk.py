"""Values that bring in placeholders, merges, and what the two do to each other. The answers are the npm package's."""

import pytest

from batchctl.template import TemplateError, compile_template, render
from batchctl.template.walk import Walk


@pytest.mark.parametrize(
    ("template", "args", "expected"),
    [
        ({"k": "{{args.a:json}}"}, {"a": {"x": "{{args.b:any}}"}, "b": ["{{args.c}}"], "c": 1}, {"k": {"x": ["1"]}}),
        ({"k": "{{args.a:json}}"}, {"a": {"p": {"q": "{{args.a:json}}"}}}, {"k": {}}),
        ({"k": "{{args.a}}"}, {"a": "{{args.b}}", "b": 1}, {"k": "{{args.b}}"}),
        ("{{args.a:json}}", {"a": ["{{args.b}}"], "b": 1}, ["{{args.b}}"]),
        ({"k": "{{args.a:any}}"}, {"a": ["{{args.none:undefined}}", 1]}, {"k": [None, 1]}),
        ({"k": "{{args.a:any}}"}, {"a": {"x": {"$truto_merge": {"y": 1}}}}, {"k": {"x": {"y": 1}}}),
        ({"k": "{{args.a:any}}"}, {"a": {"$truto_merge": {"y": 1}}}, {"k": {"$truto_merge": {"y": 1}}}),
        ({"a": [1], "$truto_merge": "{{args.m:json}}"}, {"m": '{"a":[2],"b":{"c":1}}'}, {"a": [1, 2], "b": {"c": 1}}),
        ({"a": {"x": 1}, "$truto_merge": ["{{args.m:any}}", {"a": {"y": 2}}]}, {"m": 7}, {"a": {"x": 1, "y": 2}}),
        ({"a": "text", "$truto_merge": {"a": {"toString": 1}}}, {}, {"a": {"toString": 1}}),
        ({"a": {"toString": 1}, "$truto_merge": {"b": {"valueOf": 1, "c": 2}}}, {}, {"a": {}, "b": {"c": 2}}),
        ({"a": ["{{args.none:undefined}}"], "$truto_merge": "{{args.none}}"}, {}, {"a": [None]}),
        ([{"k": "{{args.a:any}}"}, "{{args.a:any}}"], {"a": ["{{args.b}}"], "b": 2}, [{"k": ["2"]}, ["2"]]),
        ({"a": "{{args.toString:any}}", "b": ["{{args.toString:any}}"]}, {}, {"b": [None]}),
        (
            {"k": "{{args.a:json}}"},
            {"a": {"x": "{{args.b:any}}", "y": "{{args.b:any}}"}, "b": {"z": "{{args.a:any}}"}},
            {"k": {"x": {}, "y": {}}},
        ),
    ],
)  # fmt: skip
def test_as_the_package_walks(template: object, args: object, expected: object) -> None:
    assert render(template, {"args": args}) == expected


@pytest.mark.parametrize(
    "args",
    [
        {"a": {"x": "{{args.a:json}}"}},
        {"a": [[1, "{{args.a:json}}"], 2, 3]},
    ],
)
def test_values_without_end_are_an_error(args: object) -> None:
    with pytest.raises(TemplateError, match=r"deep|end|itself"):
        render({"k": "{{args.a:json}}"}, {"args": args})


def test_values_that_double_are_an_error() -> None:
    doubling = {"x": "again", "y": "again"}
    walk = Walk(lambda node: dict(doubling) if node == "again" else node, lambda _merge: False, most_visits=1_000)
    with pytest.raises(TemplateError, match=r"never come to an end|too deep"):
        walk.render({"k": "again"})


def test_what_contains_itself_is_an_error() -> None:
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(TemplateError, match="contains itself"):
        render({"k": "{{args.a:any}}"}, {"args": {"a": loop}})
    with pytest.raises(TemplateError, match="contains itself"):
        compile_template(loop)


def test_a_list_that_came_to_contain_itself_has_no_text() -> None:
    loop: list[object] = [1]
    loop.append(loop)
    with pytest.raises(TemplateError, match="contains itself"):
        render({"k": "{{args.a}}"}, {"args": {"a": loop}})
    assert render({"k": "x{{args.a:any}}"}, {"args": {"a": loop}}) == {"k": "x1,"}


def test_a_merge_of_something_unknown_stays_as_it_is_written() -> None:
    template = compile_template({"a": "{{args.a}}", "$truto_merge": ["{{resources.x.y:json}}", {"b": 1}]})
    partial = template.render_partial({"args": {"a": 1}}, lambda path: path.startswith("resources."))
    assert partial.value == {"a": "1", "$truto_merge": ["{{resources.x.y:json}}", {"b": 1}]}
    assert [reference.text for reference in partial.unresolved] == ["{{resources.x.y:json}}"]
    assert template.render_with_trace({"args": {"a": 1}}).value == {"a": "1", "b": 1}


def test_deep_templates_and_values_need_no_recursion() -> None:
    template: object = "{{args.deep:any}}"
    deep: object = "x"
    for _ in range(5_000):
        template, deep = {"a": template}, [deep]
    value = render(template, {"args": {"deep": deep}})
    depth = 0
    while isinstance(value, dict | list):
        value = value["a"] if isinstance(value, dict) else value[0]
        depth += 1
    assert (value, depth) == ("x", 10_000)

import pytest

from batchctl.expression import Analysis, analyse
from batchctl.jsonata.tokens import tokenize


def paths(expression: str) -> list[tuple[str, bool]]:
    return [(".".join(path.segments), path.relative) for path in analyse(expression).paths]


def names(analysis: Analysis) -> list[str]:
    return [use.name for use in analysis.functions]


@pytest.mark.parametrize(
    ("expression", "kinds"),
    [
        ("a / b", "name operator name"),
        ("/b/i.x", "regex operator name"),
        ("$contains(s, /a[/]b/)", "variable operator name operator regex operator"),
        ("(a) / 2", "operator name operator operator number"),
        ("* / 2", "operator operator number"),
        ("a * /x/", "name operator regex"),
        ("'it\\'s' & \"q\\\"\"", "string operator string"),
        ("a /* $sum(x) */ + 1", "name operator number"),
        ("`a b`.c", "name operator name"),
        ("and and and", "name operator name"),
        ('"open', "unclosed"),
        ("a /* open", "name unclosed"),
        ("`open", "unclosed"),
        ("/open", "unclosed"),
        ("1..5", "number operator number"),
        ("1.5e3-2", "number operator number"),
    ],
)
def test_tokens(expression: str, kinds: str) -> None:
    assert " ".join(token.kind.value for token in tokenize(expression)) == kinds


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("resources.x.y & args.z", [("resources.x.y", False), ("args.z", False)]),
        ("resources.`block-children`[0].id", [("resources.block-children.id", False)]),
        ("resources.x[args.y = 1].z", [("resources.x.z", False), ("args.y", True)]),
        ("resources.x.{'a': b}", [("resources.x", False), ("b", True)]),
        ("resources.x^(>n)", [("resources.x", False), ("n", True)]),
        ("resources.x[$$.args.y = 1]", [("resources.x", False), ("args.y", False)]),
        ("[args.a]", [("args.a", False)]),
        ("{'k': args.a}", [("args.a", False)]),
        ("$map(resources.x, function($v){ args.z })", [("resources.x", False), ("args.z", False)]),
        ("$map(resources.x, function($v)<a:a>{ args.z })", [("resources.x", False), ("args.z", False)]),
        ("xs.$pick($, args.a)", [("xs", False), ("args.a", True)]),
        ("resources.a@$t.b#$i.c", [("resources.a.b.c", False)]),
        ("$v.a.b", []),
        ("'resources.x'", []),
    ],
)
def test_paths(expression: str, found: list[tuple[str, bool]]) -> None:
    assert paths(expression) == found


def test_a_path_has_its_place_in_code_points() -> None:
    (path,) = analyse('"Ünï✓😀" & args.z').paths
    assert (path.start, path.end) == (10, 16)


@pytest.mark.parametrize(
    ("expression", "hyphens"),
    [
        ("resources.block-children.id", ["block-children"]),
        ("resources.a-b-2[x]", ["a-b-2"]),
        ("$$.resources.a-b", ["a-b"]),
        ("resources.a - b", []),
        ("resources.`a-b`", []),
        ("resources.a-resources.b", []),
        ("x.a-b", []),
    ],
)
def test_hyphens(expression: str, hyphens: list[str]) -> None:
    analysis = analyse(expression)
    assert [hyphen.text for hyphen in analysis.hyphens] == hyphens
    assert [expression[hyphen.start : hyphen.end] for hyphen in analysis.hyphens] == hyphens


def test_a_hyphenated_name_is_one_segment() -> None:
    assert paths("resources.block-children.id") == [("resources.block-children.id", False)]


def test_functions() -> None:
    analysis = analyse("( $f := function($x){ $x ~> $trim }; $groupBy(xs, function($i){ $i.k }) ~> $map($f) & $nope )")
    assert names(analysis) == ["trim", "groupBy", "map", "nope"]
    trim, group, mapped, nope = analysis.functions
    assert (trim.called, trim.chained, trim.arguments) == (False, True, 0)
    assert (group.lambda_arguments, group.arguments, group.arguments_are_lambda) == ((1,), 2, True)
    assert (mapped.called, mapped.chained, mapped.arguments) == (True, True, 1)
    assert not nope.called
    assert sorted(analysis.variables) == ["f", "i", "x"]


def test_what_an_expression_gives_a_value_is_no_function_of_the_service() -> None:
    assert names(analyse("( $sum := 1; $sum(2) )")) == []
    assert names(analyse("xs@$sum.$sum(1)")) == []


def test_an_object_written_on_the_spot() -> None:
    given = [use.object_given for use in analyse('$join([{"a":1}]) & $join(xs) & ({"a":1} ~> $join)').functions]
    assert given == [True, False, True]


@pytest.mark.parametrize(
    "hostile",
    ["$f(" * 4_000, "a[" * 4_000, "function(" * 3_000, "/*" * 4_000, "x/*" * 4_000, '"\\' * 4_000, "a-" * 5_000,
     "resources.a-b" + "-b" * 4_000, "`" * 5_001, "{" * 4_000, ")" * 4_000, "a/*x*/" * 3_000, "/(" * 4_000],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_hostile_text_takes_no_longer_than_other_text(hostile: str) -> None:
    # Were it not so, this would take minutes.
    assert analyse(hostile).concatenates is False


@pytest.mark.parametrize(
    ("expression", "members"),
    [
        ('{"a": 1, "b": {"c": 2, "d": [3, 4]}}', ("a", "b")),
        ("{'a': $map(x, function($v){ {'z': $v} }), 'b': x ? 1 : 2}", ("a", "b")),
        ("{}", ()),
        ('  /* what is added */ {"a": 1} ', ("a",)),
        ('{"a": 1}.a', None),
        ('{"a": 1} ~> $merge', None),
        ('({"a": 1})', None),
        ('{"a": 1, name: 2}', None),
        ('records.{"a": id}', None),
        ("$x", None),
        ("", None),
        ("{", None),
    ],
)
def test_the_keys_of_an_object_that_is_all_of_an_expression(expression: str, members: tuple[str, ...] | None) -> None:
    assert analyse(expression).members == members

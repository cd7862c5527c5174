"""JavaScript's view of values, and the paths between the braces. The answers are Node's."""

import pytest

from batchctl.template import UNDEFINED, TemplateError, parse_path, render, to_text

ARGS = {
    "list": ["a", "b", "c"], "object": {"x": 1, "Key": "k", "10": "ten", "9": "nine", "\u212aelvin": "K"}, "text": "t",
    "deep": {"a": {"b": {"c": {"d": 1}}}}, "null": None, "big": 2**60, "off": False, "minus": -0.0, "inf": float("inf"),
    "own": {"toString": 1}, "empty": "",
}  # fmt: skip
CONTEXT = {"args": ARGS, "resources": {"crm": {"contacts": {"id": 7}}}, "tenant": "acme"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tenant", "acme"), (".tenant", "acme"), ("args.text", "t"), ("resources.crm.contacts.id", 7),
        ("args.deep.a.b.c.d", 1), ("args.list.0", "a"), ("args.list.-1", "c"), ("args.list.00", "a"),
        ("args.list.-9", "a"), ("args.list.3", UNDEFINED), ("args.list.-0", UNDEFINED), ("args.list.-2:", "b"),
        ("args.list.:-1", "a"), ("args.list.5:", UNDEFINED), ("args.text.0", UNDEFINED), ("args.text.-1", UNDEFINED),
        ("args.list.length", 3), ("args.list.map.length", 1), ("args.list.map.name", "map"),
        ("args.toString.length", 0), ("args.list.toString.toString.name", "toString"),
        ("args.text.length", UNDEFINED),
        ("args.list.no", UNDEFINED), ("args.map", UNDEFINED), ("args.toString.no", UNDEFINED),
        ("args.object./k/i", "k"), ("args.object./nine/ args.object.x", 1),
        ("args.object./0/", "ten"), ("args.object./e??y/", "k"),
        ("args.object./kel/iu", "K"), ("args.object./kel/i", UNDEFINED), ("args.object./x?/g", "nine"),
        ("args.object./K/y", "k"), ("args.list./a/", UNDEFINED), ("args.text./a/", UNDEFINED),
        ("args.__proto__", UNDEFINED), ("args.object./x/.constructor", UNDEFINED), ("args.null", None),
        ("args.none args.text", "t"), ("args.text args.text", "t"), ("args.99999999999999999999", UNDEFINED),
        ("...", UNDEFINED), ("args.object.x.y.z", UNDEFINED), ("args.deep.no.b.c", UNDEFINED),
        ("args./toString/.valueOf.valueOf", UNDEFINED),
    ],
)  # fmt: skip
def test_paths(path: str, expected: object) -> None:
    assert render(f"{{{{{path}:any|none:undefined}}}}", CONTEXT) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{:any}}", "without a path"),
        ("{{args./?a/}}", "nothing to repeat"),
        ("{{args./a???/}}", "nothing to repeat"),
        ("{{args./a/q}}", "bad flags"),
        ("{{args./a/gg}}", "bad flags"),
        ("{{args.list." + "9" * 400 + "}}", "largest number"),
        ("{{args.list.0:-" + "9" * 400 + "}}", "largest number"),
        ("{{args.toString.caller}}", "can't be read"),
        ("{{args.toString.x args.toString.y}}", "several names"),
        ("x{{args.list.map:any}}", "no value"),
        ("{{args.own}}", "can't become text"),
        ("{{args.text?:x:bogus}}{{args.none?:x:bogus}}", "unknown type"),
    ],
)
def test_what_the_package_refuses(text: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message) as caught:
        render(text, CONTEXT)
    assert caught.value.offset is not None


@pytest.mark.parametrize("template", [1, None, True, [1], ["x", None], [[0]]])
def test_a_template_is_text_an_object_or_a_list_of_these(template: object) -> None:
    with pytest.raises(TemplateError):
        render(template, CONTEXT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{args.big:any}}", 2**60), ("{{args.big:int}}", 1152921504606847000), ("{{args.off:int}}", False),
        ("{{args.off}}", "false"), ("{{args.minus}}", "-0"), ("{{args.minus:any}} ", "0 "),
        ("{{args.inf:any}}", None),
        ("{{args.inf}}", "Infinity"), ("{{args.inf:any}}!", "Infinity!"), ("{{args.null}}", None),
        ("{{args.null}}!", "null!"), ("{{args.list:int}}", ARGS["list"]),
        ("{{args.empty:ignore-empty-str|tenant}}", "acme"),
        ("{{args.empty:ignore-empty-str|args.empty}}", "{{args.empty:ignore-empty-str|args.empty}}"),
        ("{{none?:-Infinity:num}}", None), ("{{none?:-Infinity:num}}!", "-Infinity!"), ("{{none:undefined}}!", "!"),
        ("{{none:null}}", None), ("{{args.toString:any}}", UNDEFINED),
        ("{{args.toString}}!", "function toString() { [native code] }!"),
        ("{{args.toString:any}}!", "[object Undefined]!"), ("{{args.isPrototypeOf:any}}!", "false!"),
        ("100% {{tenant}} %s", "100% acme %s"),
    ],
)  # fmt: skip
def test_casts_and_defaults(text: str, expected: object) -> None:
    assert render(text, CONTEXT) == expected


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("0x1f", "{{v:int}}", 31), ("0x", "{{v:int}}", "0x"), ("-0X10", "{{v:int}}", -16),
        (" 12abc", "{{v:int}}", 12),
        ("007", "{{v:int}}", 7), ("\u0661", "{{v:int}}", "\u0661"),
        ("9007199254740993", "{{v:int}}", 9007199254740992),
        ("9" * 400, "{{v:int}}", None), ("0x" + "f" * 400, "{{v:int}}", None), (1e21, "{{v:int}}", 1),
        ("", "{{v:int}}", ""),
        ("-3.7e2x", "{{v:num}}", -370), (".5", "{{v:num}}", 0.5), ("e5", "{{v:num}}", "e5"),
        (" true ", "{{v:bool}}", True),
        ("True", "{{v:bool}}", "True"), (1, "{{v:bool}}", 1), ("null", "{{v:null}}", None), ("x", "{{v:null}}", "x"),
        ("x", "{{v:null}}!", "null!"), ("{bad", "{{v:json}}", "{bad"),
        ("NaN", "{{v:json}}", "NaN"), ("1" * 20, "{{v:json}}", 11111111111111110000),
        ('{"a":1}', "{{v:json}}!", '{"a":1}!'),
        (" x\ufeff", "{{v:any}}", "x"), (" x ", "{{v}}", " x "),
    ],
)  # fmt: skip
def test_casts_of_texts(value: object, text: str, expected: object) -> None:
    made = render(text, {"v": value})
    assert (made, type(made)) == (expected, type(expected))


def test_numbers_inside_of_json() -> None:
    assert render("{{v:json}}", {"v": '{"a":1e400,"b":[1.0]}'}) == {"a": None, "b": [1]}
    assert render("{{v:json}}!", {"v": "1"}) == "1!"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"), (True, "true"), (1.0, "1"), (1e21, "1e+21"), (1e-7, "1e-7"),
        (123456789012345680000, "123456789012345680000"),
        (10**400, "Infinity"), (float("nan"), "NaN"), (float("-inf"), "-Infinity"), (-1.5e-9, "-1.5e-9"),
        (0.000001, "0.000001"),
        (1.25, "1.25"), ([1, None, [2, [], UNDEFINED]], "1,,2,,"), ({"toString": 1}, "[object Object]"),
        (UNDEFINED, "undefined"),
    ],
)  # fmt: skip
def test_text_of_values(value: object, expected: str) -> None:
    assert to_text(value) == expected


@pytest.mark.parametrize(
    ("template", "args", "expected"),
    [
        ("{{args.a}} {{args.b}}", {"a": "$&", "b": "$$"}, "{{args.a}} $"),
        ("<{{args.a}}|{{args.b}}>", {"a": "$'", "b": "$`"}, "<|<|>|{{args.b}}>"),
        ("{{args.a}} {{args.b}}", {"a": "{{args.b}}", "b": "x"}, "x {{args.b}}"),
        ("{{args.a}} {{args.none}}", {"a": "{{args.none}}"}, "{{args.none}} {{args.none}}"),
        ("{{{{args.a}}}} {{args.b}}", {"a": "args.b", "b": 1}, "1 {{args.b}}"),
        ("$ {{args.a}}", {"a": "$1"}, "$ $1"),
    ],
)  # fmt: skip
def test_replacement_patterns_and_values_with_placeholders(template: str, args: object, expected: str) -> None:
    assert render(template, {"args": args}) == expected


def test_patterns_that_grow_without_end_are_an_error() -> None:
    with pytest.raises(TemplateError, match="32 million"):
        render("{{args.a}}" * 12, {"args": {"a": "$`$`$`$`" + "x" * 1_000}})
    with pytest.raises(TemplateError, match="32 million"):
        render("x" * 1_000_000 + "{{args.a}}", {"args": {"a": "$`" * 40}})


def test_paths_taken_apart() -> None:
    assert parse_path(" args.ids.0 ") == ("args", "ids", 0)
    assert parse_path("a b") == parse_path("") == ()

"""XML of ``$jsToXml`` and ``$xmlToJs`` with the options of xml-js, as @truto/truto-jsonata 3.0.6 answers."""

from __future__ import annotations

import pytest

from batchctl.errors import ExpressionError
from batchctl.expression import evaluate


@pytest.mark.parametrize(
    ("value", "options", "written"),
    [
        (
            {
                "elements": [
                    {"type": "instruction", "name": "go", "instruction": "to=1"},
                    {"type": "element", "name": "a"},
                ]
            },
            {},
            "<?go to=1?><a/>",
        ),
        ({"_instruction": {"go": {"_attributes": {"to": "1"}}}, "a": "x"}, {"compact": True}, '<?go to="1"?><a>x</a>'),
        ({"_instruction": {"go": ""}, "a": "x"}, {"compact": True}, "<?go?><a>x</a>"),
        ({"_instruction": {"go": "on"}, "a": "x"}, {"compact": True}, "<?go on?><a>x</a>"),
        ({"elements": [{"type": "instruction", "name": "go", "attributes": {"to": "1"}}]}, {}, '<?go to="1"?>'),
        ({"_instruction": {"go": "on"}, "a": "x"}, {"compact": True, "ignoreInstruction": True}, "<a>x</a>"),
        ({"_instruction": {}, "a": "x"}, {"compact": True}, "<?undefined?><a>x</a>"),
        (
            {"_declaration": {"_attributes": {"version": "1.0"}}, "a": "x"},
            {"compact": True, "ignoreDeclaration": True},
            "<a>x</a>",
        ),
        ({"a": {"_comment": "c", "_text": "x"}}, {"compact": True, "ignoreComment": True}, "<a>x</a>"),
        ({"a": {"_comment": "c", "_text": "x"}}, {"compact": True}, "<a><!--c-->x</a>"),
        ({"a": {"_cdata": "c", "_text": "x"}}, {"compact": True, "ignoreCdata": True}, "<a>x</a>"),
        ({"a": {"_cdata": "x]]>y"}}, {"compact": True}, "<a><![CDATA[x]]]]><![CDATA[>y]]></a>"),
        ({"_doctype": "html", "a": "x"}, {"compact": True, "ignoreDoctype": True}, "<a>x</a>"),
        ({"_doctype": "html", "a": "x"}, {"compact": True}, "<!DOCTYPE html><a>x</a>"),
        ({"a": {"_text": "x"}}, {"compact": True, "ignoreText": True}, "<a></a>"),
        ({"a": {"_attributes": {"k": "1"}, "_text": "x"}}, {"compact": True, "ignoreAttributes": True}, "<a>x</a>"),
        ({"a": {"_attributes": {"k": None, "l": "1"}}}, {"compact": True}, '<a l="1"/>'),
        (
            {"a": {"_attributes": {"k": 1, "l": "1"}}},
            {"compact": True, "noQuotesForNativeAttributes": True},
            '<a k=1 l="1"/>',
        ),
        (
            {"a": {"_attributes": {"k": 1, "l": "1"}, "_text": "x"}},
            {"compact": True, "spaces": 2, "indentAttributes": True},
            '<a\n  k="1"\n  l="1"\n>x</a>',
        ),
        (
            {
                "declaration": {"attributes": {"version": "1.0"}},
                "elements": [
                    {"type": "doctype", "doctype": "html"},
                    {"type": "comment", "comment": "c"},
                    {
                        "type": "element",
                        "name": "a",
                        "attributes": {"k": "1"},
                        "elements": [
                            {"type": "text", "text": "x<y"},
                            {"type": "cdata", "cdata": "z"},
                            {"type": "element", "name": "b"},
                        ],
                    },
                ],
            },
            {"spaces": 2},
            '<?xml version="1.0"?>\n<!DOCTYPE html>\n<!--c-->\n<a k="1">x&lt;y<![CDATA[z]]>\n  <b/>\n</a>',
        ),
        ({"elements": [{"type": "element", "name": "a"}, {"type": "other"}]}, {}, ""),
        ({"elements": ["x"]}, {}, ""),
        ({"elements": [{"type": "element", "name": "a"}]}, {"fullTagEmptyElement": True}, "<a></a>"),
        (
            {"elements": [{"type": "element", "name": "a", "attributes": {"xml:space": "preserve"}}]},
            {},
            '<a xml:space="preserve"></a>',
        ),
        (
            {"elements": [{"type": "element", "name": "a", "elements": [{"type": "text", "text": "x"}]}]},
            {"spaces": 2},
            "<a>x</a>",
        ),
        (
            {"elements": [{"type": "element", "name": "a", "elements": [{"type": "text", "text": "x"}]}]},
            {"spaces": 2, "indentText": True},
            "<a>\n  x\n</a>",
        ),
        (
            {"a": None, "b": {"_attributes": {"k": 1}}},
            {"compact": True, "fullTagEmptyElement": True},
            '<a></a><b k="1"></b>',
        ),
        ({"b": {"_attributes": {"xml:space": "preserve"}}}, {"compact": True}, '<b xml:space="preserve"></b>'),
        ({"a": {"b": "1"}}, {"compact": True, "spaces": "\t"}, "<a>\n\t<b>1</b>\n</a>"),
        ({"a": 1}, "x", ""),
        ({"a": 1}, 5, ""),
        ({"elements": [{"type": "element", "name": "a"}]}, [], "<a/>"),
        ({"elements": [{"type": "element", "name": "a"}]}, None, "<a/>"),
        ({"a": {"$": "x"}}, {"compact": True, "textKey": "$"}, "<a>x</a>"),
    ],
    ids=[
        "another instruction",
        "instruction with attributes",
        "instruction without body",
        "instruction with text",
        "instruction element with attributes",
        "ignored instruction",
        "empty instruction",
        "ignored declaration",
        "ignored comment",
        "comment",
        "ignored cdata",
        "cdata end",
        "ignored doctype",
        "doctype",
        "ignored text",
        "ignored attributes",
        "attribute null",
        "bare attributes",
        "attributes on own lines",
        "elements",
        "unknown later",
        "element not object",
        "elements full tag",
        "elements preserve",
        "elements text inline",
        "elements indented text",
        "compact full tag",
        "compact preserve",
        "tabs",
        "options text",
        "options number",
        "options list",
        "options null",
        "another key",
    ],
)
def test_objects_are_written(value: object, options: object, written: str) -> None:
    assert evaluate("$jsToXml(value, options)", {"value": value, "options": options}) == written


@pytest.mark.parametrize(
    ("source", "options", "read"),
    [
        ("<a>x</a>", {"compact": True, "textKey": "$"}, {"a": {"$": "x"}}),
        (
            "<a>x</a>",
            "x",
            {"elements": [{"type": "element", "name": "a", "elements": [{"type": "text", "text": "x"}]}]},
        ),
        (
            "<a><!--c--><![CDATA[d]]>t</a>",
            {"compact": True, "ignoreComment": True, "ignoreCdata": True},
            {"a": {"_text": "t"}},
        ),
        (
            "<a> <b/> </a>",
            {"compact": True, "captureSpacesBetweenElements": True},
            {"a": {"_text": [" ", " "], "b": {}}},
        ),
        ("<a>true</a>", {"compact": True, "nativeType": True}, {"a": {"_text": True}}),
    ],
    ids=["xmlToJs another key", "xmlToJs options text", "xmlToJs ignores", "xmlToJs captured", "xmlToJs bool"],
)
def test_text_is_read(source: str, options: object, read: object) -> None:
    assert evaluate("$xmlToJs(source, options)", {"source": source, "options": options}) == read


def test_cdata_that_is_no_text_is_refused() -> None:
    with pytest.raises(ExpressionError, match=r"cdata\.replace is not a function"):
        evaluate("$jsToXml(value)", {"value": {"a": {"_cdata": 5}}})


@pytest.mark.parametrize(
    "source",
    ["<a x></a>", "<a>&nope;</a>", "<a></b>", "x<a/>"],
    ids=["attribute without a value", "unknown entity", "another end", "text outside"],
)
def test_text_that_is_no_xml_is_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate("$xmlToJs(source)", {"source": source})


def test_a_node_of_no_known_type_takes_away_what_came_before() -> None:
    value = {"elements": [{"type": "element", "name": "a"}, {"type": "other"}, {"type": "element", "name": "b"}]}
    assert evaluate("$jsToXml(value, options)", {"value": value, "options": {"spaces": 2}}) == "undefined<b/>"


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ('$jsToXml({"a": {"b": 1}}, {})', ""),
        ('$jsToXml({"elements": [{"type": "element", "name": "a", "attributes": {}}]}, {})', "<a/>"),
        ('$jsToXml({"elements": [{"type": "element", "name": "a", "attributes": {"x": 1}}]}, {})', "attributes"),
        ('$jsToXml({"declaration": {"attributes": {"version": "1"}}}, {})', "attributes"),
        ('$jsToXml({"a": {"b": 1}}, {"compact": true})', "options"),
        ('$jsToXml({"a": {"b": 1}}, compact)', "element"),
        ('$jsToXml({"a": {}}, compact)', "element"),
        ("$jsToXml({}, compact)", ""),
        ("$jsToXml(xml, {})", ""),
        ('$jsToXml([{"a": 1}])', "element"),
        ('$jsToXml([{"a": 1}], {})', ""),
        ("$xmlToJs('<a/>', {})", {"elements": [{"type": "element", "name": "a"}]}),
        ("$xmlToJs('<a/>', {\"compact\": true})", "options"),
    ],
)
def test_objects_that_an_expression_made_fail_where_they_are_asked_for_what_they_inherit(
    expression: str, answer: object
) -> None:
    data = {"compact": {"compact": True}, "xml": {"a": {"_text": "t"}}}
    if answer in ("attributes", "options", "element"):
        with pytest.raises(ExpressionError, match=rf"{answer}\.hasOwnProperty is not a function"):
            evaluate(expression, data)
    else:
        assert evaluate(expression, data) == answer

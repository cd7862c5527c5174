"""Every pitfall: what the service answers, where it is found, and where it is not."""

import pytest

from batchctl.expression import FUNCTIONS, ExpressionError, evaluate, find_pitfalls
from batchctl.expression.pitfalls import PITFALLS, Pitfall


@pytest.mark.parametrize("pitfall", PITFALLS.values(), ids=lambda pitfall: pitfall.name)
def test_the_example_answers_what_the_table_says(pitfall: Pitfall) -> None:
    if pitfall.error:
        with pytest.raises(ExpressionError, match=pitfall.error):
            evaluate(pitfall.example, {})
    else:
        assert evaluate(pitfall.example, {}) == pitfall.answer
    assert pitfall.function in FUNCTIONS or not pitfall.function.isalpha()


FOUND = {
    "$map(rows, function($r){ $r.a ? $each($r.a, function($v, $k){ $k }) : [] })": "function-handed-on",
    "($by := $sort(?, function($a, $b){ $a > $b }); $by(rows))": "function-handed-on",
    "$map(rows, function($r){ ($x := 1; $sift($r, function($v){ $v > $x })) })": "function-handed-on",
    **{pitfall.example: pitfall.name for pitfall in PITFALLS.values() if pitfall.name != "amount-is-text"},
    'orders ~> $map(function($o){ "due " & $dtFromIso($o.due).plus({"days": 3}) })': "date-in-text",
    '($due := $dtFromIso(at); "due " & $due)': "date-in-text",
    "$distinct(orders.$dtFromIso(due))": "distinct-dates",
    "$sum(orders.$convertCurrencyFromSubunit(cents, currency))": "amount-is-text",
    '$convertCurrencyFromSubunit(1, "USD") * 2': "amount-is-text",
    "$dtFromIso(a).startOf('day') != $dtFromIso(b)": "dates-compared",
    "$dtFromIso(a) in [$dtFromIso(b), $dtFromIso(c)]": "dates-compared",
    "$string($dtFromIso(a))": "date-in-text",
    "$string($dtFromIso(a).diff($dtFromIso(b), 'days'))": "date-in-text",
    '$sort(orders.$convertCurrencyFromSubunit(cents, "USD"))': "amount-is-text",
    'orders^(>$convertCurrencyFromSubunit(cents, "USD")).id': "amount-is-text",
    '$orderBy(xs, ["a", "b"], ["asc", "Desc"])': "order-in-capitals",
    '$digest("a", "SHA-256", "base64url")': "unknown-encoding",
    "$convertCurrencyToSubunit(order.total, order.currency)": "cent-lost",
    '$convertCurrencyToSubunit($round(total, 2), "EUR")': "cent-lost",
    '$convertCurrencyToSubunit(1.001, "KWD")': "cent-lost",
    '$dtFromFormat(due, "DD/MM/YYYY")': "letters-of-a-format",
    '$dtFromIso(due).plus({"days": 1}).toFormat("dd.mm.yy")': "letters-of-a-format",
    '$dtFromIso(due).toFormat("DD.MM.yyyy")': "letters-of-a-format",
}


@pytest.mark.parametrize("expression", FOUND)
def test_it_is_found(expression: str) -> None:
    uses = find_pitfalls(expression)
    assert [use.pitfall.name for use in uses] == [FOUND[expression]]
    assert all(0 <= use.start < use.end <= len(expression) for use in uses)


@pytest.mark.parametrize(
    "expression",
    [
        '"due " & $dtFromIso(at).toISODate()',
        "$map(rows, function($r){ ($s := $sort($r.a, function($a, $b){ $a > $b }); $s) })",
        "$map(rows, function($r){ {'a': $sort($r.a, function($a, $b){ $a > $b })} })",
        "$map(rows, function($r){ $map($r.a, function($v){ $v }) })",
        "$map(rows, function($r){ $sort($r.a) })",
        "$sort(rows, function($a, $b){ $a > $b })",
        "$dtFromIso(a).toMillis() = $dtFromIso(b).toMillis()",
        '($x := $dtFromIso(at); $x := "text"; "a" & $x)',
        '$orderBy(xs, "a", "desc")',
        '$sign("a", "SHA-256", "k", encoding)',
        "$jsToXml(doc)",
        "$replace(text, /a/, function($m){ $uppercase($m.match) })",
        '$recursiveCharacterTextSplitter(text, {"chunkSize": 100, "chunkOverlap": 20})',
        '$dtFromIso(text, "Asia/Tokyo")',
        '$dtFromIso("2026-01-31T10:00Z", "Asia/Tokyo")',
        '$mapValues(v, {"a": 1}, true)',
        '$number($convertCurrencyFromSubunit(1, "USD")) * 2',
        "$distinct(orders.due)",
        '$convertCurrencyToSubunit(10.5, "USD")',
        '$convertCurrencyToSubunit(total, "JPY")',
        '$convertCurrencyToSubunit($round(total), "USD")',
        "$removeEmpty(list)",
        '$find(items, {"type": "x"})',
        '$groupBy(items, "type")',
        "$filter(items, function($i) { $i.open })",
        '$dtFromIso(due).toFormat("yyyy-MM-dd HH:mm")',
        '$dtFromIso(due).toFormat("DD")',
        """$dtFromIso(due).toFormat("dd 'MM' yyyy")""",
        '$dtFromIso(due).toFormat("HH:mm")',
        "$dtFromIso(due).toFormat(form)",
        "a.b[",
    ],
)
def test_it_is_not_found_elsewhere(expression: str) -> None:
    assert find_pitfalls(expression) == ()


def test_the_place_is_that_of_the_date() -> None:
    text = '"é due: " & $dtFromIso(at)'
    (use,) = find_pitfalls(text)
    assert text[use.start : use.end] == "$dtFromIso(at)"

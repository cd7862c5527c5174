"""Pitfalls that only the values show, of arguments and of records."""

import pytest

from batchctl.expression import find_pitfalls, observed_pitfalls
from batchctl.javascript.limits import Limits

DATA = {
    "at": "2026-01-31T10:00",
    "with_offset": "2026-01-31T10:00Z",
    "zone": "Asia/Tokyo",
    "order": "DESC",
    "encoding": "base64url",
    "types": {"at": "date"},
    "records": [
        {"id": "a", "parents": ["b", "c"], "parent": ["b"], "code": "usd", "n": 100, "at": "2026-01-31"},
        {"id": "b", "code": "EUR", "n": 5, "at": "2026-01-30"},
    ],
}
SHOWN = {
    "$dtFromIso(at, zone)": ("zone-after-reading", "$dtFromIso(at, zone)"),
    "$map(records, function($x){ $dtFromIso($x.at, $$.zone).toISO() })": (
        "zone-after-reading",
        "$dtFromIso($x.at, $$.zone)",
    ),
    "records.(at ~> $dtFromIso($$.zone))": ("zone-after-reading", "at ~> $dtFromIso($$.zone)"),
    "$dependencyGraph(records, 'parents', 'id')": ("several-parents", "$dependencyGraph(records, 'parents', 'id')"),
    "$orderBy(records, 'n', order)": ("order-in-capitals", "$orderBy(records, 'n', order)"),
    "records ~> $orderBy('n', [order])": ("order-in-capitals", "records ~> $orderBy('n', [order])"),
    "$sign('a', 'SHA-256', 'k', encoding)": ("unknown-encoding", "$sign('a', 'SHA-256', 'k', encoding)"),
    "$digest('a', 'SHA-256', encoding)": ("unknown-encoding", "$digest('a', 'SHA-256', encoding)"),
    "records.$convertCurrencyToSubunit(n, code)": (
        "currency-in-lower-case",
        "$convertCurrencyToSubunit(n, code)",
    ),
    "records.{'of': $convertCurrencyFromSubunit(n, 'EUR')}^(of)": ("amount-is-text", "of"),
    "$map(records, function($x){ $convertCurrencyFromSubunit($x.n, 'EUR') })^($)": ("amount-is-text", "$"),
    "records.{'of': $convertCurrencyFromSubunit(n, 'EUR')}[of > '6']": ("amount-is-text", "of > '6'"),
    "($total := function($x){ $sum($x.of) }; $total(records.{'of': $convertCurrencyFromSubunit(n, 'EUR')}))": (
        "amount-is-text",
        "$sum($x.of)",
    ),
    "$orderBy(records.$convertCurrencyFromSubunit(n, 'EUR'), [null])": (
        "amount-is-text",
        "$orderBy(records.$convertCurrencyFromSubunit(n, 'EUR'), [null])",
    ),
    "records.{'on': $dtFromIso(at)}.('on ' & on)": ("date-in-text", "on"),
    "$dtFromIso(with_offset) ~> $string()": ("date-in-text", "$dtFromIso(with_offset) ~> $string()"),
    "records.{'on': $dtFromIso(at)}[on = $dtFromIso($$.at)]": ("dates-compared", "on = $dtFromIso($$.at)"),
    "$dtFromIso(at) in records.{'on': $dtFromIso(at)}.on": (
        "dates-compared",
        "$dtFromIso(at) in records.{'on': $dtFromIso(at)}.on",
    ),
    "$distinct(records.{'on': $dtFromIso(at)}.on)": (
        "distinct-dates",
        "$distinct(records.{'on': $dtFromIso(at)}.on)",
    ),
    "$convertQueryToSql({'at': at}, ['at'], {}, types)": (
        "date-in-sql",
        "$convertQueryToSql({'at': at}, ['at'], {}, types)",
    ),
}
FINE = [
    "$dtFromIso(with_offset, zone)",
    "$dtFromIso(at)",
    "$dtFromIso(at, missing)",
    "$dtFromIso('no time', zone)",
    "$dependencyGraph(records, 'parent', 'id')",
    "$orderBy(records, 'n', 'desc')",
    "records[1].$convertCurrencyToSubunit(n, code)",
    "records.{'of': $number($convertCurrencyFromSubunit(n, 'EUR'))}^(of)",
    "records.{'of': $convertCurrencyFromSubunit(n, 'EUR')}[of = '1.00']",
    "$dtFromIso(at).toISODate() & 'x'",
    "$dtFromIso(at) = at",
    "$distinct([$dtFromIso(at), 1])",
    "$sum(records.n) > 1 and records^(n)[0].n & 'x' = 'x'",
    "$dtFromIso(",
]


@pytest.mark.parametrize("text", SHOWN)
def test_values_show_what_an_expression_does(text: str) -> None:
    found = [(use.pitfall.name, text[use.start : use.end]) for use in observed_pitfalls(text, DATA, Limits(time_s=30))]
    assert SHOWN[text] in found


@pytest.mark.parametrize("text", FINE)
def test_nothing_is_said_of_values_that_are_as_they_should_be(text: str) -> None:
    assert not observed_pitfalls(text, DATA, Limits(time_s=30))


def test_the_same_place_as_without_values() -> None:
    text = "'on ' & $dtFromIso('2026-01-31')"
    assert observed_pitfalls(text, {}, Limits(time_s=30)) == find_pitfalls(text) != ()


def test_what_is_seen_before_an_error_or_the_end_of_the_time() -> None:
    text = "($x := $dtFromIso(at, zone); %s)"
    assert observed_pitfalls(text % "$error('no')", DATA, Limits(time_s=30))
    endless = text % "($f := function($n){ $f($n) }; $f(1))"
    assert observed_pitfalls(endless, DATA)

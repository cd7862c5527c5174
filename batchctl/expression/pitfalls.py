"""What looks right in an expression and does not do on the service what it says: the table, as data.

Seen with the npm package @truto/truto-jsonata 3.0.6 (JSONata 2.2.1, luxon 3, @langchain/textsplitters 1); ``answer`` is
what it answers to ``example`` over ``{}``, and tests hold both engines to it.
"""

from __future__ import annotations

from typing import Final

from batchctl.expression.analysis import analyse
from batchctl.structs import Struct


class Pitfall(Struct, frozen=True):
    """Something in an expression that looks right and behaves differently on the service.

    ``name`` identifies it, ``function`` is the function or operator that it is about. ``message`` says what happens,
    ``help`` what to write instead. ``example`` is an expression with it. It either has the value ``answer`` over ``{}``
    and ``error`` is empty, or it fails: then ``error`` is a part of the message, and ``answer`` None.
    """

    name: str
    function: str
    message: str
    help: str
    example: str
    answer: object = None
    error: str = ""


_SEEN: Final = (
    Pitfall(
        "order-in-capitals",
        "orderBy",
        '$orderBy knows "asc" and "desc" in lower case alone: any other word sorts ascending',
        'write "desc"',
        '$orderBy([1, 3, 2], [null], ["DESC"])',
        [1, 2, 3],
    ),
    Pitfall(
        "unknown-encoding",
        "sign",
        'the encodings are "hex", "base64" and "base64-urlSafe": with any other there is no answer',
        'write "base64-urlSafe"',
        '$exists($sign("a", "SHA-256", "k", "base64url"))',
        False,
    ),
    Pitfall(
        "object-made-for-xml",
        "jsToXml",
        "the XML functions fail over an object that the expression itself has made: it inherits nothing",
        "take the object from the input, or from $jsonParse(…)",
        '$jsToXml({"a": {"b": 1}})',
        error="hasOwnProperty is not a function",
    ),
    Pitfall(
        "chunks-within-overlap",
        "recursiveCharacterTextSplitter",
        "chunks have to be longer than what they share, which is 200 unless chunkOverlap says otherwise",
        "give chunkOverlap, too",
        '$recursiveCharacterTextSplitter("text", {"chunkSize": 100})',
        error="Cannot have chunkOverlap >= chunkSize",
    ),
    Pitfall(
        "date-in-text",
        "&",
        "the text of a date is its JSON: it brings its quotes along",
        "write .toISODate() or .toFormat(…) after it",
        '"on " & $dtFromIso("2026-01-31")',
        'on "2026-01-31T00:00:00.000+00:00"',
    ),
    Pitfall(
        "zone-after-reading",
        "dtFromIso",
        "a time without an offset is read in UTC, and then shown in the zone: it is not read in it",
        '$dtFromFormat(text, "ISO", {"zone": zone}) reads it in a zone',
        '$dtFromIso("2026-01-31T10:00", "Asia/Tokyo").toISO()',
        "2026-01-31T19:00:00.000+09:00",
    ),
    Pitfall(
        "dates-compared",
        "=",
        "two dates are never equal: each is an object with methods of its own",
        "compare .toMillis(), or .hasSame(other, unit)",
        '$dtFromIso("2026-01-31") = $dtFromIso("2026-01-31")',
        False,
    ),
    Pitfall(
        "distinct-dates",
        "distinct",
        "$distinct keeps every date: each is an object with methods of its own",
        "make texts of them first: .toISODate()",
        '$count($distinct([$dtFromIso("2026-01-31"), $dtFromIso("2026-01-31")]))',
        2,
    ),
    Pitfall(
        "default-of-map-values",
        "mapValues",
        "the default of $mapValues stands for null and for what is missing: a value that is not in the mapping stays",
        "write $lookup(mapping, value) ?? default",
        '$mapValues("c", {"a": 1}, false, "other")',
        "c",
    ),
    Pitfall(
        "several-parents",
        "dependencyGraph",
        "a node of $dependencyGraph has one parent: several in a list are taken for one key, and dropped",
        "give one record for each parent",
        '$dependencyGraph([{"id": "a", "on": ["b", "c"]}, {"id": "b"}, {"id": "c"}], "on", "id").dependenciesOf("a")',
        [],
    ),
    Pitfall(
        "amount-is-text",
        "convertCurrencyFromSubunit",
        "$convertCurrencyFromSubunit answers text: it can't be counted with, and sorts letter by letter",
        "put $number(…) around it",
        '$convertCurrencyFromSubunit(1050, "USD")',
        "10.50",
    ),
    Pitfall(
        "currency-in-lower-case",
        "convertCurrencyToSubunit",
        "currencies are known by their codes in capitals: with any other the amount stays as it is",
        "write the code in capitals",
        '$convertCurrencyToSubunit(10.5, "usd")',
        10.5,
    ),
    Pitfall(
        "function-for-text",
        "replace",
        "a function replaces what a pattern finds: for a text the service writes its source there",
        'write the text as a pattern: /a/ instead of "a"',
        '$replace("banana", "a", function($m){ $uppercase($m.match) })',
        error="a function replaces what a pattern finds",
    ),
    Pitfall(
        "function-handed-on",
        "sort",
        "$sort, $each and $sift fail where they are the last thing that a function does, or are applied in part: the "
        "service can't call the function that they are given",
        "name the answer, and end with the name: ($sorted := $sort(…); $sorted)",
        "$map([[2, 1]], function($l){ $sort($l, function($a, $b){ $a > $b }) })",
        error="the service can't call a function",
    ),
    Pitfall(
        "date-in-sql",
        "convertQueryToSql",
        'the type "date" writes a quoted time stamp in the zone of the process, not a date',
        'write "date|yyyy-MM-dd", with the format that the database takes',
        '$convertQueryToSql({"at": "2026-01-31"}, ["at"], {}, {"at": "date"})',
        "at = '2026-01-31T00:00:00.000+00:00'",
    ),
    Pitfall(
        "cent-lost",
        "convertCurrencyToSubunit",
        "$convertCurrencyToSubunit rounds down after multiplying: 19.99 dollars become 1998 cents",
        "write $round(amount * 100), with the factor of the currency",
        '$convertCurrencyToSubunit(19.99, "USD")',
        1998,
    ),
    Pitfall(
        "empty-of-object",
        "removeEmpty",
        "$removeEmpty of an object answers nothing, whatever it holds: it is made for arrays and texts",
        "write $sift(object, function($value) { $value != null })",
        '$exists($removeEmpty({"name": "Ann", "note": ""}))',
        False,
    ),
    Pitfall(
        "letters-of-a-format",
        ".toFormat",
        'in formats of dates "mm" are the minutes, "MM" the month; "YYYY" and "DD" are no year and no day of the month',
        'write "yyyy-MM-dd", with "HH:mm" for the time',
        '$dtFromIso("2026-01-31").toFormat("yyyy-mm-dd")',
        "2026-00-31",
    ),
)
PITFALLS: Final = {pitfall.name: pitfall for pitfall in _SEEN}
# Where one of these is called, the values may show a pitfall that the text does not.
_SHOWN_BY_VALUES: Final = frozenset(
    {
        "convertCurrencyFromSubunit",
        "convertCurrencyToSubunit",
        "convertQueryToSql",
        "dependencyGraph",
        "digest",
        "dtFromFormat",
        "dtFromIso",
        "orderBy",
        "sign",
    }
)


def shown_by_values(text: str) -> bool:
    """Whether the expression ``text`` uses a function that has a pitfall with some values only."""
    return not _SHOWN_BY_VALUES.isdisjoint(use.name for use in analyse(text).functions)

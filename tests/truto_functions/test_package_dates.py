"""Dates that are read, and what a date answers or refuses, as @truto/truto-jsonata 3.0.6 does."""

from __future__ import annotations

import json

import pytest

from batchctl.errors import ExpressionError
from batchctl.expression import evaluate

DATE = '$dtFromIso("2024-03-10T15:04:05.006Z")'


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ('setLocale("en")', "2024-03-10T15:04:05.006+00:00"),
        ('reconfigure({"locale":"en-US"})', "2024-03-10T15:04:05.006+00:00"),
        ('minus({"days":1})', "2024-03-09T15:04:05.006+00:00"),
        ("plus(1/0)", "2024-03-10T15:04:05.006+00:00"),
        ('set({"weekNumber":1})', "2024-01-07T15:04:05.006+00:00"),
        ('set({"ordinal":60})', "2024-02-29T15:04:05.006+00:00"),
        ('set({"weekday":1}).toISODate()', "2024-03-04"),
        ('set({"lightyear":null,"month":null}).toISO()', "2024-03-10T15:04:05.006+00:00"),
        ('set({"Months":"5"}).toISODate()', "2024-05-10"),
        ('diff("x").toObject()', {}),
        ('diff("x","days").as("days")', None),
        ('diff($dtFromIso("2024-01-31"),["months","days"]).toObject()', {"months": 1, "days": 10.627835717592593}),
        (
            'diff($dtFromIso("2023-01-31"),["quarters","weeks"]).toObject()',
            {"quarters": 4, "weeks": 5.6611193882275135},
        ),
        ('hasSame($dtFromIso("2024-03-10"),"day")', True),
        ('equals($dtFromIso("2024-03-10T15:04:05.006Z"))', True),
        ('equals($dtFromIso("x"))', False),
        ("toHTTP()", "Sun, 10 Mar 2024 15:04:05 GMT"),
        ('toSQLTime({"includeZone":true})', "15:04:05.006 UTC"),
        ('toSQLTime({"includeOffset":false})', "15:04:05.006"),
        ('toSQL({"includeOffsetSpace":false})', "2024-03-10 15:04:05.006+00:00"),
        ('toISODate({"format":"basic"})', "20240310"),
        ('toISOTime({"includePrefix":true})', "T15:04:05.006+00:00"),
        ('setZone("Mars/Base").invalidReason', "unsupported zone"),
        ('setZone("Mars/Base").invalidExplanation', 'the zone "Mars/Base" is not supported'),
        ('setZone("Asia/Tokyo",{"keepLocalTime":true}).toISO()', "2024-03-10T15:04:05.006+09:00"),
        ("isInDST", False),
        ('startOf("week").toISO()', "2024-03-04T00:00:00.000+00:00"),
        ('startOf("quarter").toISO()', "2024-01-01T00:00:00.000+00:00"),
        ('endOf("year").toISO()', "2024-12-31T23:59:59.999+00:00"),
        ('startOf("hour").toISO()', "2024-03-10T15:00:00.000+00:00"),
        ('diff($dtFromIso("2024-01-31"),["months","days"]).toISO()', "P1M10.627835717592593D"),
        ('diff($dtFromIso("2024-03-01")).shiftTo("days","hours").toObject()', {"days": 9, "hours": 15.068057222222222}),
        ('diff($dtFromIso("2024-03-01")).toFormat("d hh:mm:ss")', "9 15:04:05"),
        ('diff($dtFromIso("2024-03-01"),"hours").normalize().toObject()', {"hours": 231.06805722222222}),
        ('diff($dtFromIso("2024-03-01"),"hours").negate().toObject()', {"hours": -231.06805722222222}),
        ('diff($dtFromIso("2024-03-01"),"hours").get("hours")', 231.06805722222222),
        ('diff($dtFromIso("2024-03-01"),"hours").plus({"hours":1}).as("hours")', 232.06805722222222),
        ('diff($dtFromIso("2024-03-01"),"hours").minus({"hours":1}).as("minutes")', 13804.083433333333),
        ('diff($dtFromIso("2024-03-01"),"hours").toMillis()', 831845006),
    ],
    ids=[
        "setLocale en",
        "reconfigure",
        "minus",
        "plus infinity",
        "set week",
        "set ordinal",
        "set weekday",
        "set null",
        "set singular",
        "diff no date",
        "diff no date as",
        "diff",
        "diff quarters",
        "has same",
        "equals",
        "equals invalid",
        "http",
        "sqltime",
        "sqltime none",
        "sql nospace",
        "isodate basic",
        "isotime prefix",
        "unknown zone",
        "unknown zone expl",
        "keep",
        "utc dst",
        "date only startof week",
        "startOf quarter",
        "endOf year",
        "startOf hour",
        "dur iso",
        "dur shift",
        "dur fmt",
        "dur norm",
        "dur neg",
        "dur get",
        "dur plus",
        "dur minus",
        "dur ms",
    ],
)
def test_what_a_date_answers(call: str, answer: object) -> None:
    assert json.loads(json.dumps(evaluate(f"{DATE}.{call}", {}))) == answer


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('set({"weekNumber":1,"month":2})', "Can't mix weekYear/weekNumber units with year/month/day or ordinals"),
        ('set({"ordinal":1,"month":2})', "Can't mix ordinal dates with month/day"),
        ('set({"lightyear":1})', "Invalid unit lightyear"),
        ("equals(null)", "Cannot read properties of null (reading 'isValid')"),
        ('startOf("lightyear")', "Invalid unit lightyear"),
    ],
    ids=["set mixed", "set mixed ordinal", "set unknown", "equals null", "startOf bad"],
)
def test_what_a_date_refuses(call: str, said: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        evaluate(f"{DATE}.{call}", {})
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ('$dtFromIso("2024-01-31").set({"month":2}).toISODate()', "2024-02-29"),
        (
            '$dtFromIso("2023-01-31").diff($dtFromIso("2024-03-10T15:04:05.006Z"),["years","hours"]).toObject()',
            {"years": -1, "hours": -951.0680572222223},
        ),
        (
            '$dtFromIso("2024-03-30").diff($dtFromIso("2024-01-31"),["months","days"]).toObject()',
            {"months": 1, "days": 30},
        ),
        (
            '$dtFromIso("2023-03-01").diff($dtFromIso("2020-02-29"),["years","months","days"]).toObject()',
            {"years": 3, "months": 0, "days": 1},
        ),
        ('["x", $dtFromIso("2024-03-10T15:04:05.006Z").equals("x")]', ["x"]),
        ('$dtFromIso("x").equals($dtFromIso("2024-03-10T15:04:05.006Z"))', False),
        ('[$dtFromIso("x").toSQL()]', [None]),
        ('$dtFromIso("x").toFormat("yyyy")', "Invalid DateTime"),
        ('$dtFromIso("x").toLocaleString()', "Invalid DateTime"),
        ('[$dtFromIso("x").plus({"days":1}).toISO()]', [None]),
        ('[$dtFromIso("x").set({"day":1}).toISO()]', [None]),
        ('[$dtFromIso("x").startOf("day").toISO()]', [None]),
        ('[$dtFromIso("x").endOf("day").toISO()]', [None]),
        ('[$dtFromIso("x").setZone("Europe/Paris").invalidReason]', ["unparsable"]),
        ('$dtFromIso("2024-03-10","Mars/Base").invalidExplanation', 'the zone "Mars/Base" is not supported'),
        (
            '$dtFromFormat("2024","yyyy",{"zone":"Mars/Base"}).invalidExplanation',
            'the zone "Mars/Base" is not supported',
        ),
        ('$dtFromIso("2024-366").toISODate()', "2024-12-31"),
        (
            '$dtFromIso("2023-366").invalidExplanation',
            "you specified 366 (of type number) as a ordinal, which is invalid",
        ),
        ('$dtFromIso("2024-W10-3").toISODate()', "2024-03-06"),
        (
            '$dtFromIso("2024-W54-3").invalidExplanation',
            "you specified 54 (of type number) as a week, which is invalid",
        ),
        (
            '$dtFromIso("2024-W10-8").invalidExplanation',
            "you specified 8 (of type number) as a weekday, which is invalid",
        ),
        (
            '$dtFromIso("2024-13-01").invalidExplanation',
            "you specified 13 (of type number) as a month, which is invalid",
        ),
        ('$dtFromIso("2023-02-29").invalidExplanation', "you specified 29 (of type number) as a day, which is invalid"),
        ('$dtFromIso("2024-03-10T24:00").toISO()', "2024-03-11T00:00:00.000+00:00"),
        (
            '$dtFromIso("2024-03-10T24:01").invalidExplanation',
            "you specified 24 (of type number) as a hour, which is invalid",
        ),
        ('$dtFromFormat("2024 100","yyyy o").toISODate()', "2024-04-09"),
        ('$dtFromFormat("2024 10","kkkk WW").toISODate()', "2024-03-04"),
        ('$dtFromFormat("86400","fromSeconds").toISO()', "1970-01-02T00:00:00.000+00:00"),
        ('$dtFromFormat("x","fromSeconds").invalidReason', "invalid input"),
        ('$dtFromFormat("0","fromSeconds",{"zone":"Asia/Tokyo"}).toISO()', "1970-01-01T09:00:00.000+09:00"),
        ('$dtFromIso("2024-07-01","Europe/Paris").isInDST', True),
        ('$dtFromIso("2024-01-01","Europe/Paris").isInDST', False),
        ('$string($dtFromIso("2024-03-10T15:04:05.006Z").toJSDate())', '"2024-03-10T15:04:05.006Z"'),
        ('"x" & $dtFromIso("2024-03-10T15:04:05.006Z").toJSDate()', 'x"2024-03-10T15:04:05.006Z"'),
        ('["x",$dtFromIso("x").toJSDate()]', ["x", None]),
        ('$dtFromIso("2021-01-01").toISOWeekDate()', "2020-W53-5"),
        ('$dtFromIso("2024-12-31").weekYear', 2025),
    ],
    ids=[
        "set month short",
        "diff years neg",
        "diff month leap",
        "diff twice down",
        "equals text",
        "invalid equals",
        "invalid sql",
        "invalid format",
        "invalid locale",
        "invalid plus",
        "invalid set",
        "invalid startOf",
        "invalid endOf",
        "invalid zone",
        "unknown zone of text",
        "format zone unknown",
        "ordinal text",
        "ordinal out",
        "week text",
        "week out",
        "week day out",
        "month out",
        "day out",
        "24",
        "24:01",
        "format ordinal",
        "format week",
        "fromSeconds",
        "fromSeconds bad",
        "fromSeconds zone",
        "dst",
        "no dst",
        "jsdate",
        "jsdate text",
        "invalid jsdate",
        "early year week",
        "late week",
    ],
)
def test_what_is_read_as_a_date(expression: str, answer: object) -> None:
    assert json.loads(json.dumps(evaluate(expression, {}))) == answer


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (
            '$dtFromFormat("10 3","W M").toISODate()',
            "Can't mix weekYear/weekNumber units with year/month/day or ordinals",
        ),
        ('$dtFromFormat("100 3","o M").toISODate()', "Can't mix ordinal dates with month/day"),
    ],
    ids=["format mixed", "format ordinal month"],
)
def test_a_format_that_mixes_fields(expression: str, said: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        evaluate(expression, {})
    assert said in str(refused.value)


@pytest.mark.parametrize("call", ['setLocale("fr")', "toRelative()", 'toLocaleString({"month": "short"})'])
def test_what_only_the_service_has_is_named(call: str) -> None:
    with pytest.raises(ExpressionError, match=r"on Truto, but (is|are) not available locally"):
        evaluate(f"{DATE}.{call}", {})


def test_a_weekday_that_is_not_that_of_the_date() -> None:
    assert evaluate('$dtFromFormat("Mon 2024-03-10", "EEE yyyy-MM-dd").invalidReason', {}) == "mismatched weekday"
    explained = {
        '"Mon 2024-03-10", "EEE yyyy-MM-dd"': "1 and a date of 2024-03-10T00:00:00.000+00:00",
        '"Mon 2026-01-28", "EEE yyyy-MM-dd", {"zone": "utc"}': "1 and a date of 2026-01-28T00:00:00.000Z",
        '"Mon 2026-01-28 +05:00", "EEE yyyy-MM-dd ZZ"': "1 and a date of 2026-01-28T00:00:00.000+05:00",
        '"Mon 2026-01-28 10:20", "EEE yyyy-MM-dd HH:mm", {"zone": "Europe/Berlin"}': (
            "1 and a date of 2026-01-28T10:20:00.000+01:00"
        ),
        '"Tue 28 Jan 2026 10:00:00.123 -03:30", "EEE dd LLL yyyy HH:mm:ss.SSS ZZ", {"setZone": true}': (
            "2 and a date of 2026-01-28T10:00:00.123-03:30"
        ),
    }
    for given, said in explained.items():
        found = evaluate(f"$dtFromFormat({given}).invalidExplanation", {})
        assert found == f"you can't specify both a weekday of {said}"


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ('$dtFromIso("0024-03-10").toISO()', "0024-03-10T00:00:00.000+00:00"),
        ('$dtFromIso("+012024-03-10").toISO()', "+012024-03-10T00:00:00.000+00:00"),
        ('$dtFromIso("-000010-12-31").ordinal', 365),
        ('$dtFromIso("2024-W01-1").plus({"years":30000}).toISO()', "+032024-01-01T00:00:00.000+00:00"),
        ('$dtFromIso("2025-W01-1").toISODate()', "2024-12-30"),
        ('$dtFromIso("2020-W53-7").toISODate()', "2021-01-03"),
        ('$dtFromFormat("Tue, 01 Nov 2016 13:23:12 +0630","RFC2822").toISO()', "2016-11-01T06:53:12.000+00:00"),
        ('$dtFromFormat("x","RFC2822").invalidReason', "unparsable"),
        ('$dtFromFormat("3 PM","h a").hour', 15),
        ('$dtFromFormat("15 PM","h a").hour', 15),
        ('$dtFromFormat("44 BC","y G").year', -44),
        ('$dtFromFormat("2024 Q3","yyyy \'Q\'q").month', 7),
        ('$dtFromFormat("2024 123456","yyyy u").millisecond', 123),
        ('$dtFromIso("2024-03-10","UTC-5:30").zoneName', "UTC-5:30"),
        ('$dtFromIso("2024-03-10","local").zoneName', "UTC"),
        ('$dtFromIso("2024-03-10",330).toISO()', "2024-03-10T05:30:00.000+05:30"),
        ('$dtFromIso("2024-03-10",[1]).invalidReason', "unsupported zone"),
        ('$dtFromIso("2024-07-01","America/New_York").offsetNameLong', "Eastern Daylight Time"),
        ('$dtFromIso("2024-07-01","America/New_York").offsetNameShort', "EDT"),
        ('$dtFromIso("2024-07-01",330).offsetNameShort', "UTC+5:30"),
        ('$dtFromIso("2024-07-01","Asia/Kolkata").offsetNameShort', "GMT+5:30"),
        (
            '$dtFromIso("2024-03-31T02:30").setZone("Europe/Paris",{"keepLocalTime":true}).toISO()',
            "2024-03-31T03:30:00.000+02:00",
        ),
        ('$dtFromIso("2024-01-01","Europe/Paris").plus({"years":9000}).toISO()', "+011024-01-01T01:00:00.000+01:00"),
        ('$dtFromFormat("2024-03-10","yyyy-MM-dd",{"setZone":true}).zoneName', "UTC"),
        ('$dtFromFormat("2024-03-10 +05:30","yyyy-MM-dd ZZ",{"setZone":true}).zoneName', "UTC+5:30"),
        ('$dtFromFormat("10 March 2024","d LLLL yyyy").toISODate()', "2024-03-10"),
    ],
    ids=[
        "year 24",
        "year 12024",
        "before year 0",
        "plus 30000 years",
        "week 1 begins in December",
        "week 53 ends in January",
        "RFC 2822",
        "no RFC 2822",
        "afternoon",
        "fifteen PM",
        "BC",
        "quarter",
        "fraction",
        "UTC-5:30",
        "local",
        "minutes",
        "list as zone",
        "long name of zone",
        "short name of zone",
        "short name of minutes",
        "zone without a short name",
        "skipped hour",
        "year 11024",
        "no zone to keep",
        "zone kept",
        "name of month",
    ],
)
def test_zones_years_and_formats(expression: str, answer: object) -> None:
    assert evaluate(expression, {}) == answer


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ('$dtFromFormat(null,"RFC2822")', "Cannot read properties of null (reading 'replace')"),
        ('$dtFromFormat("15 PM","H a")', "Can't include meridiem when specifying 24-hour format"),
    ],
    ids=["null", "meridiem of 24 hours"],
)
def test_what_can_not_be_read(expression: str, said: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        evaluate(expression, {})
    assert said in str(refused.value)

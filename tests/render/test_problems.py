"""Errors by cause, and what is advised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchctl.engine.causes import causes, first_causes
from batchctl.engine.result import Failed, RunResult, Skipped, Succeeded
from batchctl.truto.envelope import describe_entry

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject, JsonValue


def error(status: int, message: str, **more: object) -> JsonObject:
    return {"statusCode": status, "message": message, **more}  # type: ignore[dict-item]  # what JSON holds


def test_messages_that_differ_in_ids_alone_are_one_cause() -> None:
    found = causes(
        [
            error(404, "contact c-17 is gone", **{"for": {"contacts": "c-17"}}),
            error(404, 'contact "Zoë" is gone', **{"for": {"contacts": "x"}}),
            error(404, "contact c-18 is gone", call={"method": "GET", "path": "/unified/crm/contacts/c-18"}),
            error(500, "contact c-19 is gone"),
        ]
    )
    assert [(each.status, each.count) for each in found] == [(404, 3), (500, 1)]
    assert found[0].sentence == "Truto refused it: 404 Not Found: contact c-17 is gone"
    assert found[0].origins == ("for contacts c-17", "for contacts x", "at GET /unified/crm/contacts/c-18")


def test_ids_that_are_words_are_known_from_the_record() -> None:
    errors: list[JsonValue] = [error(404, f"no {name} here", **{"for": {"pages": name}}) for name in ("home", "about")]
    assert [each.count for each in causes(errors)] == [2]


def test_an_id_may_hold_the_name_of_a_record() -> None:
    account = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
    named = ("a1", "a10", "5c3b", "john smith 2")
    errors: list[JsonValue] = [error(404, f"no /t/{name}?a={account}", **{"for": {"t": name}}) for name in named]
    assert [each.count for each in causes(errors)] == [4]


def test_causes_stay_in_order_and_many_errors_are_counted() -> None:
    errors: list[JsonValue] = [error(404, f"record {number}") for number in range(1000)]
    found = causes([error(429, "slow"), *errors])
    assert [(each.status, each.count) for each in found] == [(429, 1), (404, 1000)]


@pytest.mark.parametrize("odd", [None, "text", 5, [], {}, {"message": {"a": [1]}}, {"call": 5, "for": "x"}, True])
def test_an_entry_may_have_any_shape(odd: JsonValue) -> None:
    (cause,) = causes([odd])
    assert " refused it: " in cause.sentence


def test_the_provider_speaks_for_itself() -> None:
    words = [
        causes([error(400, "x", raw_response=raw)])[0].words for raw in ({"a": "ü"}, " two\n lines\x1b ", "", None)
    ]
    assert words == ['{"a": "ü"}', "two lines\\x1b", None, None]


@pytest.mark.parametrize(
    ("entry", "advice"),
    [
        (error(429, "x"), "rate limited; wait and run it again"),
        (error(429, "x", headers={"Retry-After": "30"}), "rate limited; wait 30 s and run it again"),
        (error(429, "x", headers={"retry-after": "Wed, 21 Oct"}), "rate limited; wait and run it again"),
        (error(401, "x", truto_is_remote_error=True), "the account's owner has to connect it again"),
        (error(401, "x"), "check the token (TRUTO_API_TOKEN or --token) and that it belongs to this API"),
        (
            error(
                403,
                "x",
                truto_is_remote_error=True,
                truto_error_insight={"forbidden_error": {"value": {"missing_scopes": ["a:read", "b"]}}},
            ),
            "the account lacks the scopes a:read, b",
        ),
        (error(422, "x", truto_is_remote_error=True), "the provider refuses the values; see its own words"),
        (error(418, "x"), None),
    ],
)
def test_advice(entry: JsonObject, advice: str | None) -> None:
    assert describe_entry(entry).advice() == advice


def test_first_causes_come_before_what_they_stopped() -> None:
    result = RunResult(
        {"b": Skipped(("a",)), "ok": Succeeded(), "a": Failed([error(500, "x")]), "c": Skipped(("b",))}, 1.0
    )
    assert [key for key, _ in first_causes(result)] == ["a", "b", "c"]

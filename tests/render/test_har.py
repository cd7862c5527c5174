"""A HAR file shows where a call went, and no secret on the way."""

from __future__ import annotations

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.recording import RecordedCall
from batchctl.redaction import Redactor
from batchctl.render.report.har import call_exchange, har_text
from batchctl.truto.calls import Call

SECRET = "s3cret-of-a-test"


def test_a_secret_in_the_id_of_a_call_is_masked_and_so_is_a_header_that_sounds_like_one() -> None:
    call = Call("crm/contacts", "get", SECRET, {"q": SECRET})
    reply = Reply(200, {"id": SECRET}, {"x-session-token": "of-nobody-here", "etag": "7"})
    found = call_exchange(RecordedCall(call, reply, 0.0, 0.1), "https://api.example/", "acc-1", Redactor([SECRET]))
    text = har_text([found])
    assert SECRET not in text
    assert "of-nobody-here" not in text
    assert found.headers["etag"] == "7"


def test_a_call_of_another_account_is_shown_with_that_account() -> None:
    calls = [Call("crm/contacts", "list"), Call("crm/contacts", "list", account="acc-2")]
    found = [
        call_exchange(RecordedCall(call, None, 0.0, 0.1), "https://api.example", "acc-1", Redactor()) for call in calls
    ]
    assert [each.url.partition("?")[2] for each in found] == [
        "integrated_account_id=acc-1",
        "integrated_account_id=acc-2",
    ]

"""What a run has to say, as lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchctl.engine.remarks import RunRemark
from batchctl.errors import ServiceError
from batchctl.execution.notices import (
    ConfigExposed,
    ContextRead,
    KeyChosen,
    Notice,
    NotRecorded,
    RecordsSaved,
    ResponseSaved,
    ResponsesReused,
    Resumable,
    Retrying,
    RowFinished,
    RunStarted,
    SentLiterally,
)
from batchctl.execution.row_end import RowEnd
from batchctl.render.notices import remark_line, words


@pytest.mark.parametrize(
    ("notice", "line"),
    [
        (RunStarted("r-1"), "run r-1"),
        (NotRecorded("the disk is full"), "this run is not recorded: the disk is full"),
        (KeyChosen("k"), "idempotency key k"),
        (KeyChosen("k", rows=True), "idempotency key k; each row adds its number"),
        (SentLiterally(("{{a}}", "{{b}}")), "sent literally, since it has no value: {{a}} and {{b}}"),
        (ConfigExposed(Path("c.toml")), "c.toml is readable by other users; run chmod 600 c.toml"),
        (Retrying(2, 1.25, "502 answered"), "502 answered; retry 2 in 1.2 s"),
        (ResponsesReused(1), "reused 1 response from the journal"),
        (ResponsesReused(2), "reused 2 responses from the journal"),
        (ResponseSaved(Path("answer.json")), "what was received is in answer.json"),
        (RecordsSaved(Path("salvaged.json")), "complete records were saved to salvaged.json"),
        (Resumable("r-1"), "to resume: batchctl run --resume r-1"),
        (ContextRead(("region",)), "the account's context gives region"),
        (ContextRead((), ("zone",)), "the API does not report zone of the account; pass it with --context"),
        (
            ContextRead(("region", "plan"), ("zone",)),
            (
                "the account's context gives region and plan; "
                "the API does not report zone of the account; pass it with --context"
            ),
        ),
    ],
    ids=lambda each: type(each).__name__ if not isinstance(each, str) else "",
)
def test_every_notice_is_a_line(notice: Notice, line: str) -> None:
    assert words(notice, "batchctl run --resume {}") == line


def test_a_row_is_named_with_why_it_could_not_run() -> None:
    line = words(RowFinished(RowEnd(3, "acc", {"stage": "won"}, None, ServiceError("no such account"))), "")
    assert "3" in line
    assert "acc" in line
    assert "\n" not in line


def test_a_remark_says_how_many_calls_it_is_about() -> None:
    literal = RunRemark("notes", "sent-literally", "{{a}} has no value", 2)
    assert remark_line(literal) == "notes: sent literally: {{a}} has no value (2 calls)"

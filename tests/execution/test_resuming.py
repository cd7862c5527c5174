"""What can be resumed, and what is said where a run can't."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchctl.errors import StoreError, UsageError
from batchctl.execution.resume import SavedInputs, reopen
from batchctl.execution.row_journal import response_of
from batchctl.execution.sync_record import require_resumable
from batchctl.store.facts import RunInfo
from batchctl.structs import replace

if TYPE_CHECKING:
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore

ABOUT = RunInfo("direct", "a.yaml", {"args": {"a": 1}}, "api.truto.one", {"text": "x", "args": {"a": 1}}, "k-1")


def kept(store: RunStore, about: RunInfo = ABOUT) -> RunFacts:
    run = store.begin(about)
    run.finish("failed", {})
    run.close()
    return store.get(run.id)


def test_the_same_batch_to_the_same_host_is_resumed(store: RunStore) -> None:
    record = reopen(store, kept(store), ABOUT)
    assert record.key == "k-1"
    record.close()


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (replace(ABOUT, kind="each"), "it can't be resumed"),
        (replace(ABOUT, kind="sync"), "it can't be resumed"),
        (replace(ABOUT, host="elsewhere.example"), "went to api.truto.one, this one would go to elsewhere.example"),
        (replace(ABOUT, content={"args": {"a": 2}}), "from a different definition"),
    ],
    ids=["rows", "a sync job", "another host", "another batch"],
)
def test_another_run_is_refused_and_the_first_stays_as_it_is(store: RunStore, now: RunInfo, said: str) -> None:
    facts = kept(store)
    with pytest.raises(UsageError, match=said):
        reopen(store, facts, now)
    reopen(store, facts, ABOUT).close()


def test_a_damaged_record_is_a_sentence(store: RunStore) -> None:
    facts = replace(kept(store), state="damaged", problem="it is no database")
    with pytest.raises(StoreError, match="is damaged: it is no database"):
        reopen(store, facts, ABOUT)
    with pytest.raises(StoreError, match="is damaged"):
        SavedInputs.of(facts)


@pytest.mark.parametrize(("kind", "again"), [("direct", "FILE --direct"), ("each", "FILE --each ROWS")])
def test_a_definition_with_secrets_was_not_kept(store: RunStore, kind: str, again: str) -> None:
    facts = kept(store, replace(ABOUT, kind=kind, inputs=None))
    with pytest.raises(UsageError, match="was not kept") as raised:
        SavedInputs.of(facts)
    assert again in (raised.value.hint or "")


def test_inputs_come_back_as_they_were_kept(store: RunStore) -> None:
    inputs = {
        "text": "x",
        "account": "acc",
        "args": {"a": 1},
        "only": ["contacts"],
        "rows": [{"account": None}, "of another version"],
        "fleet": {"workers": 2},
        "context": {"region": 7},
        "to_whole": False,
        "allow_unresolved": True,
    }
    found = SavedInputs.of(kept(store, replace(ABOUT, inputs=inputs)))
    assert (found.account, found.args, found.only, found.fleet) == ("acc", {"a": 1}, ("contacts",), {"workers": 2})
    assert (found.rows, found.context) == (({"account": None},), {"region": 7})
    assert (found.to_whole, found.allow_unresolved) == (False, True)


def test_inputs_of_another_form_are_as_if_they_were_not_there(store: RunStore) -> None:
    odd = {"text": "x", "args": 1, "rows": 2, "fleet": 3, "context": 4, "only": 5}
    found = SavedInputs.of(kept(store, replace(ABOUT, inputs=odd)))
    assert (found.args, found.rows, found.fleet, found.context) == ({}, None, None, {})


def test_only_a_sync_job_that_did_not_complete_is_resumed_as_one(store: RunStore) -> None:
    facts = replace(kept(store), kind="sync")
    require_resumable(facts)
    with pytest.raises(UsageError, match="is complete"):
        require_resumable(replace(facts, state="succeeded"))
    with pytest.raises(UsageError, match="is no run of a sync job"):
        require_resumable(replace(facts, kind="direct"))


@pytest.mark.parametrize("text", ["", "{", "[1]", "1"])
def test_a_row_that_can_not_be_read_is_a_sentence(text: str) -> None:
    with pytest.raises(StoreError, match="a row that can't be read"):
        response_of(text)

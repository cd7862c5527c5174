"""Backends and observers that a program brings along: what they do wrong is one sentence, or their own exception."""

from __future__ import annotations

import gc
import warnings
from typing import TYPE_CHECKING, Any

import pytest

import batchctl
from batchctl import Answers, Call, Event, Reply

if TYPE_CHECKING:
    from pathlib import Path

NODES = """
  - {name: digest, type: transform, depends_on: contacts, config: {expression: "resources.crm.contacts"}}
  - {name: kept, type: spool, depends_on: digest}
  - {name: notes, resource: crm/notes, method: list, depends_on: contacts, query: {id: "{{resources.crm.contacts.id}}"}}
"""


class Own:
    """Answers every call with the same value, whatever that is."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    async def send(self, call: Call) -> Any:  # noqa: ARG002 - as the engine calls it
        return self._answer

    async def aclose(self) -> None:
        """Nothing is open."""


class Prompt(Own):
    """Has its answers at once."""

    def immediate(self, call: Call) -> Any:  # noqa: ARG002 - as above
        return self._answer


class Plain(Own):
    """Forgot to be asynchronous."""

    def send(self, call: Call) -> Any:  # noqa: ARG002 - as above
        return self._answer


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        (Own({"result": []}), "the backend Own must answer /unified/crm/contacts with a Reply, not the type dict"),
        (Own(None), "the backend Own must answer /unified/crm/contacts with a Reply, not None"),
        (Own(Reply("200", {})), "the backend Own answered /unified/crm/contacts with a status that is no number"),  # type: ignore[arg-type]  # what is refused
        (Prompt([]), "the backend Prompt must answer /unified/crm/contacts with a Reply, not the type list"),
        (Plain(Reply(200, {"result": []})), r"send of the backend Plain must be asynchronous: async def send"),
    ],
    ids=["dict", "none", "status", "immediate", "not-async"],
)
def test_an_answer_that_is_none_is_one_sentence(file: Path, backend: Any, said: str) -> None:
    with pytest.raises(batchctl.UsageError, match=said):
        batchctl.run(file, backend=backend)
    assert str(batchctl.run_each(file, [{}], backend=backend).ends[0].error).startswith(said[:20])


@pytest.mark.parametrize("kind", [Own, Prompt])
def test_a_backend_that_answers_is_asked(file: Path, kind: type[Own]) -> None:
    result = batchctl.run(file, backend=kind(Reply(200, {"result": [{"id": "1"}], "next_cursor": None})))
    assert (result.status, result.body()["result"]) == ("succeeded", {"contacts": [{"id": "1"}]})


@pytest.mark.parametrize("number", range(24))
def test_an_observer_that_raises_leaves_no_warning(file: Path, number: int) -> None:
    file.write_text(file.read_text("utf-8") + NODES, "utf-8")
    left = [number]

    def observe(event: Event, /) -> None:
        if not left[0]:
            raise LookupError(type(event).__name__)
        left[0] -= 1

    backend = Answers({"crm/contacts": [{"id": "1", "stage": "won"}, {"id": "2", "stage": "won"}], "crm/notes": []})
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            batchctl.run(file, backend=backend, observer=observe)
        except LookupError:
            assert left == [0]
        else:
            assert number > 15
        gc.collect()
    assert [str(each.message) for each in warned] == []

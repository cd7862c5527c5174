"""Answers calls from ``recording.ndjson``: the n-th call that is alike gets the n-th answer, the last one again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.fakes import FAKE
from batchctl.errors import ConnectionFailed, FixtureError
from batchctl.json_types import with_files, write_json
from batchctl.template import to_text

if TYPE_CHECKING:
    from batchctl.engine.backends.fixture_records import Records
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.truto.calls import Call


class Replay:
    """Answers calls from a recording: the n-th call that asks the same gets the n-th recorded answer to it.

    Once these are used up, the last one is given again. ``records`` are the entries of ``recording.ndjson``: objects
    with ``resource``, ``method``, ``id``, ``query`` and perhaps ``body``, and of the answer ``status`` (200 if
    missing), ``headers`` (an object) and ``response``, the JSON body; or ``"drop": true`` where no answer came. Raises
    ``FixtureError`` for one without ``resource`` or ``method``.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._exact: dict[str, list[int]] = {}
        # Entries with fakes in what was asked: by resource and method, to be compared one by one.
        self._loose: dict[tuple[str, str], list[int]] = {}
        self._used: dict[int, int] = {}
        self._bound: dict[str, list[int]] = {}
        self._taken: set[int] = set()
        for place in range(len(records)):
            entry = records.record(place)
            if not isinstance(entry, dict) or not {"resource", "method"} <= entry.keys():
                raise FixtureError(f"recording.ndjson:{place + 1}: an entry needs resource and method")
            asked = _asked(entry)
            self._exact.setdefault(asked, []).append(place)
            if FAKE.search(asked):
                self._loose.setdefault((str(entry["resource"]), str(entry["method"])), []).append(place)

    def answer(self, call: Call) -> Reply | None:
        """The recorded answer to ``call``; None where the recording has no such call.

        Raises ``ConnectionFailed`` where the recorded call got no answer.
        """
        about: JsonObject = {"resource": call.resource, "method": call.method, "id": call.id, "query": call.query}
        if call.body is not None:
            about["body"] = call.body
        asked = _asked(about)
        places = self._exact.get(asked) or self._alike(asked, about, call.node)
        if not places:
            return None
        occurrence = self._used.get(places[0], 0)
        self._used[places[0]] = occurrence + 1
        entry = self._entry(places[min(occurrence, len(places) - 1)])
        if entry.get("drop"):
            raise ConnectionFailed("the connection was closed before an answer came (recording)")
        status, headers = entry.get("status"), entry.get("headers")
        named = headers if isinstance(headers, dict) else {}
        return Reply(
            status if isinstance(status, int) else 200,
            with_files(entry.get("response")),
            {name: to_text(value) for name, value in named.items()},
        )

    def _alike(self, asked: str, about: JsonObject, node: str) -> list[int]:
        """The entries for a call with real values where the recording has fakes.

        Which value a fake stands for can't be known: new values take the entries of their node one after the other.
        """
        if asked not in self._bound:
            question = _question(about)
            alike = [
                place
                for place in self._loose.get((str(about["resource"]), str(about["method"])), ())
                if _alike(_question(self._entry(place)), question)
            ]
            own = [place for place in alike if self._entry(place).get("node") == node] or alike
            fresh = [place for place in own if place not in self._taken] or own
            if not fresh:
                return []
            self._taken.add(fresh[0])
            same = self._exact[_asked(self._entry(fresh[0]))]
            self._bound[asked] = [place for place in same if place in own]
        return self._bound[asked]

    def _entry(self, place: int) -> JsonObject:
        entry = self._records.record(place)
        return entry if isinstance(entry, dict) else {}


def _question(entry: JsonObject) -> list[JsonValue]:
    return [entry["resource"], entry["method"], entry.get("id"), entry.get("query") or {}, entry.get("body")]


def _asked(entry: JsonObject) -> str:
    return write_json(_question(entry), ascii_only=True)


def _alike(recorded: JsonValue, asked: JsonValue) -> bool:
    """Whether two values are the same, a fake standing for any text or number."""
    if isinstance(recorded, dict) and isinstance(asked, dict):
        return recorded.keys() == asked.keys() and all(_alike(value, asked[key]) for key, value in recorded.items())
    if isinstance(recorded, list) and isinstance(asked, list):
        return len(recorded) == len(asked) and all(map(_alike, recorded, asked))
    if isinstance(recorded, str) and FAKE.search(recorded):
        return isinstance(asked, str | int | float)
    return recorded == asked

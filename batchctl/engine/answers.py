"""The records in the answer to one call."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer
from batchctl.json_types import FileData
from batchctl.redaction import masked_by_name
from batchctl.truto.calls import STANDARD_METHODS
from batchctl.truto.envelope import is_error, words

if TYPE_CHECKING:
    from batchctl.engine.backends.base import Reply
    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call

_MISSING = object()


def read_records(call: Call, reply: Reply) -> list[JsonValue]:
    """The records in the answer ``reply`` to ``call``: those of a page for ``list``, at most one for other methods.

    A custom method of the Unified API has its record under ``result``. The list is empty for an empty page
    (``{"result": null}`` is one, too), and for a write that was answered without content (204, an empty body,
    ``null``). A body that is an array gives its items, a file (``FileData``) is one record. Raises ``BadAnswer`` for a
    ``get`` without a record, a ``list`` without a ``result`` array, and a 2xx whose body is an error in Truto's form.
    """
    body = reply.body
    if isinstance(body, FileData):
        return [body]
    if is_error(body):
        raise BadAnswer(f"the answer is an error inside of a {reply.status}{_own_words(body)}")
    if call.method == "list":
        records = body.get("result", _MISSING) if isinstance(body, dict) else body
        if records is None:
            return []
        if not isinstance(records, list):
            raise BadAnswer(f"the answer to a list has no result array{_own_words(body)}")
        return records
    if call.method not in STANDARD_METHODS and "/" in call.resource and isinstance(body, dict):
        body = body.get("result")
    if body is None:
        if call.method == "get":
            raise BadAnswer("the answer to a get is empty: no record came")
        return []
    return body if isinstance(body, list) else [body]


def _own_words(body: JsonValue) -> str:
    """What the answer says in place of records: an error inside of a 200 names its reason there."""
    said = words(masked_by_name(body)) if body else ""
    return f": {said}" if said else ""


def lacks_content(call: Call, reply: Reply) -> bool:
    """Whether the answer to a ``list`` has no body although its status is not 204; False for other methods.

    Such an answer is taken as an empty page. Since a broken gateway answers like that, too, the run counts these pages,
    and fetches them again when it is resumed. ``reply`` is the answer to ``call``.
    """
    return call.method == "list" and reply.body is None and reply.status != HTTPStatus.NO_CONTENT


def is_partial(reply: Reply) -> bool:
    """Whether an answer says with ``is_partial_response`` that it lacks some of the records.

    ``reply`` is the answer.
    """
    return isinstance(reply.body, dict) and reply.body.get("is_partial_response") is True

"""``/unified/{model}/{resource}…`` and ``/proxy/{resource}…``: a request as a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.backends.fixtures import written_id
from batchctl.server.request import Refusal
from batchctl.structs import replace
from batchctl.truto.calls import Call

if TYPE_CHECKING:
    from batchctl.server.request import Request

_SIZES = {"unified": 2, "proxy": 1}
_ONE_RECORD = {"GET": "get", "HEAD": "get", "PATCH": "update", "DELETE": "delete"}
_COLLECTION = {"GET": "list", "HEAD": "list", "POST": "create", "PATCH": "update", "DELETE": "delete"}


def data_call(request: Request) -> tuple[Call, str]:
    """The call that a request to ``/unified/…`` or ``/proxy/…`` asks for, and the id of the account that it is for.

    Raises ``Refusal`` for a request that is no call: 404 for an unknown path, 405 for an HTTP method that it does not
    have, 400 for a query or body that can't be read, no ``integrated_account_id`` in the query, or no id for ``update``
    and ``delete``.
    """
    segments = request.segments
    size = _SIZES[segments[0]]
    rest = segments[1 + size :]
    if len(segments) <= size or len(rest) > 1 or "" in segments:
        raise Refusal(404, f"no such route: {request.method[:20]} /{'/'.join(segments)[:200]}")
    if request.method == "POST" and rest:
        method, record_id = rest[0], None
    else:
        known = _ONE_RECORD if rest else _COLLECTION
        found = known.get(request.method)
        if found is None:
            allowed = "GET, POST, PATCH, DELETE"
            raise Refusal(405, f"{request.method[:20]} is not possible here", {"allow": allowed})
        method, record_id = found, rest[0] if rest else None
    query = request.query()
    account = query.pop("integrated_account_id", None)
    if not isinstance(account, str) or not account:
        raise Refusal(400, "the query parameter integrated_account_id is missing")
    body = request.json()
    call = Call("/".join(segments[1 : 1 + size]), method, record_id, query, body)
    if method in ("update", "delete"):
        call = replace(call, id=written_id(call))
        if call.id is None:
            raise Refusal(400, f"{method} needs an id: in the path, the query or the body")
    return call, account

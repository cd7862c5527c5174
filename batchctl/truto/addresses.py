"""Whether a call has an address of its own, before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import NotSent
from batchctl.patterns import lazy_regex
from batchctl.truto.query_string import query_pairs

if TYPE_CHECKING:
    from batchctl.truto.calls import Call

# Half of a surrogate pair, percent-encoded as if it were a character: UTF-8 (RFC 3629) has no such bytes.
_HALF = lazy_regex("%ED%[AB]")


def require_address(call: Call) -> None:
    """Raise ``NotSent`` for a call whose URL would lead elsewhere than the call names, or that has no valid URL.

    The first are paths with ``..`` in them (``/unified/crm/contacts/..``) and an empty id; the second have a lone
    surrogate in the path or the query, which UTF-8 can't encode.
    """
    path = call.path
    if "%ED%" in path and _HALF.search(path) is not None:
        raise _half("the path")
    if call.query:
        _require_whole(call)
    if "/." not in path and "//" not in path and not path.endswith("/"):
        return
    if call.id in ("", None) and path.endswith("/"):
        raise NotSent("the id is empty: the value that it is made from is empty or null")
    for segment in path[1:].split("/"):
        if segment in ("", ".", ".."):
            raise NotSent(f'"{segment}" in the path {path} leads to another address')


def _require_whole(call: Call) -> None:
    for name, text in query_pairs(call.query):
        if not (text.isascii() and name.isascii()):
            try:
                f"{name}{text}".encode()
            except UnicodeEncodeError:
                raise _half("the query") from None


def _half(where: str) -> NotSent:
    return NotSent(f"{where} holds half a character (a lone surrogate), which no address can")

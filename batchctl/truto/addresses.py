"""Whether what is asked has an address of its own, before it is sent."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from batchctl.errors import NotSent
from batchctl.patterns import lazy_regex
from batchctl.truto.calls import call_path, is_plain_text
from batchctl.truto.query_string import query_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.truto.calls import Call

# Segments that lead from a path to another one.
_ELSEWHERE = ("", ".", "..")
# Half of a surrogate pair, percent-encoded as if it were a character: UTF-8 (RFC 3629) has no such bytes.
_HALF = lazy_regex("%ED%[AB]")


def require_address(call: Call) -> None:
    """Raise ``NotSent`` for a call whose URL would lead elsewhere than the call names, or that has no valid URL.

    The first are paths with ``..`` in them (``/unified/crm/contacts/..``) and an empty id; the second have a lone
    surrogate in the path or the query, which UTF-8 can't encode.
    """
    if _is_plain(call):
        return
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
        if segment in _ELSEWHERE:
            raise _leads_away(segment, path)


def record_path(resource: str, record_id: str) -> str:
    """The path of one of Truto's own records, encoded: ``/sync-job/ID``. Raises ``NotSent`` as ``require_address``."""
    try:
        path = f"/{resource}/{quote(record_id, safe='')}"
    except UnicodeEncodeError:
        raise _half("the id") from None
    if record_id in _ELSEWHERE:
        raise _leads_away(record_id, path)
    return path


def whole_query(parameters: Mapping[str, str]) -> str:
    """The query of ``parameters`` by name, encoded. Raises ``NotSent`` as ``require_address``."""
    try:
        return urlencode(parameters)
    except UnicodeEncodeError:
        raise _half("the query") from None


def _is_plain(call: Call) -> bool:
    """Whether a call surely has an address of its own, as most do: its id and its query are plain texts."""
    name = call.id
    if name is not None and (name in _ELSEWHERE or not is_plain_text(name)):
        return False
    for key, value in call.query.items():
        is_ascii = value.isascii() if isinstance(value, str) else value.__class__ is int
        if not (is_ascii and key.isascii()):
            return False
    return _has_plain_path(call.resource, call.method, name is not None)


@lru_cache(maxsize=1024)
def _has_plain_path(resource: str, method: str, has_id: bool) -> bool:
    path = call_path(resource, method, "x" if has_id else None)
    return "%ED%" not in path and "/." not in path and "//" not in path and not path.endswith("/")


def _require_whole(call: Call) -> None:
    for name, text in query_pairs(call.query):
        if not (text.isascii() and name.isascii()):
            try:
                f"{name}{text}".encode()
            except UnicodeEncodeError:
                raise _half("the query") from None


def _leads_away(segment: str, path: str) -> NotSent:
    return NotSent(f'"{segment}" in the path {path} leads to another address')


def _half(where: str) -> NotSent:
    return NotSent(f"{where} holds half a character (a lone surrogate), which no address can")

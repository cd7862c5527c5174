"""What went wrong in an HTTP exchange, as one sentence each. No response is shown beyond a bounded excerpt."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer, CredentialsError, Refused
from batchctl.json_types import NotJson, read_json
from batchctl.redaction import MASK, mask_pairs, without_marks
from batchctl.truto.charset import decoded, encoding_of
from batchctl.truto.envelope import read_envelope

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue

_EXCERPT = 200


def refusal(status: int, body: JsonValue, request_id: str | None) -> Refused | CredentialsError:
    """The error to raise for a response with the error status ``status``: ``CredentialsError`` for Truto's own 401.

    ``body`` is its JSON, or its text; ``request_id`` is the id that the service gave the request, None without one.
    """
    envelope = read_envelope(body, status=status)
    message = with_request(envelope.sentence(), request_id)
    if status == 401 and not envelope.is_remote:
        return CredentialsError(message, hint=envelope.advice())
    return Refused(message, hint=envelope.advice(), status=status, request_id=request_id)


def with_request(message: str, request_id: str | None) -> str:
    """``message`` with the service's id of the request added in brackets, where there is one."""
    return f"{message} (request {_visible(request_id[:80])})" if request_id else message


def error_body(data: bytes, content_type: str, host: str) -> JsonValue:
    """The JSON in the body of an error; where it is not JSON, its first 200 characters as text to show.

    ``data`` are its bytes, ``content_type`` is the header, ``host`` is for messages.
    """
    try:
        return read_json(decoded(data, content_type, host))
    except (NotJson, BadAnswer):
        return excerpt(data, content_type)


def excerpt(data: bytes, content_type: str = "") -> str:
    """The first 200 characters of a response body as one line to show, without control characters.

    Marks of stored secrets, and values under names that sound secret, are masked. ``data`` are its bytes,
    ``content_type`` is the header, empty where there is none.
    """
    head = data[: _EXCERPT * 4]
    try:
        encoding = encoding_of(head[:4], content_type, "")
    except BadAnswer:
        encoding = "utf-8"
    # What has been kept on disk has marks in the place of secrets.
    text = without_marks(head.decode(encoding, "replace"), MASK)
    shown = _visible(mask_pairs(text)[:_EXCERPT]).strip()
    return shown + "…" if len(text) > _EXCERPT else shown


def reason(error: Exception) -> str:
    """A phrase for people that says why a connection failed: ``the connection is refused``."""
    if isinstance(error, OSError) and error.errno == errno.ECONNREFUSED:
        return "the connection is refused"
    text = str(error).lower()
    if "wrong_version_number" in text:
        return "it answers without TLS, as an http:// address does"
    if "name or service" in text or "nodename" in text or "getaddrinfo" in text or "resolution" in text:
        return "the name does not resolve"
    if "certificate" in text:
        return "its certificate is not trusted"
    return _visible(str(error)[:_EXCERPT]) or type(error).__name__


def _visible(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)

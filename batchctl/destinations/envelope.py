"""What a webhook gets: Truto's envelope around a payload, and the signature of the bytes.

Envelope: Truto's guide on processing webhook events. Signature: ``X-Truto-Signature: format=sha256,v=…``, HMAC-SHA256
of the raw body with the webhook's secret. Public sources differ on whether ``v`` is hex (Truto's skills) or base64 (a
receiver that is in use), so what is received may have either, and posts have what their receiver takes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.engine.outlets import Delivery
    from batchctl.json_types import JsonObject, JsonValue

SIGNATURE = "X-Truto-Signature"
_FIRST = "format=sha256,v="
# How the bytes of a signature are written.
Encoding: TypeAlias = Literal["hex", "base64"]


def make_event(
    run: str, event: str, payload: JsonValue, place: str, created_at: str, webhook: str | None
) -> JsonObject:
    """The body of a webhook post: Truto's envelope for the event ``event`` of a run.

    ``run`` is the run's id, and ``place`` the key of this delivery: the envelope's ``id`` follows from ``run``,
    ``event`` and ``place``, so that a repeated delivery has the same id. ``payload`` is what the event is about,
    ``created_at`` the time in ISO 8601, ``webhook`` the id of the webhook in Truto, None where there is none.
    """
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"truto-sync:{run}:{event}:{place}"))
    return {
        "id": name,
        "event": event,
        "payload": payload,
        "environment_id": None,
        "webhook_id": webhook,
        "created_at": created_at,
    }


def record_payload(delivery: Delivery, facts: JsonObject) -> JsonObject:
    """The payload of ``sync_job_run:record``: the delivery's ``resource`` and ``records``, and the run's ``meta``.

    ``facts`` is the run as ``/sync-job-run`` has it; ``meta`` is taken from there.
    """
    return {"resource": delivery.resource, "records": list(delivery.records), "meta": facts.get("meta")}


def body_of(event: JsonObject) -> bytes:
    """The bytes of a post with the envelope ``event``, as they are sent and signed: compact JSON in UTF-8."""
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # A lone surrogate has no bytes; as an escape it is the same JSON.
    return text.encode("utf-8", "backslashreplace")


def headers_for(body: bytes, secret: str, encoding: Encoding = "hex") -> dict[str, str]:
    """The HTTP headers of a post with this body, with its HMAC-SHA256 under ``secret`` as signature.

    It is written as ``X-Truto-Signature: format=sha256,v=HEX``, or in base64.
    """
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    signature = digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()
    return {"Content-Type": "application/json", "User-Agent": "truto", SIGNATURE: f"{_FIRST}{signature}"}


def is_signed(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Whether the ``X-Truto-Signature`` of ``headers`` is that of ``body`` under ``secret``, in hex or base64.

    It is an HMAC-SHA256 of the bytes, written as ``format=sha256,v=SIGNATURE``. The header's name may be in upper or
    lower case; False where it is missing.
    """
    given = next((value for name, value in headers.items() if name.lower() == SIGNATURE.lower()), "")
    if not given.startswith(_FIRST):
        return False
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    written = given.removeprefix(_FIRST)
    known = (digest.hex(), base64.b64encode(digest).decode())
    return any(hmac.compare_digest(written.encode(), each.encode()) for each in known)

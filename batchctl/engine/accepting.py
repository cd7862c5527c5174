"""Failures that are known and accepted: reported, but no failure of the run (``x-accept``, ``--accept``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.truto.envelope import origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.definition.model import Resource
    from batchctl.json_types import JsonValue

# What batchctl did not send, or what nobody answered, has no status of its own.
_WITHOUT_STATUS = frozenset({"definition", "connection"})


def accepts(node: Resource, entry: JsonValue) -> bool:
    """Whether the failed call described by ``entry`` has a status that ``node`` lists in its ``x-accept``.

    ``entry`` is an item of the result's ``errors``. Such a failure is reported, but the run does not fail because of
    it. A call that was not sent, or that got no answer, is never accepted.
    """
    if not isinstance(node, Request) or not node.accept or not isinstance(entry, dict):
        return False
    status = entry.get("statusCode", entry.get("status"))
    return status in node.accept and origin_of(entry) not in _WITHOUT_STATUS


def accepts_all(node: Resource | None, errors: Iterable[JsonValue]) -> bool:
    """Whether each of ``errors`` has a status that ``node`` lists in its ``x-accept``; False where ``node`` is None.

    ``errors`` are items of the result's ``errors``; True where there are none. A call that was not sent, or that got no
    answer, is never accepted.
    """
    return node is not None and all(accepts(node, entry) for entry in errors)

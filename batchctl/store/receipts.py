"""What a run notes of the deliveries that it has made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Receipts(Protocol):
    """Where a run notes each page and event that it has delivered, so that a resumed run doesn't deliver it again.

    It is for destinations that can't store such notes themselves (files, webhooks). In all methods ``node`` is the name
    of the destination's node in the sync job, and ``place`` the key of one delivery, unique within run and node.
    ``note`` is a text of the destination's own, such as the length of a file; it may be empty. All methods raise
    ``StoreError`` where the notes can't be read or written.
    """

    def note_of(self, node: str, place: str) -> str | None:
        """The note in the receipt of this delivery, ``""`` for a receipt without one; None if it was not made yet."""

    def notes(self, node: str) -> Sequence[str]:
        """The notes in the receipts of a node's deliveries, also empty ones, in the order in which these were made."""

    def add(self, node: str, place: str, note: str = "") -> None:
        """Store the receipt of a delivery; once this returns, it survives the end of the process.

        Raises ``StoreError`` where it can't be written.
        """

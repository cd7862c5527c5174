"""Structs that end up in logs, tracebacks and notebooks: their ``repr`` masks what is secret in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.redaction.gate import Redactor
from batchctl.redaction.names import secret_values
from batchctl.structs import Public, asdict

if TYPE_CHECKING:
    from collections.abc import Iterable


class MaskedRepr(Public, frozen=True):
    """The base of structs with values of users: ``repr`` has ``***`` for the secrets among them; the fields stay.

    Secrets are the values under secret-looking names; a class that knows others has its own ``_secrets``.
    """

    def _secrets(self) -> Iterable[str]:
        return secret_values(asdict(self))

    def __repr__(self) -> str:
        return str(Redactor(self._secrets()).text(super().__repr__()))

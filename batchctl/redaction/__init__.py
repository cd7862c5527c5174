"""What is secret, and the one gate for everything that is shown."""

from __future__ import annotations

from batchctl.redaction.foreign import mask_pairs
from batchctl.redaction.gate import Redact, Redactor, Shown, masked_by_name
from batchctl.redaction.lines import source_secrets
from batchctl.redaction.names import MASK, is_secret_name, secret_values
from batchctl.redaction.reprs import MaskedRepr
from batchctl.redaction.seal import Seal, UnknownSecret, without_marks

__all__ = [
    "MASK",
    "MaskedRepr",
    "Redact",
    "Redactor",
    "Seal",
    "Shown",
    "UnknownSecret",
    "is_secret_name",
    "mask_pairs",
    "masked_by_name",
    "secret_values",
    "source_secrets",
    "without_marks",
]

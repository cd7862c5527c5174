"""Text from outside as HTML: masked, made harmless, escaped."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from batchctl.json_types import write_json
from batchctl.plain import clean

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue
    from batchctl.redaction import Redactor

# The largest integer up to which JavaScript has all.
_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Markup:
    """The one way in which text and data come onto the page."""

    redactor: Redactor

    def text(self, text: str, limit: int = 400) -> str:
        """``text`` for the body of an element or a quoted attribute."""
        return escape(clean(self.redactor.text(text), limit), quote=True)

    def data(self, value: JsonValue) -> str:
        """``value`` as JSON that can be in a script element: no ``<``, and no half characters."""
        text = write_json(_carried(self.redactor.data(value)), compact=True)
        return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").encode("utf-8", "backslashreplace").decode()


def _carried(value: object) -> object:
    """``value`` with text for integers that the browser would round."""
    if isinstance(value, dict):
        return {name: _carried(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_carried(item) for item in value]
    return str(value) if type(value) is int and abs(value) > _EXACT else value

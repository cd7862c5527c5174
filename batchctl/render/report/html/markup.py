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


@dataclass(frozen=True, slots=True)
class Markup:
    """The one way in which text and data come onto the page."""

    redactor: Redactor

    def text(self, text: str, limit: int = 400) -> str:
        """``text`` for the body of an element or a quoted attribute."""
        return escape(clean(self.redactor.text(text), limit), quote=True)

    def data(self, value: JsonValue) -> str:
        """``value`` as JSON that can stand in a script element: no ``<``, and no half characters."""
        text = write_json(self.redactor.data(value), compact=True)
        return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").encode("utf-8", "backslashreplace").decode()

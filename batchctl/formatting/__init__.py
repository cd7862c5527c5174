"""The canonical form of a definition: ``format_text``. What is sent stays the same, comments stay."""

from batchctl.formatting.formatter import Unformattable, format_text

__all__ = ["Unformattable", "format_text"]

"""The canonical form of a definition: ``format_text``. What is sent stays the same, comments stay."""

from batchctl.formatting.files import FormattedFile, format_file
from batchctl.formatting.formatter import Unformattable, format_text

__all__ = ["FormattedFile", "Unformattable", "format_file", "format_text"]

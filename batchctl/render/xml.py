"""XML as text: what may be in it, and a writer that indents and can be emptied while it writes."""

from __future__ import annotations

from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from batchctl.patterns import lazy_regex
from batchctl.plain import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# No control characters, so ``clean`` leaves them, yet XML 1.0 (section 2.2) has no way to write them.
_NOT_XML = lazy_regex("[\ufffe\uffff]")


def one_line(text: str) -> str:
    r"""``text`` on one line, safe inside XML.

    Line breaks and characters that XML can't hold are escapes such as ``\x1b``.
    """
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", clean(text))


class Xml:
    """Writes an XML document with indentation; ``taken`` returns what was written since it was last called.

    The declaration (``<?xml …?>``) is written at once; then enter one ``element``, the document's root, and write the
    others inside it.
    """

    def __init__(self) -> None:
        self._out = StringIO()
        self._generator = XMLGenerator(self._out, "UTF-8", short_empty_elements=True)
        self._generator.startDocument()
        self._depth = 0

    @contextmanager
    def element(self, name: str, attributes: Mapping[str, str]) -> Iterator[None]:
        """A context that writes the element ``name``, with ``attributes`` by name.

        What is written inside the context is the element's content.
        """
        self._start(name, attributes)
        self._generator.ignorableWhitespace("\n")
        self._depth += 1
        yield
        self._depth -= 1
        self._generator.ignorableWhitespace("  " * self._depth)
        self._end(name)

    def leaf(self, name: str, attributes: Mapping[str, str], text: str = "") -> None:
        """Write the element ``name``, with ``attributes`` by name and only ``text`` in it; line breaks are kept."""
        self._start(name, attributes)
        if text:
            self._generator.characters("\n".join(map(one_line, text.split("\n"))))
        self._end(name)

    def taken(self) -> str:
        """The text written since the last call."""
        text = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return text

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._generator.ignorableWhitespace("  " * self._depth)
        safe = {each: one_line(value) for each, value in attributes.items()}
        self._generator.startElement(name, AttributesImpl(safe))

    def _end(self, name: str) -> None:
        self._generator.endElement(name)
        self._generator.ignorableWhitespace("\n")

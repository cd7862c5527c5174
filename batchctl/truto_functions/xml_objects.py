"""``$xmlToJs``: XML → objects in the shapes of the npm package xml-js."""

from __future__ import annotations

import html
import math
import re
from typing import TYPE_CHECKING, Any, Final

from batchctl.javascript.budget import tick
from batchctl.javascript.coercion import is_nil, number, text
from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED, WHITESPACE, js_number
from batchctl.patterns import lazy_regex
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.xml_options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME: Final = r"[:A-Z_a-z\u00c0-\U000effff][:A-Z_a-z\u00b7-\U000effff.\-0-9]*"
_PART: Final = lazy_regex(
    rf"<!--(?P<comment>.*?)-->|<!\[CDATA\[(?P<cdata>.*?)\]\]>|<!DOCTYPE(?P<doctype>[^\[>]*+(?:\[[^\]]*+\])?[^>]*+)>"
    rf"|<\?(?P<target>{_NAME})(?:\s++(?P<body>.*?))?\?>|</(?P<end>{_NAME})\s*>"
    rf"|<(?P<start>{_NAME})(?P<attributes>(?:\s+{_NAME}\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(?P<empty>/?)>|(?P<text>[^<]+)",
    re.DOTALL,
)
_ATTRIBUTE: Final = lazy_regex(rf"({_NAME})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PSEUDO: Final = lazy_regex(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\w+))\s*", re.ASCII)
_ENTITY: Final = lazy_regex(r"&(#[xX][0-9a-fA-F]+|#[0-9]+|amp|lt|gt|quot|apos);?")
_MAX_LEVELS: Final = 300
Element = dict[str, Any]
"""An element in the shape of xml-js."""


def xml_to_js(source: object, options: object) -> object:
    """``$xmlToJs``: the XML text ``source`` as an object in the compact shape of xml-js (``_text``, ``_attributes``).

    ``options`` is an object of those of xml-js, such as ``trim``, ``nativeType`` and ``ignoreComment``; without
    ``compact``, also where it is no object, it gives that package's other shape (``elements``), and UNDEFINED
    stands for ``compact`` alone. Null, a number or a boolean as ``source`` gives an empty object, UNDEFINED raises
    ``HostError``; a list or object is read by its text. Raises ``HostError`` for text that is no XML.
    """
    reader = _Reader(Options({"compact": True, "spaces": 4} if options is UNDEFINED else options))
    if source is None or isinstance(source, bool | int | float):
        # There is nothing to be read.
        return {}
    if is_nil(source):
        raise HostError("Cannot read properties of undefined (reading 'toString')")
    for part in _parts(text(source).removeprefix("\ufeff")):
        reader.take(part)
    return reader.result()


def _parts(source: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(source):
        part = _PART.match(source, at)
        if part is None:
            raise HostError("the XML can't be read")
        yield part
        at = part.end()


def _decoded(value: str) -> str:
    """Entities of XML replaced; others are refused."""
    if re.search(r"&(?!(?:#[0-9]+|#[xX][0-9a-fA-F]+|amp|lt|gt|quot|apos);)", value):
        raise HostError("Invalid character entity")
    return _ENTITY.sub(lambda found: html.unescape(found[0]), value)


class _Reader:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.compact = options.flag("compact")
        self.top: Element = {}
        self.open: list[tuple[str, Element]] = [("", self.top)]

    def result(self) -> Element:
        if len(self.open) > 1:
            raise HostError("Unclosed root tag")
        return self.top

    def take(self, part: re.Match[str]) -> None:
        tick()
        kind = part.lastgroup
        if part["start"] is not None:
            self.start(part["start"], part["attributes"], empty=bool(part["empty"]))
        elif part["end"] is not None:
            if self.open.pop()[0] != part["end"] or not self.open:
                raise HostError("Unexpected close tag")
        elif part["target"] is not None:
            self.instruction(part["target"], part["body"] or "")
        elif part["text"] is not None:
            self.text(part["text"])
        elif part["comment"] is not None:
            self.simple("comment", "ignoreComment", part["comment"])
        elif kind == "cdata":
            self.simple("cdata", "ignoreCdata", part["cdata"])
        else:
            self.simple("doctype", "ignoreDoctype", (part["doctype"] or "").removeprefix(" "))

    def trimmed(self, value: str) -> str:
        return value.strip(WHITESPACE) if self.options.flag("trim") else value

    def simple(self, kind: str, ignored: str, value: str) -> None:
        if not self.options.flag(ignored):
            self.add(kind, self.trimmed(value))

    def text(self, raw: str) -> None:
        value = _decoded(raw)
        if len(self.open) == 1 and value.strip(WHITESPACE):
            raise HostError("Text data outside of root node.")
        skipped = not value.strip(WHITESPACE) and not self.options.flag("captureSpacesBetweenElements")
        if self.options.flag("ignoreText") or skipped:
            return
        shown: object = self.trimmed(value)
        if self.options.flag("nativeType"):
            shown = _native(text(shown))
        if self.options.flag("sanitize") and isinstance(shown, str):
            shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        self.add("text", shown)

    def add(self, kind: str, value: object) -> None:
        current, key = self.open[-1][1], self.options.key(kind)
        if self.compact:
            self.put(current, key, value)
            return
        current.setdefault(self.options.key("elements"), []).append({self.options.key("type"): kind, key: value})

    def put(self, current: Element, key: str, value: object, *, by_presence: bool = False) -> None:
        """Put ``value`` under ``key``; a second one makes a list."""
        wanted = self.options.given.get("alwaysArray")
        always = key in wanted if isinstance(wanted, list) else wanted is True
        held = current.get(key, UNDEFINED)
        there = held is not UNDEFINED if by_presence else bool(held) if not isinstance(held, dict | list) else True
        if isinstance(held, list):
            held.append(value)
        elif always and not there:
            current[key] = [value]
        elif isinstance(held, dict) or (held is not UNDEFINED and held):
            current[key] = [held, value]
        else:
            current[key] = value

    def start(self, name: str, raw: str, *, empty: bool) -> None:
        if len(self.open) > _MAX_LEVELS:
            raise HostError("Maximum call stack size exceeded")
        attributes = self.attributes({found[1]: found[2] or found[3] or "" for found in _ATTRIBUTE.finditer(raw)})
        current: Element = self.open[-1][1]
        element: Element = {}
        shown = {} if self.options.flag("ignoreAttributes") else attributes
        if self.compact:
            if shown:
                element[self.options.key("attributes")] = shown
            self.put(current, name, element, by_presence=True)
        else:
            element = {self.options.key("type"): "element", self.options.key("name"): name}
            if shown:
                element[self.options.key("attributes")] = shown
            if self.options.flag("alwaysChildren"):
                element[self.options.key("elements")] = []
            current.setdefault(self.options.key("elements"), []).append(element)
        if not empty:
            self.open.append((name, element))

    def attributes(self, raw: dict[str, str]) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, value in raw.items():
            shown = self.trimmed(_decoded(value))
            found[name] = _native(shown) if self.options.flag("nativeTypeAttributes") else shown
        return found

    def instruction(self, target: str, body: str) -> None:
        is_declaration = target.lower() == "xml"
        with_attributes = self.options.flag("instructionHasAttributes")
        pseudo = _PSEUDO.finditer(body) if body and (is_declaration or with_attributes) else ()
        attributes = self.attributes({found[1]: found[2] or found[3] or found[4] or "" for found in pseudo})
        if is_declaration:
            if not self.options.flag("ignoreDeclaration"):
                held = {self.options.key("attributes"): attributes} if attributes else {}
                self.open[-1][1][self.options.key("declaration")] = held
            return
        if self.options.flag("ignoreInstruction"):
            return
        if self.compact:
            value = (
                {self.options.key("attributes"): attributes} if with_attributes and attributes else self.trimmed(body)
            )
            self.add("instruction", {target: value})
            return
        element: Element = {self.options.key("type"): "instruction", self.options.key("name"): target}
        if with_attributes:
            element[self.options.key("attributes")] = attributes
        else:
            element[self.options.key("instruction")] = self.trimmed(body)
        self.open[-1][1].setdefault(self.options.key("elements"), []).append(element)


def _native(value: str) -> object:
    size = number(value)
    if not math.isnan(size):
        return js_number(size)
    return {"true": True, "false": False}.get(value.lower(), value)


FUNCTIONS: Final = {"xmlToJs": Hosted(xml_to_js, 2, 1, inherits=True)}

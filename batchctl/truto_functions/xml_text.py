"""``$jsToXml``: objects in the shapes of the npm package xml-js → XML."""

from __future__ import annotations

from typing import Any, Final

from batchctl.javascript.coercion import as_object, is_nil, is_number, number, text, truthy
from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import ordered_keys
from batchctl.javascript.values import UNDEFINED
from batchctl.truto_functions.hosting import Hosted, require_inherited
from batchctl.truto_functions.xml_options import Options

_MAX_LEVELS: Final = 300


def js_to_xml(value: object, options: object) -> object:
    """``$jsToXml``: XML text of an object in the compact shape of xml-js (``_text``, ``_attributes``).

    A list counts as an object with its indexes as keys, and for any other value, null and UNDEFINED included, the text
    is empty; a member that is null, UNDEFINED or empty text is an empty element, other values in it become text as by
    JavaScript's ``String``. ``options`` is an object of those of xml-js, such as ``spaces`` and
    ``fullTagEmptyElement``; without ``compact``, also where it is no object, the object has that package's other
    shape (``elements``). UNDEFINED stands for ``compact`` and four blanks of indentation. Raises ``HostError`` for a
    value that nests too deep, for ``_cdata`` that is no text, and for objects that the expression itself made where
    xml-js asks them for members that they inherit: everywhere in the compact shape.
    """
    writer = _Writer(Options({"compact": True, "spaces": 4} if options is UNDEFINED else options))
    if writer.options.flag("compact"):
        return writer.compact_members(value, 0, first=True)
    return writer.document(value)


class _Writer:
    def __init__(self, options: Options) -> None:
        self.options = options
        spaces = options.given.get("spaces")
        self.spaces = (
            " " * int(min(number(spaces), 100)) if is_number(spaces) else spaces if isinstance(spaces, str) else ""
        )

    def indent(self, depth: int, *, first: bool = False) -> str:
        if depth > _MAX_LEVELS:
            raise HostError("Maximum call stack size exceeded")
        return ("\n" if self.spaces and not first else "") + self.spaces * depth

    def optional_indent(self, flag: str, depth: int, *, first: bool = False) -> str:
        return self.indent(depth, first=first) if self.options.flag(flag) else ""

    def document(self, value: object) -> str:
        given = as_object(value)
        declaration = given.get(self.options.key("declaration"))
        written = self.declaration(declaration, 0) if truthy(declaration) else ""
        elements = given.get(self.options.key("elements"))
        return written + (self.elements(elements, 0, first=not written) if elements else "")

    def attributes(self, attributes: object, depth: int) -> str:
        if self.options.flag("ignoreAttributes") or not isinstance(attributes, dict):
            return ""
        require_inherited(attributes, "attributes")
        own_line = self.spaces and self.options.flag("indentAttributes")
        written = ""
        for name in ordered_keys(list(attributes)):
            value = attributes[name]
            if value is not None:
                bare = self.options.flag("noQuotesForNativeAttributes") and not isinstance(value, str)
                mark = "" if bare else '"'
                escaped = text(value).replace('"', "&quot;")
                written += f"{self.indent(depth + 1) if own_line else ' '}{name}={mark}{escaped}{mark}"
        return written + (self.indent(depth) if own_line and attributes else "")

    def declaration(self, declaration: object, depth: int) -> str:
        if self.options.flag("ignoreDeclaration"):
            return ""
        attributes = declaration.get(self.options.key("attributes")) if isinstance(declaration, dict) else None
        return f"<?xml{self.attributes(attributes, depth)}?>"

    def instruction(self, instruction: object, depth: int) -> str:
        if self.options.flag("ignoreInstruction") or not isinstance(instruction, dict):
            return ""
        require_inherited(instruction, "instruction")
        name = next(iter(ordered_keys(list(instruction))), "undefined")
        body = instruction.get(name, "")
        if isinstance(body, dict):
            return f"<?{name}{self.attributes(body.get(self.options.key('attributes')), depth)}?>"
        return f"<?{name}{' ' + text(body) if truthy(body) else ''}?>"

    def comment(self, comment: object) -> str:
        return "" if self.options.flag("ignoreComment") else f"<!--{text(comment)}-->"

    def cdata(self, cdata: object) -> str:
        if self.options.flag("ignoreCdata"):
            return ""
        if not isinstance(cdata, str):
            raise HostError("cdata.replace is not a function")
        return f"<![CDATA[{cdata.replace(']]>', ']]]]><![CDATA[>', 1)}]]>"

    def doctype(self, doctype: object) -> str:
        return "" if self.options.flag("ignoreDoctype") else f"<!DOCTYPE {text(doctype)}>"

    def text(self, value: object) -> str:
        if self.options.flag("ignoreText"):
            return ""
        plain = text(value).replace("&amp;", "&")
        return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def elements(self, elements: object, depth: int, *, first: bool = False) -> str:
        written: str | None = ""
        for element in elements if isinstance(elements, list) else []:
            part = self.node(as_object(element), depth, first=first and not written)
            # At a node of no known type xml-js forgets what it has written.
            written = None if part is None else f"{'undefined' if written is None else written}{part}"
        return written or ""

    def node(self, given: dict[str, Any], depth: int, *, first: bool) -> str | None:
        key, line = self.options.key, self.indent(depth, first=first)
        match given.get("type"):
            case "element":
                return line + self.element(given, depth)
            case "comment":
                return line + self.comment(given.get(key("comment"), UNDEFINED))
            case "doctype":
                return line + self.doctype(given.get(key("doctype"), UNDEFINED))
            case "cdata":
                return self.optional_indent("indentCdata", depth, first=first) + self.cdata(given.get(key("cdata")))
            case "text":
                shown = self.text(given.get(key("text"), UNDEFINED))
                return self.optional_indent("indentText", depth, first=first) + shown
            case "instruction":
                body = given if truthy(given.get(key("attributes"))) else given.get(key("instruction"))
                shown = self.instruction({text(given.get(key("name"), UNDEFINED)): body}, depth)
                return self.optional_indent("indentInstruction", depth, first=first) + shown
            case _:
                return None

    def element(self, element: dict[str, Any], depth: int) -> str:
        attributes = element.get(self.options.key("attributes"))
        inner = element.get(self.options.key("elements"))
        name = text(element.get("name", UNDEFINED))
        opening = f"<{name}{self.attributes(attributes, depth) if truthy(attributes) else ''}"
        kept = isinstance(attributes, dict) and attributes.get("xml:space") == "preserve"
        if not inner and not kept and not self.options.flag("fullTagEmptyElement"):
            return f"{opening}/>"
        body = self.elements(inner, depth + 1) if inner else ""
        closing = "\n" + self.spaces * depth if self.spaces and self.has_content(element) else ""
        return f"{opening}>{body}{closing}</{name}>"

    def has_content(self, element: dict[str, Any]) -> bool:
        inline = {"text": "indentText", "cdata": "indentCdata", "instruction": "indentInstruction"}
        inner = element.get("elements")
        return any(
            self.options.flag(inline[kind]) if (kind := each.get(self.options.key("type"))) in inline else True
            for each in (inner if isinstance(inner, list) else [])
        )

    def compact_members(self, value: object, depth: int, *, first: bool = False) -> str:
        parts: list[str] = []
        require_inherited(value, "element")
        members = value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
        for key in ordered_keys([str(key) for key in members]):
            member = members[key] if isinstance(value, dict) else members[int(key)]
            for node in member if isinstance(member, list) else [member]:
                parts.append(self.compact_node(key, node, depth, first=first and not parts))
        return "".join(parts)

    def compact_node(self, key: str, node: object, depth: int, *, first: bool) -> str:
        named = self.options.key
        if key in {named("attributes"), named("parent")}:
            return ""
        if key == named("declaration"):
            return self.declaration(node, depth)
        if key == named("instruction"):
            return self.optional_indent("indentInstruction", depth, first=first) + self.instruction(node, depth)
        if key == named("text"):
            return self.optional_indent("indentText", depth, first=first) + self.text(node)
        if key == named("cdata"):
            return self.optional_indent("indentCdata", depth, first=first) + self.cdata(node)
        line = self.indent(depth, first=first)
        if key == named("doctype"):
            return line + self.doctype(node)
        if key == named("comment"):
            return line + self.comment(node)
        return line + self.compact_element(key, node, depth)

    def compact_element(self, name: str, node: object, depth: int) -> str:
        if is_nil(node) or node == "":
            return f"<{name}></{name}>" if self.options.flag("fullTagEmptyElement") else f"<{name}/>"
        if not isinstance(node, dict | list):
            return f"<{name}>{self.text(node)}</{name}>"
        attributes = node.get(self.options.key("attributes")) if isinstance(node, dict) else None
        opening = f"<{name}{self.attributes(attributes, depth) if truthy(attributes) else ''}"
        kept = isinstance(attributes, dict) and attributes.get("xml:space") == "preserve"
        if not self.has_compact_content(node, inline=True) and not kept:
            return f"{opening}></{name}>" if self.options.flag("fullTagEmptyElement") else f"{opening}/>"
        closing = self.indent(depth) if self.has_compact_content(node, inline=False) else ""
        return f"{opening}>{self.compact_members(node, depth + 1)}{closing}</{name}>"

    def has_compact_content(self, node: dict[str, Any] | list[Any], *, inline: bool) -> bool:
        named = self.options.key
        require_inherited(node, "element")
        on_line = {
            named("text"): "indentText",
            named("cdata"): "indentCdata",
            named("instruction"): "indentInstruction",
        }
        keys = [str(key) for key in (node if isinstance(node, dict) else range(len(node)))]
        counted = [key for key in keys if key not in {named("attributes"), named("parent")}]
        return any(inline or self.options.flag(on_line[key]) if key in on_line else True for key in counted)


FUNCTIONS: Final = {"jsToXml": Hosted(js_to_xml, 2, 1, inherits=True)}

"""``$stringifyQuery``: an object → a query string, with the options of the npm package qs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from batchctl.javascript.coercion import as_object, text, truthy
from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import ordered_keys
from batchctl.javascript.objects import SpecialObject
from batchctl.javascript.values import UNDEFINED
from batchctl.truto_functions.hosting import Hosted

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_LEVELS: Final = 500
_CHECKMARK: Final = "utf8=%E2%9C%93"


def stringify_query(value: object, options: object) -> object:
    """``$stringifyQuery``: an object or list as a query string: ``{"a": {"b": 1}}`` → ``a%5Bb%5D=1``.

    A null member is ``a=``, UNDEFINED and functions are left out; other values become text as by JavaScript's
    ``String``. ``options`` is an object of those of the npm package qs; null, UNDEFINED and booleans count as none. An
    empty text for any other ``value``; raises ``HostError`` where qs fails, as for a list, a text or a number as
    ``options``.
    """
    if isinstance(options, str | int | float) and truthy(options) and options is not True:
        raise HostError(f"Cannot use 'in' operator to search for 'indices' in {text(options)}")
    writer = _Writer(as_object(options))
    if isinstance(options, list) and isinstance(value, dict | list):
        # A list has a method of the name of an option.
        raise HostError("Array.prototype.filter called on null or undefined")
    return writer.written(value) if isinstance(value, dict | list) else ""


class _Writer:
    def __init__(self, options: dict[str, Any]) -> None:
        if options.get("charset", "utf-8") != "utf-8":
            raise HostError("this charset exists on Truto, but is not available locally", "not-local")
        self.options = options
        self.style = _style(options)
        self.blank_is_plus = options.get("format") == "RFC1738"
        self.dots = truthy(options.get("allowDots")) or options.get("encodeDotInKeys") is True

    def flag(self, name: str) -> bool:
        return self.options.get(name) is True

    def written(self, value: dict[str, object] | list[object]) -> str:
        chosen = self.options.get("filter")
        members = dict(_members(value))
        names = [text(name) for name in chosen] if isinstance(chosen, list) else list(members)
        parts: list[str] = []
        for name in names:
            if name in members and not (self.flag("skipNulls") and members[name] is None):
                parts += self.pairs(name, members[name], 0, encode=self.options.get("encode") is not False)
        if not parts:
            return ""
        delimiter = text(self.options.get("delimiter", "&"))
        sentinel = [_CHECKMARK] if self.flag("charsetSentinel") else []
        return ("?" if self.flag("addQueryPrefix") else "") + delimiter.join(sentinel + parts)

    def pairs(self, name: str, value: object, level: int, *, encode: bool) -> Iterator[str]:
        if level > _MAX_LEVELS:
            raise HostError("Maximum call stack size exceeded")
        if isinstance(value, SpecialObject) and value.kind == "jsDate" and value.json is not None:
            value = value.json()
        if isinstance(value, dict | list):
            yield from self.nested(name, value, level, encode=encode)
        elif value is UNDEFINED or callable(value):
            return
        elif value is None and self.flag("strictNullHandling"):
            yield self.key(name, encode=encode)
        else:
            shown = "" if value is None else text(value)
            yield f"{self.key(name, encode=encode)}={self.encoded(shown) if encode else self.formatted(shown)}"

    def nested(self, name: str, value: dict[str, Any] | list[Any], level: int, *, encode: bool) -> Iterator[str]:
        prefix = name.replace(".", "%2E") if self.flag("encodeDotInKeys") else name
        if isinstance(value, list) and self.style == "comma":
            yield from self.joined(prefix, value, level, encode=encode)
            return
        if not value and isinstance(value, list) and self.flag("allowEmptyArrays"):
            yield f"{prefix}[]"
        for key, item in _members(value):
            if not (self.flag("skipNulls") and item is None):
                inner = self.under(prefix, key, in_list=isinstance(value, list))
                yield from self.pairs(inner, item, level + 1, encode=encode)

    def joined(self, name: str, value: list[object], level: int, *, encode: bool) -> Iterator[str]:
        if not value:
            return
        ready = encode and self.flag("encodeValuesOnly")
        parts = ["" if item is None else self.encoded(text(item)) if ready else text(item) for item in value]
        shown = ",".join(parts) or None
        inner = f"{name}[]" if self.flag("commaRoundTrip") and len(value) == 1 else name
        if shown is not None or not self.flag("skipNulls"):
            yield from self.pairs(inner, shown, level + 1, encode=encode and not ready)

    def under(self, name: str, key: str, *, in_list: bool) -> str:
        if in_list:
            return {"brackets": f"{name}[]", "repeat": name}.get(self.style, f"{name}[{key}]")
        if not self.dots:
            return f"{name}[{key}]"
        return f"{name}.{key.replace('.', '%2E') if self.flag('encodeDotInKeys') else key}"

    def key(self, name: str, *, encode: bool) -> str:
        return self.encoded(name) if encode and not self.flag("encodeValuesOnly") else self.formatted(name)

    def encoded(self, value: str) -> str:
        return self.formatted(quote(value, safe="-._~()" if self.blank_is_plus else "-._~", errors="replace"))

    def formatted(self, value: str) -> str:
        return value.replace("%20", "+") if self.blank_is_plus else value


def _style(options: dict[str, Any]) -> str:
    style = options.get("arrayFormat")
    if style in {"brackets", "comma", "indices", "repeat"}:
        return str(style)
    return "repeat" if "indices" in options and not truthy(options["indices"]) else "indices"


def _members(value: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key in ordered_keys(list(value)):
            yield key, value[key]
    else:
        for index, item in enumerate(value):
            yield str(index), item


FUNCTIONS: Final = {"stringifyQuery": Hosted(stringify_query, 2, 2)}

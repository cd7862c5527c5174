"""JSON values as YAML text, line by line, in a form that YAML 1.1 and 1.2 readers understand alike."""

from __future__ import annotations

import re
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING

from batchctl.json_types import write_json
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.json_types import JsonValue

_match_plain = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*", re.ASCII).fullmatch
_TAKEN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
# What YAML calls printable, less the line breaks that only some readers know.
_match_simple = re.compile(r"[ !#-\[\]-~]*", re.ASCII).fullmatch
_UNPRINTABLE = lazy_regex("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BLOCK = lazy_regex(r"[^\s][^\n]*(?:\n[^\n]*)*\n?")
# YAML 1.2.2 (7.4.2): a key that is longer has to be marked as one, with a question mark before it.
_MAX_KEY = 1024
_SHORT_EXPONENT = lazy_regex(r"^(-?\d+)e")


def yaml_lines(value: JsonValue, indent: int = 0) -> list[str]:
    """``value`` as lines of YAML, each with its line break, indented by ``indent`` blanks."""
    lines: list[str] = []
    margin = " " * indent
    if value and isinstance(value, dict | list):
        _add(lines, value, margin)
    else:
        lines.append(f"{margin}{scalar(value)}\n")
    return lines


def list_items(items: Iterable[JsonValue], indent: int) -> list[str]:
    """``items`` as lines of a YAML list, each with its line break, indented by ``indent`` blanks."""
    lines: list[str] = []
    _add_items(lines, items, " " * indent)
    return lines


def _add(lines: list[str], value: dict[str, JsonValue] | list[JsonValue], margin: str) -> None:
    """Add the lines of what holds others; it is not empty."""
    if isinstance(value, list):
        _add_items(lines, value, margin)
        return
    # The two that most values are come first: a large answer is many of them.
    for key, item in value.items():
        kind, head = type(item), _key(key)
        if len(head) > _MAX_KEY:
            lines.append(f"{margin}? {head}\n")
            head = ""
        if kind is int:
            lines.append(f"{margin}{head}: {item}\n")
        elif kind is str and "\n" not in item:  # type: ignore[operator]  # a text
            lines.append(f"{margin}{head}: {_text(item)}\n")  # type: ignore[arg-type]  # a text
        else:
            _add_entry(lines, f"{margin}{head}:", item, margin)


def _add_items(lines: list[str], items: Iterable[JsonValue], margin: str) -> None:
    inner = margin + "  "
    at = len(inner)
    for item in items:
        if item and isinstance(item, dict | list):
            first = len(lines)
            _add(lines, item, inner)
            lines[first] = f"{margin}- {lines[first][at:]}"
        else:
            _add_entry(lines, f"{margin}-", item, margin)


def _add_entry(lines: list[str], head: str, item: JsonValue, margin: str) -> None:
    if item and isinstance(item, dict | list):
        lines.append(f"{head}\n")
        _add(lines, item, margin + "  ")
    elif isinstance(item, str) and "\n" in item and _fits_block(item):
        lines.append(f"{head} |{'' if item.endswith(chr(10)) else '-'}\n")
        lines += [f"{margin}  {line}\n" if line else "\n" for line in item.removesuffix("\n").split("\n")]
    else:
        lines.append(f"{head} {scalar(item)}\n")


def _fits_block(text: str) -> bool:
    """Whether a text with a line break can be below a ``|`` and come back as it was."""
    return (
        _BLOCK.fullmatch(text) is not None
        and not text.endswith("\n\n")
        and "\r" not in text
        and not any(line != line.rstrip() for line in text.split("\n"))
        and not _UNPRINTABLE.search(text)
    )


def scalar(value: JsonValue) -> str:
    """A text, number, boolean or null as YAML, in quotes where it would be read as something else without them."""
    if isinstance(value, str):
        return _text(value)
    is_number = type(value) is int or (type(value) is float and isfinite(value))
    text = repr(value) if is_number else write_json(value)
    # YAML 1.1 takes 1e+21 for text.
    return _SHORT_EXPONENT.sub(r"\1.0e", text) if isinstance(value, float) and "e" in text else text


def _text(value: str) -> str:
    if _match_plain(value) and value.lower() not in _TAKEN:
        return value
    # What needs no escape in ASCII needs none in JSON.
    return f'"{value}"' if _match_simple(value) else _UNPRINTABLE.sub(_escaped, write_json(value))


_key = lru_cache(maxsize=4096)(scalar)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

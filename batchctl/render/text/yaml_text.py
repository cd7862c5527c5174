"""JSON values as YAML text, line by line, in a form that YAML 1.1 and 1.2 readers understand alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchctl.json_types import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.json_types import JsonValue

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*", re.ASCII)
_TAKEN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
# What YAML calls printable, less the line breaks that only some readers know.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BLOCK = re.compile(r"[^\s][^\n]*(?:\n[^\n]*)*\n?")
_SHORT_EXPONENT = re.compile(r"^(-?\d+)e")


def yaml_lines(value: JsonValue, indent: int = 0) -> Iterator[str]:
    """The lines of ``value``, each with its line break, ``indent`` blanks before them."""
    margin = " " * indent
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _entry(f"{margin}{scalar(key)}:", item, indent)
    elif isinstance(value, list) and value:
        for item in value:
            yield from list_item(item, indent)
    else:
        yield f"{margin}{scalar(value)}\n"


def list_item(item: JsonValue, indent: int) -> Iterator[str]:
    """``item`` as one entry of a list: its first line begins with a dash."""
    margin = " " * indent
    if isinstance(item, dict | list) and item:
        first, *rest = yaml_lines(item, indent + 2)
        yield f"{margin}- {first[indent + 2 :]}"
        yield from rest
    else:
        yield from _entry(f"{margin}-", item, indent)


def _entry(head: str, item: JsonValue, indent: int) -> Iterator[str]:
    if isinstance(item, dict | list) and item:
        yield f"{head}\n"
        yield from yaml_lines(item, indent + 2)
    elif isinstance(item, str) and _fits_block(item):
        yield f"{head} |{'' if item.endswith(chr(10)) else '-'}\n"
        for line in item.removesuffix("\n").split("\n"):
            yield f"{' ' * (indent + 2)}{line}\n" if line else "\n"
    else:
        yield f"{head} {scalar(item)}\n"


def _fits_block(text: str) -> bool:
    """Whether a text of several lines can be below a ``|`` and come back as it was."""
    return (
        "\n" in text
        and _BLOCK.fullmatch(text) is not None
        and not text.endswith("\n\n")
        and "\r" not in text
        and not any(line != line.rstrip() for line in text.split("\n"))
        and not _UNPRINTABLE.search(text)
    )


def scalar(value: JsonValue) -> str:
    """A value that holds no others, quoted where plain text would mean something else."""
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value.lower() not in _TAKEN:
            return value
        return _UNPRINTABLE.sub(_escaped, write_json(value))
    text = write_json(value)
    # YAML 1.1 takes 1e+21 for text.
    return _SHORT_EXPONENT.sub(r"\1.0e", text) if isinstance(value, float) else text


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

"""How a scalar is written: its quotes, or a block of lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.yaml12.scalars import OLD_BOOLEANS, UnusableNumber, resolve

if TYPE_CHECKING:
    from batchctl.formatting.nodes import Node

_PLAIN_KEY = lazy_regex(r"[A-Za-z_$][\w$./-]*", re.ASCII)
_HEADER = lazy_regex(r"([|>])([-+]?)([1-9]?)([-+]?)[^\S\n]*(#[^\n]*)?")


def key_text(node: Node, text: str) -> str:
    """A key as it is written in canonical form: without quotes where it reads the same without them.

    ``text`` is that of the whole file.
    """
    raw = text[node.start : node.end]
    if node.style in ("'", '"') and not node.props:
        is_plain = _PLAIN_KEY.fullmatch(node.value) and node.value not in OLD_BOOLEANS and node.value not in "yYnN"
        return node.value if is_plain and is_text(node.value) else requoted(node, raw)
    return f"{node.props} {raw}".strip()


def scalar_lines(node: Node, text: str, indent: int, *, is_expression: bool) -> tuple[str, list[str]]:
    """A value in canonical form: what follows its key or dash, and the lines of a block below that.

    ``indent`` is the indentation of those lines in blanks, ``text`` the whole file. With ``is_expression``, a value of
    several lines gets a literal block. Raises ``ValueError``, whose message is the header, for a block scalar whose
    text would change with another indentation.
    """
    raw = text[node.start : node.end]
    props = f"{node.props} " if node.props else ""
    if node.style in ("|", ">"):
        header, lines = block_lines(node, raw, indent)
        return props + header, lines
    if is_expression and "\n" in node.value and is_printable_block(node.value) and not props:
        return literal_lines(node.value, indent)
    if node.style in ("'", '"'):
        return props + (quoted(node.value) if "\n" in raw else requoted(node, raw)), []
    needs_quotes = "\n" in raw or ((is_expression or "{{" in raw) and is_text(raw))
    return props + (quoted(node.value) if needs_quotes and not props else raw), []


def is_text(raw: str) -> bool:
    """Whether the plain scalar ``raw``, as it is written, is text in YAML 1.2."""
    try:
        return isinstance(resolve(raw), str)
    except UnusableNumber:
        return False


def requoted(node: Node, raw: str) -> str:
    """A scalar in double quotes where that needs no escapes, else unchanged; ``raw`` is how it is written."""
    if node.style == "'" and '"' not in node.value and "\\" not in node.value and node.value.isprintable():
        return f'"{node.value}"'
    return raw


def quoted(value: str) -> str:
    """``value`` in YAML's quotes on one line: double ones, else single ones where these avoid escapes."""
    if value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return double_quoted(value)


def double_quoted(value: str) -> str:
    """A text as a YAML scalar in double quotes: ``"``, ``\\`` and what can't be shown are escaped."""
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(character: str) -> str:
    known = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character)
    if known is not None:
        return known
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def is_printable_block(value: str) -> bool:
    """Whether ``value`` can be written as a literal block that is read back as the same text."""
    lines = value.split("\n")
    stripped = value.rstrip("\n")
    return (
        bool(stripped.strip())
        and len(value) - len(stripped) <= 1
        and all(line.replace("\t", "").isprintable() and (not line or line.strip()) for line in lines)
        and not lines[0].startswith((" ", "\t"))
        and bool(lines[0])
    )


def literal_lines(value: str, indent: int) -> tuple[str, list[str]]:
    """``value`` as a literal block: its header (``|`` or ``|-``), and its lines indented by ``indent`` blanks.

    ``is_printable_block`` must be true of it.
    """
    body = value.removesuffix("\n")
    margin = " " * indent
    header = "|" if body != value else "|-"
    return header, [f"{margin}{line}" if line else "" for line in body.split("\n")]


def block_lines(node: Node, raw: str, indent: int) -> tuple[str, list[str]]:
    """A block scalar, as written in ``raw``: its header, and its lines indented by ``indent`` blanks instead.

    Raises ``ValueError``, whose message is the header, for a scalar whose text would change with another indentation.
    """
    first, _, rest = raw.partition("\n")
    header = _HEADER.fullmatch(first.rstrip())
    if header is None:
        raise ValueError(first)
    sign = header[1] + (header[2] or header[4])
    lines = rest.split("\n")
    if not sign.endswith("+"):
        while lines and not lines[-1].strip():
            lines.pop()
    elif lines and not lines[-1]:
        lines.pop()
    if header[3]:
        if node.style != "|" or sign.endswith("+"):
            raise ValueError(first)
        sign = f"|2{header[2] or header[4]}"
        return _with_comment(sign, header[5]), literal_lines(node.value, indent)[1]
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    moved = [" " * indent + line[margin:] if line.strip() or line[margin:] else "" for line in lines]
    return _with_comment(sign, header[5]), moved


def _with_comment(sign: str, comment: str | None) -> str:
    return f"{sign} {comment.rstrip()}" if comment else sign

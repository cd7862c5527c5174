"""Text from a service, in which secrets may stand that nobody here knows: found by the names beside them."""

from __future__ import annotations

import re

from batchctl.patterns import lazy_regex
from batchctl.redaction.names import MASK, is_secret_name

# JSON's pairs (also cut off, also JSON inside a JSON string), those of forms and URLs, and the header Authorization.
_NAME = lazy_regex(r'(\\*")([A-Za-z_][\w.-]*)\1\s*:\s*')
_VALUE = lazy_regex(r'(\\*")((?:(?!\1).)*)(\1)?|-?\d[\d.eE+-]*', re.DOTALL)
_FORM = lazy_regex(r"\b([A-Za-z_][\w.-]*)=([^&\s\"'<>;,]+)")
_ADDRESS = lazy_regex(r"(://[^/\s:@]*:)[^/\s@]+(@)")
_HEADER = lazy_regex(r"(?i)\b(bearer|basic)(\s+)([\w.~+/=-]{8,})")


def mask_pairs(text: str) -> str:
    """``text`` with ``***`` for values under secret-looking names: ``{"access_token": "x"}``, ``access_token=x``."""
    if '"' in text:
        text = _without_json_values(text)
    if "=" in text:
        text = _FORM.sub(_form_pair, text)
    if "@" in text:
        text = _ADDRESS.sub(rf"\1{MASK}\2", text)
    return _HEADER.sub(rf"\1\2{MASK}", text)


def _without_json_values(text: str) -> str:
    parts, position = [], 0
    for name in _NAME.finditer(text):
        value = _VALUE.match(text, name.end()) if is_secret_name(name[2]) and name.start() >= position else None
        if value is not None:
            parts += [text[position : value.start()], f"{value[1]}{MASK}{value[3] or ''}" if value[1] else f'"{MASK}"']
            position = value.end()
    return "".join((*parts, text[position:]))


def _form_pair(match: re.Match[str]) -> str:
    return f"{match[1]}={MASK}" if is_secret_name(match[1]) else match[0]

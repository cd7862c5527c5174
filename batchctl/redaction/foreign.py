"""Text from a service, in which secrets may stand that nobody here knows: found by the names beside them."""

from __future__ import annotations

import re

from batchctl.redaction.names import is_secret_name

MASK = "***"
# JSON's pairs (also cut off, also JSON inside a JSON string), those of forms and URLs, and the header Authorization.
_JSON = re.compile(r'(\\*")([A-Za-z_][\w.-]*)\1(\s*:\s*)(?:(\\*")((?:(?!\4).)*)(\4)?|(-?\d[\d.eE+-]*))', re.DOTALL)
_FORM = re.compile(r"\b([A-Za-z_][\w.-]*)=([^&\s\"'<>;,]+)")
_ADDRESS = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(@)")
_HEADER = re.compile(r"(?i)\b(bearer|basic)(\s+)([\w.~+/=-]{8,})")


def mask_pairs(text: str) -> str:
    """``{"access_token": "x"}`` and ``access_token=x`` with ``***`` for ``x``; all else as it is."""
    if '"' in text:
        text = _JSON.sub(_json_pair, text)
    if "=" in text:
        text = _FORM.sub(_form_pair, text)
    if "@" in text:
        text = _ADDRESS.sub(rf"\1{MASK}\2", text)
    return _HEADER.sub(rf"\1\2{MASK}", text)


def _json_pair(match: re.Match[str]) -> str:
    if not is_secret_name(match[2]):
        return match[0]
    lead = f"{match[1]}{match[2]}{match[1]}{match[3]}"
    return f"{lead}{match[4]}{MASK}{match[6] or ''}" if match[4] else f'{lead}"{MASK}"'


def _form_pair(match: re.Match[str]) -> str:
    return f"{match[1]}={MASK}" if is_secret_name(match[1]) else match[0]

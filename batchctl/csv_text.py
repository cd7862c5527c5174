"""CSV (RFC 4180) that no spreadsheet runs: formulas get an apostrophe, and reading takes it off again.

Spreadsheets compute cells that begin with ``=``, ``+``, ``-``, ``@`` and some others
(https://owasp.org/www-community/attacks/CSV_Injection). Numbers, phone numbers and prose that begin with a sign are
not computed, and stay as they are.
"""

from __future__ import annotations

import re

# What spreadsheets take for the beginning of a formula, full-width signs too; blanks before it do not stop all of them.
_FORMULA = re.compile("[\t\r\n]*[=@|%\uff1d\uff20]|[\t\r\n]*[+\\-\uff0b\uff0d]")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,15})?(?:[eE][+-]?\d{1,3})?")
# Seven to fifteen digits (E.164), in groups. A sum of two numbers has fewer, or no country code of three at most.
_PHONE = re.compile(r"\+\d{1,3}(?:[ .\-/]?\(?\d{1,5}\)?){1,6}")
# Two words or more, or a sign, a blank and a word that is no cell's name; and nothing that could be computed.
_PROSE = re.compile(r"[+-]+\s+(?![A-Za-z]{1,3}\d+\b)\S.*|[+-]+\S*\s+[^\W\d_]{2}.*", re.DOTALL)
_COMPUTES = re.compile(r"[=|^@\"()\[\]{}!&\uff08]|\d\s*[-+*/]\s*\d")


def harmless(text: str) -> str:
    """``=1+1`` → ``'=1+1``. A NUL, which no CSV can hold, becomes U+FFFD."""
    text = text.replace("\0", "\ufffd")
    return f"'{text}" if _is_computed(text.lstrip("'")) else text


def as_it_was(text: str) -> str:
    """``'=1+1`` → ``=1+1``: what ``harmless`` made it from."""
    return text[1:] if text.startswith("'") and _is_computed(text.lstrip("'")) else text


def _is_computed(text: str) -> bool:
    begins = _FORMULA.match(text)
    if begins is None:
        return False
    if text[0] not in "+-" or _NUMBER.fullmatch(text):
        return text[0] not in "+-"
    if _PHONE.fullmatch(text) and 7 <= sum(map(str.isdigit, text)) <= 15:
        return False
    return not _PROSE.fullmatch(text) or _COMPUTES.search(text) is not None

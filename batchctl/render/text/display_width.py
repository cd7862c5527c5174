"""Columns that text takes where rich lays nothing out: in problems, which do without it, and in pictures.

Tables and trees are measured by ``cells``, as rich does, since rich aligns them.
"""

from __future__ import annotations

import unicodedata


def display_width(text: str) -> int:
    """How many columns of a terminal ``text`` takes, by Unicode's East Asian Width (UAX 11).

    Wide characters take two, combining marks and format characters none.
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

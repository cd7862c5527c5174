"""What is drawn, in ASCII alone: each character by one of the same width, so that columns stay in line."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len

_SIGNS = str.maketrans(
    {
        "✔": "+", "✖": "x", "⊘": "-", "●": "*", "○": "o", "→": ">", "←": "<", "·": "-", "…": "~", "–": "-", "—": "-",
        "×": "x", "│": "|", "├": "|", "└": "`", "─": "-", "█": "#", "░": ".", "⠿": "*", "“": '"', "”": '"', "‘": "'",
        "’": "'", "«": '"', "»": '"', "‹": "<", "›": ">", "↳": "`", "\u00a0": " ",
    }
)  # fmt: skip


def to_ascii(text: str) -> str:
    """``text`` in ASCII and of the same width: ``✔ Grünwald`` → ``+ Grunwald``.

    A character that has no match becomes ``?``.
    """
    if text.isascii():
        return text
    text = text.translate(_SIGNS)
    return text if text.isascii() else "".join(map(_alike, text))


def _alike(character: str) -> str:
    if character.isascii():
        return character
    columns = cell_len(character)
    base = "".join(part for part in unicodedata.normalize("NFKD", character) if part.isascii())
    return base if len(base) == columns else "?" * columns

"""The forms in which a secret travels, and the patterns that find them in text without touching innocent text."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

# A value of this length is masked wherever it occurs: it can't be part of an innocent word or number.
STRONG = 12
# A shorter one than this is masked only where it is all of a value.
WORD = 6
# Digits alone say less than letters: where they are part of a longer number, they are another number.
_BEFORE = r"(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[a-z]))"
_AFTER = r"(?![0-9A-Za-z])"


def forms(secret: str) -> set[str]:
    """The texts in which a secret may appear: itself, percent-encoded, as JSON, in base64, a long one in lower case."""
    from urllib.parse import quote, quote_plus  # noqa: PLC0415 - most runs have no secret

    raw = secret.encode("utf-8", "surrogatepass")
    found = {
        secret,
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    }
    if is_strong(secret):
        found.add(secret.lower())
    if len(secret) >= WORD:
        found |= {base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    return found


def is_strong(secret: str) -> bool:
    """Whether a secret is masked inside longer words too: it has at least 12 characters, not all of them digits."""
    return len(secret) >= STRONG and not secret.isdecimal()


def is_whole_only(secret: str) -> bool:
    """Whether a secret is too short (under 6 characters) to be looked for inside a text."""
    return len(secret) < WORD


def longest_first(texts: Iterable[str]) -> list[str]:
    """``texts`` in the order in which a pattern has to try them: a longer one before one that it begins with."""
    return sorted(texts, key=lambda text: (-len(text), text))


def pattern_of(found: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern that matches any of the texts ``found``, longest first; None without any.

    Those of 12 characters and more, not all of them digits, match anywhere, others as whole words.
    """
    ordered = longest_first(set(found))
    return re.compile("|".join(map(bounded, ordered))) if ordered else None


def bounded(form: str) -> str:
    """The regular expression for one form of a secret: anywhere, or as a whole word.

    It matches anywhere what has 12 characters and more, not all of them digits.
    """
    escaped = re.escape(form)
    if is_strong(form):
        return escaped
    before = _BEFORE if form[:1].isalnum() else ""
    return f"{before}{escaped}{_AFTER if form[-1:].isalnum() else ''}"


def quoted_pattern(secrets: Collection[str]) -> re.Pattern[str] | None:
    """A pattern that matches any of ``secrets`` that is all of the text between quotes: ``"1234" is wrong``.

    The quotes are ``"``, ``'`` or a backtick. It is for secrets too short to be masked elsewhere; None without any.
    """
    if not secrets:
        return None
    either = "|".join(map(re.escape, longest_first(secrets)))
    return re.compile(rf"""(?<=(["'`]))(?:{either})(?=\1)""")


def without_beginnings(text: str, found: Iterable[str], mask: str) -> str:
    """``text`` with ``mask`` for the first part of a secret where the text was cut: ``the token sk_liv…``.

    A cut is marked by ``…``. ``found`` are the secrets, in all their forms.
    """
    parts = text.split("…")
    for number, part in enumerate(parts[:-1]):
        parts[number] = part[: -_beginning(part, found)] + mask if _beginning(part, found) else part
    return "…".join(parts)


def _beginning(text: str, found: Iterable[str]) -> int:
    """How many characters at the end of ``text`` are the beginning of a secret."""
    lengths = (n for form in found for n in range(min(len(form), len(text)), WORD - 1, -1) if text.endswith(form[:n]))
    return max(lengths, default=0)

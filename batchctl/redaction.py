"""What counts as a secret, and how it is hidden wherever text leaves batchctl."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "***"

# A shorter value would blank out innocent text wherever it happens to occur.
_SHORTEST_SECRET = 6

_SECRET_WORDS = re.compile(
    r"(?:^|_)(?:token|secret|password|passwd|passphrase|pwd|authorization|credentials?|signature|bearer|cookie"
    r"|session_?id|jwt|(?:api|access|private|secret|signing|auth|client|encryption)_?key|apikey"
    r"|connection_string|dsn|pat|auth)s?(?:$|_)"
)
# Words that turn a secret-looking name into an innocent one.
_INNOCENT = re.compile(r"(?:^|_)(?:page|next|prev|previous|continuation|sync|cursor|count|type|name|expiry|ttl)(?:$|_)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def is_secret_name(name: str) -> bool:
    """Whether a value under this name (argument, query key, variable, header) must not be shown."""
    words = _CAMEL.sub("_", name).lower()
    return bool(_SECRET_WORDS.search(words)) and not _INNOCENT.search(words)


def secret_values(value: object, name: str = "") -> set[str]:
    """Every string or number in a JSON value that stands under a secret-looking name."""
    found: set[str] = set()
    pending: list[tuple[object, bool]] = [(value, is_secret_name(name))]
    while pending:
        item, secret = pending.pop()
        if isinstance(item, dict):
            pending.extend((v, secret or is_secret_name(str(k))) for k, v in item.items())
        elif isinstance(item, list):
            pending.extend((v, secret) for v in item)
        elif secret and isinstance(item, str | int | float) and not isinstance(item, bool):
            found.add(str(item))
    return found


class Redactor:
    """Replaces known secret values in text, in the forms in which they travel."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = frozenset(s for s in secrets if len(s) >= _SHORTEST_SECRET)
        forms = {form for secret in self._secrets for form in _forms(secret)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def with_secrets(self, secrets: Iterable[str]) -> Redactor:
        """The same, knowing these too."""
        return Redactor(self._secrets | set(secrets))

    def text(self, text: str) -> str:
        """``text`` with every known secret masked."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def data(self, value: object) -> object:
        """A JSON value with secrets masked: known values anywhere, and all that stands under a secret name."""
        return self._masked(value, secret=False)

    def _masked(self, value: object, *, secret: bool) -> object:
        if isinstance(value, dict):
            return {
                self.text(str(k)): self._masked(v, secret=secret or is_secret_name(str(k))) for k, v in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._masked(item, secret=secret) for item in value]
        if secret and value is not None and not isinstance(value, bool):
            return MASK
        return self.text(value) if isinstance(value, str) else value


def _forms(secret: str) -> set[str]:
    """The secret as it stands, percent-encoded, as JSON and in base64."""
    raw = secret.encode("utf-8", "surrogatepass")
    encoded = {base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    return {
        secret,
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        *encoded,
    }

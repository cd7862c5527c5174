"""What counts as a secret, and how it is hidden wherever text leaves batchctl."""

from __future__ import annotations

import base64
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


@lru_cache(maxsize=4096)
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
        self._forms = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, self._forms))) if forms else None

    def with_secrets(self, secrets: Iterable[str]) -> Redactor:
        """The same, knowing these too."""
        return Redactor(self._secrets | set(secrets))

    def text(self, text: str) -> str:
        """``text`` with every known secret masked."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def finds(self, text: str) -> bool:
        """Whether a known secret stands in ``text``."""
        return any(form in text for form in self._forms)

    def stream(self) -> StreamMask:
        """The same for bytes that come in chunks."""
        return StreamMask([form.encode("utf-8", "surrogatepass") for form in self._forms])

    def data(self, value: object) -> object:
        """A JSON value with secrets masked: known values anywhere, and all that stands under a secret name."""
        return self._masked(value, secret=False)

    def spares(self, value: object) -> bool:
        """Whether ``data`` would give the value back as it is: quicker to ask than to copy."""
        if isinstance(value, str):
            return self._pattern is None or self._pattern.search(value) is None
        if isinstance(value, dict):
            if any(map(is_secret_name, value)):
                return False
            return all(map(self.spares, value.values())) and (self._pattern is None or all(map(self.spares, value)))
        return all(map(self.spares, value)) if isinstance(value, list | tuple) else True

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


class StreamMask:
    """Masks secrets in UTF-8 text that comes in chunks, also one that two chunks share."""

    def __init__(self, forms: list[bytes]) -> None:
        self._pattern = re.compile(b"|".join(map(re.escape, forms))) if forms else None
        # A secret that starts in the last bytes may end in the next chunk.
        self._held_back = max(map(len, forms), default=1) - 1
        self._tail = b""

    def restart(self) -> None:
        """Forget what was held back."""
        self._tail = b""

    def feed(self, chunk: bytes) -> bytes:
        """What can be passed on, masked."""
        if self._pattern is None:
            return chunk
        data = self._tail + chunk
        cut = max(0, len(data) - self._held_back)
        for match in self._pattern.finditer(data, max(0, cut - self._held_back)):
            if match.start() < cut < match.end():
                cut = match.end()
        self._tail = data[cut:]
        return self._masked(data[:cut])

    def rest(self) -> bytes:
        """What was held back, masked, at the end."""
        tail, self._tail = self._tail, b""
        return self._masked(tail)

    def masked(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """All of a text, masked."""
        for chunk in chunks:
            yield self.feed(chunk)
        yield self.rest()

    def _masked(self, data: bytes) -> bytes:
        return self._pattern.sub(MASK.encode(), data) if self._pattern else data


def _forms(secret: str) -> set[str]:
    """The secret as it stands, percent-encoded, as JSON and in base64."""
    from urllib.parse import quote, quote_plus  # noqa: PLC0415 - most runs have no secret

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

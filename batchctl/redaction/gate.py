"""The gate that all text for people passes: ``Shown`` is made here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Self, TypeAlias, overload

from batchctl.redaction.forms import forms, is_strong, is_whole_only, pattern_of, quoted_pattern, without_beginnings
from batchctl.redaction.lines import value_spans
from batchctl.redaction.names import MASK, count_scalars, is_scalar, is_secret_name, may_name_secrets, secret_names
from batchctl.redaction.seal import Seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.json_types import JsonObject, JsonValue

# A value of one letter, or a number of two digits, would mask half of what is shown.
_MIN_LENGTH, _MIN_NUMBER_LENGTH = 2, 3


# Escapes that need not be, in which a secret may hide, and the sign of a cut, before which a part of one may stand.
_UNSURE = (b"\\u00", b"\\/", "…".encode(), b"\\u2026")


class Shown(str):
    """Text in which known secrets are masked, so that it may be shown. Only a ``Redactor`` makes it.

    What writes to a screen, a report or an error takes this type, so that text that has not passed can't get there.
    ``str(…)`` of it is plain text.
    """

    __slots__ = ()

    def __new__(cls, *_: object) -> Self:
        """Raises ``TypeError``: the text would not have passed the gate."""
        raise TypeError("text to be shown is made by a Redactor")


Redact: TypeAlias = Callable[[str], Shown]


class Redactor:
    """Masks known secrets in text and data with ``***``; ``secrets`` are their values as text, of any length.

    A value of 12 characters and more is masked wherever it occurs, also percent-encoded or in base64; one of 6 to 11
    (or of digits alone) where it is a word; a shorter one where it is all of a text, or between quotes. ``innocent``
    are words of the definition itself (names of resources): a secret that is the same is masked as a whole value only.
    """

    def __init__(self, secrets: Iterable[str] = (), innocent: Iterable[str] = ()) -> None:
        self._secrets = frozenset(filter(_counts, secrets))
        self._innocent = frozenset(innocent)
        within = [each for each in self._secrets if not is_whole_only(each) and each not in self._innocent]
        found = {form for secret in within for form in forms(secret)}
        # Nothing that is written beside the texts of a document (keys, numbers, punctuation) is this long.
        self._strong = pattern_of(form for secret in within if is_strong(secret) for form in forms(secret))
        self._found = found
        self._pattern = pattern_of(found)
        self._quoted = quoted_pattern([each for each in self._secrets if is_whole_only(each)])
        alone = self._secrets - self._innocent
        self._whole = {form for secret in alone for form in (secret, f'"{secret}"', f"'{secret}'")}

    def with_secrets(self, secrets: Iterable[str]) -> Redactor:
        """A new redactor that masks ``secrets``, too."""
        return Redactor(self._secrets | set(secrets), self._innocent)

    def sparing(self, words: Iterable[str]) -> Redactor:
        """A new redactor that masks ``words``, which the definition itself uses, as whole values only.

        Within a text they are left as they are.
        """
        return Redactor(self._secrets, self._innocent | set(words))

    def text(self, text: str) -> Shown:
        """``text`` with every known secret masked."""
        if type(text) is Shown:
            return text
        return _passed(self._text(text))

    def line(self, text: str) -> Shown:
        """A line of a file's text with known secrets masked, and all values under secret-looking keys."""
        for start, end, _ in sorted(value_spans(text), reverse=True):
            value = text[start:end]
            if value and "{{" not in value and "${" not in value:
                text = text[:start] + MASK + text[end:]
        if text.strip() in self._whole:
            text = text.replace(text.strip(), MASK)
        return _passed(self._text(text))

    def document(self, pieces: Iterable[str]) -> Iterator[Shown]:
        """The pieces of a JSON, XML or HTML text, whose values were masked one by one before, as text to show.

        Only long secrets are masked once more, which can't be mistaken for markup.
        """
        mask = self._strong
        for piece in pieces:
            yield piece if type(piece) is Shown else _passed(mask.sub(MASK, piece) if mask else piece)

    def seal(self, salt: bytes | None = None) -> Seal:
        """A ``Seal`` with this redactor's secrets: it replaces them in JSON that is stored, and puts them back.

        ``salt`` makes its marks differ from run to run; None takes a new one. To read what an earlier process stored,
        pass the salt stored with it.
        """
        return Seal(self._secrets - self._innocent, salt)

    @overload
    def data(self, value: JsonObject) -> JsonObject: ...
    @overload
    def data(self, value: JsonValue) -> JsonValue: ...
    @overload
    def data(self, value: object) -> object: ...
    def data(self, value: object) -> object:
        """A copy of a JSON value with secrets masked.

        Known secrets are masked anywhere, and so are all values under a secret-looking name.
        """
        return self._masked(value, secret=False)

    def spares(self, value: object) -> bool:
        """Whether ``data`` would leave the JSON value unchanged; this is faster than making the copy."""
        if isinstance(value, dict):
            if any(map(is_secret_name, value)) or (self._pattern and any(map(self._pattern.search, value))):
                return False
            return all(map(self.spares, value.values()))
        if isinstance(value, list | tuple):
            return all(map(self.spares, value))
        if not self._secrets or not is_scalar(value):
            return True
        return str(value) not in self._secrets and (not isinstance(value, str) or self._text(value) == value)

    def count(self, value: object) -> int:
        """How many strings and numbers in a JSON value ``data`` would mask."""
        if isinstance(value, dict):
            names = secret_names(tuple(value))
            found = sum(count_scalars(value[name]) for name in names) if names else 0
            inner = [each for name, each in value.items() if name not in names] if names else value.values()
        elif isinstance(value, list):
            found, inner = 0, value
        else:
            return int(not self.spares(value))
        if self._secrets:
            return found + sum(map(self.count, inner))
        for each in inner:
            if type(each) is dict or type(each) is list:
                found += self.count(each)
        return found

    def clears(self, array: bytes) -> bool:
        """Whether masking certainly leaves the values in a JSON text unchanged; False also where that is uncertain.

        ``array`` is the text, in UTF-8; keys must be followed by colons directly. True means that the method ``data``
        need not be called for these values.
        """
        if self._sought and any(sign in array for sign in (*_UNSURE, *self._sought)):
            return False
        return not may_name_secrets(array)

    @cached_property
    def _sought(self) -> list[bytes]:
        """What stands in JSON text where a known secret does, unless it is written with escapes for no reason."""
        found = {form for secret in self._secrets for form in forms(secret)}
        return [form.encode("utf-8", "surrogatepass") for form in found]

    def _text(self, text: str) -> str:
        if not self._secrets:
            return text
        if text in self._whole:
            return MASK
        if self._pattern:
            text = self._pattern.sub(MASK, text)
        if "…" in text:
            text = without_beginnings(text, self._found, MASK)
        return self._quoted.sub(MASK, text) if self._quoted else text

    def _masked(self, value: object, *, secret: bool) -> object:
        if isinstance(value, dict):
            # A name is no value: only what can't be an innocent word is masked in it.
            mask = self._pattern
            return {
                (mask.sub(MASK, str(k)) if mask else k): self._masked(v, secret=secret or is_secret_name(str(k)))
                for k, v in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._masked(item, secret=secret) for item in value]
        if is_scalar(value) and (secret or str(value) in self._secrets):
            return MASK
        return self._text(value) if isinstance(value, str) else value


@overload
def masked_by_name(value: JsonObject) -> JsonObject: ...
@overload
def masked_by_name(value: JsonValue) -> JsonValue: ...
def masked_by_name(value: JsonValue) -> JsonValue:
    """A copy of a JSON value in which all values under secret-looking names are masked; it knows no other secret."""
    return _BY_NAME.data(value)


def _passed(text: str) -> Shown:
    return str.__new__(Shown, text)


def _counts(secret: str) -> bool:
    return len(secret) >= (_MIN_NUMBER_LENGTH if secret.isdecimal() else _MIN_LENGTH)


_BY_NAME = Redactor()

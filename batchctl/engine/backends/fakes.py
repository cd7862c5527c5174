"""``record.yaml``: what a recording puts in the place of secrets and of what tells who somebody is.

A fake stands for one value wherever it comes, so that records still refer to one another. Which fake a value gets
depends on a number that is drawn for each recording and kept nowhere: fakes can't be traced back by guessing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING

from batchctl.errors import FixtureError
from batchctl.patterns import lazy_regex
from batchctl.redaction.names import is_secret_name
from batchctl.structs import Private, field
from batchctl.template import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.json_types import JsonObject, JsonValue

DEFAULT_RULES = """\
# What a recording puts in the place of secrets and personal data. Edit it and record again.
# Kinds: secret, email, phone, name, text; keep leaves a value as it is.
# Fields whose names look like secrets (token, password, api_key…) are replaced too, unless named here with keep.

# By the name of a field, at any depth. A number stays a number where its kind is text.
keys:
  email: email
  phone: phone
  phone_number: phone
  mobile: phone
  first_name: name
  last_name: name
  full_name: name
  address: text
  date_of_birth: text

# By a regular expression (Python's), wherever it matches in a text.
patterns:
  '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}': email
"""
_KINDS: dict[str, Callable[[str], str]] = {
    "secret": lambda code: f"secret-{code}",
    "email": lambda code: f"person-{code}@example.invalid",
    "phone": lambda code: f"+0000{int(code, 16) % 10**10:010d}",
    "name": lambda code: f"Name-{code}",
    "text": lambda code: f"text-{code}",
}
FAKE = lazy_regex(r"(secret|Name|text)-[0-9a-f]{12}|person-[0-9a-f]{12}@example\.invalid|\+0000\d{10}")


class Fakes(Private, frozen=True):
    """Replaces secrets and personal data in a recording by fakes (``person-1f…@example.invalid``), as its rules say.

    ``keys`` maps the name of a field, in lower case, to the kind of fake for its values; ``patterns`` pairs a regular
    expression with the kind for text that it matches. Kinds are ``secret``, ``email``, ``phone``, ``name``, ``text``,
    and ``keep``, which replaces nothing. Equal values get equal fakes as long as the random ``salt`` is the same.
    """

    HIDDEN = ("salt",)

    keys: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def replaced(self, value: JsonValue, kind: str | None = None) -> JsonValue:
        """A copy of ``value`` with fakes in place of secrets and personal data, at any depth.

        ``kind`` is the kind of fake for the field that holds ``value`` (``email``, ``keep``…); None where no rule names
        the field: then only the patterns apply, to texts. A field inside of ``value`` that no rule names has this kind,
        too.
        """
        if kind == "keep":
            return value
        if isinstance(value, dict):
            return {name: self.replaced(item, self._kind(name) or kind) for name, item in value.items()}
        if isinstance(value, list):
            return [self.replaced(item, kind) for item in value]
        if kind is not None and isinstance(value, str | int | float) and not isinstance(value, bool):
            return self._fake(kind, to_text(value)) if value != "" else value
        return self.text(value) if isinstance(value, str) else value

    def text(self, text: str) -> str:
        """``text`` in which whatever a pattern matches is replaced by a fake."""
        for pattern, kind in self.patterns:
            text = pattern.sub(lambda match, kind=kind: self._fake(kind, match[0]), text)  # type: ignore[misc]  # bound at once
        return text

    def _kind(self, name: str) -> str | None:
        return self.keys.get(name.lower()) or ("secret" if is_secret_name(name) else None)

    def _fake(self, kind: str, text: str) -> str:
        if kind == "keep" or FAKE.fullmatch(text):
            return text
        return _KINDS[kind](hmac.new(self.salt, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:12])


def read_fakes(value: JsonValue, where: str) -> Fakes:
    """The rules in ``value``, the parsed ``record.yaml``: ``{keys: {FIELD: KIND}, patterns: {REGEX: KIND}}``.

    Both keys are optional; kinds are ``secret``, ``email``, ``phone``, ``name``, ``text`` and ``keep``. Raises
    ``FixtureError`` for a value that is no such rules; ``where`` is the file's path, with which the message begins.
    """
    if not isinstance(value, dict) or not value.keys() <= {"keys", "patterns"}:
        raise FixtureError(f"{where} may have keys and patterns only", hint="delete it to get the rules that are usual")
    patterns = []
    for pattern, kind in _mapping(value, "patterns", where).items():
        try:
            patterns.append((re.compile(pattern), kind))
        except re.error as error:
            raise FixtureError(f"{where}: the pattern {pattern!r} is no regular expression: {error}") from error
    keys = {name.lower(): kind for name, kind in _mapping(value, "keys", where).items()}
    return Fakes(keys, tuple(patterns))


def _mapping(value: JsonObject, name: str, where: str) -> dict[str, str]:
    found = value.get(name) or {}
    kinds = (*_KINDS, "keep")
    if not isinstance(found, dict):
        raise FixtureError(f"{where}: {name} is not a map", hint=f"write {name}: {{email: email}}")
    checked = {}
    for key, kind in found.items():
        if not isinstance(kind, str) or kind not in kinds:
            raise FixtureError(f"{where}: {name}: {key} is none of {', '.join(kinds)}")
        checked[key] = kind
    return checked

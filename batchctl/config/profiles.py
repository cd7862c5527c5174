"""Named credentials: batchctl's own ``config.toml``, and what Truto's CLI keeps in ``~/.truto/config.json``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING

from batchctl.errors import UsageError
from batchctl.files import not_written, write_whole
from batchctl.structs import Private

if TYPE_CHECKING:
    from pathlib import Path

    from tomlkit import TOMLDocument

    from batchctl.config.keychain import Keychain

DEFAULT_PROFILE = "default"
# Where Truto's CLI may name the active profile and the token; its docs name the file and ``apiUrl``.
_ACTIVE_KEYS = ("activeProfile", "active_profile", "currentProfile", "current_profile", "active", "current")
_TOKEN_KEYS = ("token", "apiToken", "api_token", "apiKey")


class Profile(Private, frozen=True):
    """Credentials that a user has stored under a name.

    ``token``, ``api_url`` and ``account`` (the integrated account's id) are None where the profile does not have them.
    ``environment`` is a label for people, ``origin`` the file that it was found in.
    """

    HIDDEN = ("token",)

    name: str
    token: str | None = None
    api_url: str | None = None
    account: str | None = None
    environment: str | None = None
    origin: str = ""


class Profiles:
    """All stored profiles of one user: batchctl's own, and those of Truto's CLI. Files are read when first asked for.

    ``path`` is batchctl's file (``config_file`` gives it); Truto's CLI has its file in ``home/.truto``. ``keychain``
    has the tokens that are in the system's keyring, None without one.
    """

    def __init__(self, path: Path, home: Path, keychain: Keychain | None = None) -> None:
        self.path = path
        self._truto = home / ".truto" / "config.json"
        self._keychain = keychain

    def find(self, name: str | None = None) -> Profile | None:
        """The profile ``name``, or without one the active profile; None where no profile is active.

        Active is the ``default_profile`` of batchctl's file, or else the profile that Truto's CLI has as active, each
        ``default`` where the file names none. Of two with one name, batchctl's is found. Raises ``UsageError`` for a
        name that is not known, or a file that can't be used.
        """
        own, default = self._own()
        truto, active = self._trutos()
        wanted = name or (default if default in own else active if active in truto else None)
        if wanted is None:
            return None
        if wanted in own:
            return self._profile(wanted, own[wanted])
        found = truto.get(wanted)
        if found is None:
            known = ", ".join(sorted({*own, *truto})) or "none yet; batchctl login makes one"
            raise UsageError(f'no profile is called "{wanted}"', hint=f"known profiles: {known}")
        return found

    def names(self) -> tuple[str, ...]:
        """Every name that ``find`` knows, sorted. Raises ``UsageError`` for a file that can't be used."""
        return tuple(sorted({*self._own()[0], *self._trutos()[0]}))

    def save(self, profile: Profile) -> str:
        """Write a profile to batchctl's own file; in words, where its token is stored: that file, or the keyring.

        It replaces one of the same name; the first profile becomes the default. Raises ``UsageError`` when the file
        can't be written.
        """
        where = str(self.path)
        written = _stored(profile)
        if self._keychain and profile.token and self._keychain.store(profile.name, profile.token):
            written["token_in"], where = "keyring", "the system keyring"
        elif profile.token:
            written["token"] = profile.token
        document = self._with_profile(profile.name, written)
        if _changes_when_read(document):
            # A heading between keys with dots would take those after it along; one line takes none.
            document = self._with_profile(profile.name, written, in_one_line=True)
        self._write(document)
        return where

    def _with_profile(self, name: str, written: Mapping[str, str | None], *, in_one_line: bool = False) -> TOMLDocument:
        document = self._document()
        self._require_names(document)
        entries = _table(document, "profiles", is_super=True)
        entry = _table(entries, name, in_one_line=in_one_line)
        for key, value in written.items():
            if value is None:
                entry.pop(key, None)
            else:
                entry[key] = value
        if not document.get("default_profile"):
            # Goes above the first table.
            document["default_profile"] = name
        return document

    def remove(self, name: str) -> bool:
        """Delete a profile from batchctl's own file, and its token; False when the file has none of that name.

        Raises ``UsageError`` when the file can't be written.
        """
        document = self._document()
        entries = document.get("profiles")
        if not isinstance(entries, MutableMapping) or name not in entries:
            return False
        if self._keychain:
            self._keychain.forget(name)
        del entries[name]
        if not entries and not _has_text(entries):
            del document["profiles"]
        if document.get("default_profile") == name:
            del document["default_profile"]
        self._write(document)
        return True

    def is_exposed(self) -> bool:
        """Whether other users of this machine can read batchctl's own file; always False on Windows."""
        if os.name != "posix":
            return False
        try:
            return bool(self.path.stat().st_mode & 0o077)
        except OSError:
            return False

    def _own(self) -> tuple[dict[str, Mapping[str, object]], str]:
        """The entries of batchctl's file by name, and the default one's name. The keyring is not asked for tokens."""
        raw = self._raw()
        self._require_names(raw)
        entries = {name: _mapping(entry) for name, entry in _mapping(raw.get("profiles")).items()}
        default = raw.get("default_profile")
        return entries, default if isinstance(default, str) else DEFAULT_PROFILE

    def _profile(self, name: str, entry: Mapping[str, object]) -> Profile:
        token = _text(entry.get("token"))
        if token is None and entry.get("token_in") == "keyring" and self._keychain:
            token = self._keychain.find(name)
        texts = {key: _text(entry.get(key)) for key in ("api_url", "account", "environment")}
        return Profile(name, token, origin=str(self.path), **texts)

    def _trutos(self) -> tuple[dict[str, Profile], str | None]:
        """What Truto's CLI has. A file of another shape is of no use, but no error either."""
        try:
            raw = _mapping(json.loads(self._truto.read_text("utf-8-sig")))
        except (OSError, ValueError, RecursionError):
            return {}, None
        active = next((text for key in _ACTIVE_KEYS if (text := _text(raw.get(key)))), DEFAULT_PROFILE)
        found = {}
        for name, entry in _mapping(raw.get("profiles")).items():
            values = _mapping(entry)
            token = next((text for key in _TOKEN_KEYS if (text := _text(values.get(key)))), None)
            url = _text(values.get("apiUrl")) or _text(values.get("api_url"))
            account = _text(values.get("defaultIntegratedAccount"))
            found[name] = Profile(name, token, url, account, origin=str(self._truto))
        return found, active

    def _raw(self) -> Mapping[str, object]:
        text = self._text()
        if not text:
            return {}
        import tomllib  # noqa: PLC0415 - most have the variable or no file at all

        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            raise self._unusable("is not TOML") from None

    def _document(self) -> TOMLDocument:
        """The file with its comments and all keys that are not ours, to be changed and written back."""
        import tomlkit  # noqa: PLC0415 - only login and logout write
        from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415 - as above

        try:
            return tomlkit.parse(self._text())
        except TOMLKitError:
            raise self._unusable("is not TOML") from None

    def _require_names(self, content: Mapping[str, object]) -> None:
        """Raise ``UsageError`` where profiles are a list: they would be skipped, and lost when one is saved."""
        if isinstance(content.get("profiles"), list):
            raise self._unusable("has [[profiles]], a list, where each needs its name: [profiles.NAME]")

    def _text(self) -> str:
        try:
            # Some editors begin a file with a mark that nobody sees.
            return self.path.read_text("utf-8-sig")
        except FileNotFoundError:
            return ""
        except (OSError, ValueError):
            raise self._unusable("can't be read") from None

    def _unusable(self, what: str) -> UsageError:
        # The text is not repeated: it holds tokens.
        return UsageError(f"{self.path} {what}", hint="correct it, or move it away and run batchctl login")

    def _write(self, document: TOMLDocument) -> None:
        text = _toml(document)
        try:
            text.encode()
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except UnicodeEncodeError:
            raise UsageError("a profile can't have half a character (a lone surrogate) in it") from None
        except OSError as error:
            raise not_written(self.path, error) from error
        write_whole(self.path, [text], mode=0o600)


def _stored(profile: Profile) -> dict[str, str | None]:
    """All keys that are ours; None for one that has to go."""
    return {
        "api_url": profile.api_url,
        "account": profile.account,
        "environment": profile.environment,
        "token": None,
        "token_in": None,
    }


def _table(
    parent: MutableMapping[str, object], key: str, *, is_super: bool | None = None, in_one_line: bool = False
) -> MutableMapping[str, object]:
    """The table under ``key``; a new one where there is none, inline if ``in_one_line`` or inside of one that is."""
    import tomlkit  # noqa: PLC0415 - as above
    from tomlkit.items import InlineTable  # noqa: PLC0415 - as above

    found = parent.get(key)
    if isinstance(found, MutableMapping):
        return found
    is_inline = in_one_line or isinstance(parent, InlineTable)
    table = tomlkit.inline_table() if is_inline else tomlkit.table(is_super_table=is_super)
    parent[key] = table
    return table


def _has_text(table: object) -> bool:
    """Whether a table without keys has something of its own in it, such as a comment."""
    return bool(str(getattr(table, "as_string", str)()).strip(" \t\r\n{}"))


def _toml(document: TOMLDocument) -> str:
    """The text of a document; keys with dots (``profiles.a.token``) can't always be changed where they are."""
    import tomlkit  # noqa: PLC0415 - as above

    return tomlkit.dumps(document.unwrap()) if _changes_when_read(document) else document.as_string()


def _changes_when_read(document: TOMLDocument) -> bool:
    """Whether the text of a document is no TOML, or another document than what is in memory."""
    import tomllib  # noqa: PLC0415 - as above

    try:
        return bool(tomllib.loads(document.as_string()) != document.unwrap())
    except tomllib.TOMLDecodeError:
        return True


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None

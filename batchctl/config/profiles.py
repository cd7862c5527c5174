"""Named credentials: batchctl's own ``config.toml``, and what Truto's CLI keeps in ``~/.truto/config.json``."""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.errors import UsageError
from batchctl.files import reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.config.keychain import Keychain

DEFAULT_PROFILE = "default"
# Where Truto's CLI may name the active profile and the token; its docs name the file and ``apiUrl``.
_ACTIVE_KEYS = ("activeProfile", "active_profile", "currentProfile", "current_profile", "active", "current")
_TOKEN_KEYS = ("token", "apiToken", "api_token", "apiKey")


@dataclass(frozen=True, slots=True)
class Profile:
    """Credentials by name. ``environment`` is a label for people, ``origin`` says where the profile was found."""

    name: str
    token: str | None = field(default=None, repr=False)
    api_url: str | None = None
    account: str | None = None
    environment: str | None = None
    origin: str = ""


class Profiles:
    """All profiles of one user. Files are read when first asked for.

    ``environ`` is the process environment: ``BATCHCTL_CONFIG`` or ``XDG_CONFIG_HOME`` move the file.
    """

    def __init__(self, environ: Mapping[str, str], home: Path, keychain: Keychain | None = None) -> None:
        self.path = _own_path(environ, home)
        self._truto = home / ".truto" / "config.json"
        self._keychain = keychain

    def find(self, name: str | None = None) -> Profile | None:
        """The profile ``name``, or the active one; None when none is named and there is none.

        Raises ``UsageError`` for a name that is not known, or a file that can't be used.
        """
        own, default = self._own()
        truto, active = self._trutos()
        wanted = name or (default if default in own else active if active in truto else None)
        if wanted is None:
            return None
        found = own.get(wanted) or truto.get(wanted)
        if found is None:
            known = ", ".join(sorted({*own, *truto})) or "none yet; batchctl login makes one"
            raise UsageError(f'no profile is called "{wanted}"', hint=f"known profiles: {known}")
        return found

    def save(self, profile: Profile) -> str:
        """Write a profile and make it the default when it is the first. Answers where the token went.

        Raises ``UsageError`` when the file can't be written.
        """
        raw = self._raw()
        entries = dict(_mapping(raw.get("profiles")))
        entry = {key: value for key, value in _stored(profile).items() if value is not None}
        where = str(self.path)
        if self._keychain and profile.token and self._keychain.store(profile.name, profile.token):
            entry["token_in"], where = "keyring", "the system keyring"
        elif profile.token:
            entry["token"] = profile.token
        entries[profile.name] = entry
        default = raw.get("default_profile") or profile.name
        self._write(_toml({"default_profile": default}, entries))
        return where

    def remove(self, name: str) -> bool:
        """Forget a profile of our own file; False when it has none of that name."""
        raw = self._raw()
        entries = dict(_mapping(raw.get("profiles")))
        if name not in entries:
            return False
        if self._keychain:
            self._keychain.forget(name)
        del entries[name]
        default = raw.get("default_profile")
        self._write(_toml({"default_profile": default} if default in entries else {}, entries))
        return True

    def is_exposed(self) -> bool:
        """Whether others on this machine can read our file."""
        if os.name != "posix":
            return False
        try:
            return bool(self.path.stat().st_mode & 0o077)
        except OSError:
            return False

    def _own(self) -> tuple[dict[str, Profile], str | None]:
        raw = self._raw()
        profiles = {name: self._profile(name, _mapping(entry)) for name, entry in _mapping(raw.get("profiles")).items()}
        default = raw.get("default_profile")
        return profiles, default if isinstance(default, str) else DEFAULT_PROFILE

    def _profile(self, name: str, entry: Mapping[str, object]) -> Profile:
        token = _text(entry.get("token"))
        if token is None and entry.get("token_in") == "keyring" and self._keychain:
            token = self._keychain.find(name)
        texts = {key: _text(entry.get(key)) for key in ("api_url", "account", "environment")}
        return Profile(name, token, origin=str(self.path), **texts)

    def _trutos(self) -> tuple[dict[str, Profile], str | None]:
        """What Truto's CLI has. A file of another shape is of no use, but no error either."""
        try:
            raw = _mapping(json.loads(self._truto.read_text("utf-8")))
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
        try:
            return tomllib.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            # The text is not repeated: it holds tokens.
            what = "can't be read" if isinstance(error, OSError) else "is not TOML"
            raise UsageError(f"{self.path} {what}", hint="mend it, or move it away and run batchctl login") from None

    def _write(self, text: str) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Made with mode 0600, and never half written.
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".config-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(self.path)
        except OSError as error:
            reason = reason_of(error)
            raise UsageError(f"can't write {self.path}: {reason}") from error


def _own_path(environ: Mapping[str, str], home: Path) -> Path:
    if named := environ.get("BATCHCTL_CONFIG"):
        return Path(named)
    folder = environ.get("XDG_CONFIG_HOME")
    return (Path(folder) if folder else home / ".config") / "batchctl" / "config.toml"


def _stored(profile: Profile) -> dict[str, str | None]:
    return {"api_url": profile.api_url, "account": profile.account, "environment": profile.environment}


def _toml(head: Mapping[str, object], profiles: Mapping[str, object]) -> str:
    """Strings alone; a JSON string is a TOML string too (but for DEL, which JSON leaves as it is)."""
    lines = [f"{key} = {_quoted(value)}" for key, value in head.items()]
    for name, entry in profiles.items():
        lines += ["", f"[profiles.{_quoted(name)}]"]
        lines += [f"{key} = {_quoted(value)}" for key, value in _mapping(entry).items()]
    return "\n".join(lines) + "\n"


def _quoted(value: object) -> str:
    return json.dumps(str(value)).replace("\x7f", "\\u007f")


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None

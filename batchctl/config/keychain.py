"""Tokens in the system's keyring, where the package ``keyring`` is installed and finds one."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

_SERVICE = "batchctl"


class Backend(Protocol):
    """The functions of the package ``keyring`` that are used here; its module is one.

    All of them may raise: an error of ``keyring.errors``, or whatever the system's keyring raises.
    """

    def get_password(self, service: str, name: str) -> str | None:
        """The password of ``name`` in ``service``; None where there is none."""

    def set_password(self, service: str, name: str, password: str) -> None:
        """Store the password of ``name`` in ``service``, in the place of an earlier one."""

    def delete_password(self, service: str, name: str) -> None:
        """Remove the password of ``name`` in ``service``.

        Where there is none, ``keyring`` raises ``keyring.errors.PasswordDeleteError``.
        """


class Keychain:
    """Tokens of profiles in the system's keyring, by the profile's name.

    ``open_backend`` is called when a token is first asked for, since that takes a moment; it returns None where there
    is no keyring. One that fails (locked, no session) counts as one that has nothing.
    """

    def __init__(self, open_backend: Callable[[], Backend | None]) -> None:
        self._backend = cache(open_backend)

    def find(self, name: str) -> str | None:
        """The stored token of the profile ``name``; None where there is none or the keyring can't be read."""
        try:
            backend = self._backend()
            return None if backend is None else backend.get_password(_SERVICE, name)
        except Exception:  # noqa: BLE001 - keyrings raise whatever their system does
            return None

    def store(self, name: str, token: str) -> bool:
        """Store the token of the profile ``name``; False when there is no keyring that takes it."""
        try:
            backend = self._backend()
            if backend is not None:
                backend.set_password(_SERVICE, name, token)
        except Exception:  # noqa: BLE001 - as above
            return False
        return backend is not None

    def forget(self, name: str) -> None:
        """Remove the token of the profile ``name``, if it is there."""
        try:
            backend = self._backend()
            if backend is not None:
                backend.delete_password(_SERVICE, name)
        except Exception:  # noqa: BLE001 - as above
            return


def system_backend() -> Backend | None:
    """The system's keyring; None where the package ``keyring`` is not installed or has no backend for this system."""
    try:
        keyring = import_module("keyring")
        return keyring if keyring.get_keyring().priority > 0 else None
    except Exception:  # noqa: BLE001 - an optional package that may be broken is a package that is not there
        return None

"""The options of the npm package xml-js, which ``$xmlToJs`` and ``$jsToXml`` take."""

from __future__ import annotations

from typing import Any

from batchctl.javascript.coercion import is_nil
from batchctl.javascript.errors import HostError


class Options:
    """The options of the npm package xml-js: flags are off unless ``true``, keys have default names.

    ``given`` is the object with them.
    """

    def __init__(self, given: object) -> None:
        if is_nil(given) or isinstance(given, list):
            given = {}
        if not isinstance(given, dict):
            raise HostError("options.hasOwnProperty is not a function")
        self.given: dict[str, Any] = given

    def flag(self, name: str) -> bool:
        """Whether the option ``name`` is ``true``; any other value counts as false."""
        return self.given.get(name) is True

    def key(self, name: str) -> str:
        """The key under which a part of an object is: ``_text`` in compact objects, ``text`` in others."""
        chosen = self.given.get(f"{name}Key")
        if isinstance(chosen, str):
            return chosen
        return f"_{name}" if self.given.get("compact") is True else name

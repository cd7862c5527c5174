"""The options of the npm package xml-js, which ``$xmlToJs`` and ``$jsToXml`` take."""

from __future__ import annotations

from typing import Any

from batchctl.javascript.coercion import is_nil
from batchctl.javascript.errors import HostError


class Options:
    """The options that xml-js takes for reading and writing, in the object ``given``.

    Raises ``HostError`` where ``given`` is neither an object, a list, null nor UNDEFINED.
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
        """The key under which xml-js puts a part of a node: ``_text`` for ``text`` in compact objects, else ``text``.

        An option such as ``textKey`` gives it another name.
        """
        chosen = self.given.get(f"{name}Key")
        if isinstance(chosen, str):
            return chosen
        return f"_{name}" if self.given.get("compact") is True else name

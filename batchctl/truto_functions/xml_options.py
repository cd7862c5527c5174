"""The options of the npm package xml-js, which ``$xmlToJs`` and ``$jsToXml`` take."""

from __future__ import annotations

from typing import Any

from batchctl.javascript.coercion import as_object
from batchctl.truto_functions.hosting import require_inherited


class Options:
    """The options that xml-js takes for reading and writing, in the object ``given``; none in anything else.

    Raises ``HostError`` for an object with members that the expression itself made.
    """

    def __init__(self, given: object) -> None:
        require_inherited(given, "options")
        self.given: dict[str, Any] = as_object(given)

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

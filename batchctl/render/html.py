"""HTML from the templates beside this file. Whatever a template puts on a page is masked, made harmless and escaped.

The only home of Jinja, which is imported when a page is made and not before.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from batchctl.json_types import write_json
from batchctl.plain import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment

    from batchctl.json_types import JsonValue
    from batchctl.redaction import Redactor

# The longest text on a page, in characters; the filter ``upto`` allows another length.
_MAX_TEXT = 400
# The largest integer up to which JavaScript has all.
_EXACT = 2**53


class Pages:
    """Makes HTML pages from the templates beside this module; ``redactor`` masks the secrets on them.

    In a template a text is masked, stripped of control characters, cut to 400 characters (``{{ text|upto(600) }}``:
    600) and escaped. The filter ``json`` writes data for a script element, ``count`` a number with commas.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def pieces(self, template: str, **values: object) -> Iterator[str]:
        """The page that the template ``template`` makes of ``values``, in pieces.

        ``template`` is the name of a file in ``render/templates`` (``report.html``). ``values`` are those of the names
        in it; an iterator among them is read as the page is made. Raises ``jinja2.UndefinedError`` for a name that the
        template uses and ``values`` does not have.
        """
        return self._environment.get_template(template).generate(**values)

    def page(self, template: str, **values: object) -> str:
        """The page as one text; the parameters are those of ``pieces``.

        Raises ``jinja2.UndefinedError`` for a name that the template uses and ``values`` does not have.
        """
        return "".join(self.pieces(template, **values))

    @cached_property
    def _environment(self) -> Environment:
        # Imported late: whoever starts the server, or writes another report, needs no template.
        from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - as said
        from markupsafe import Markup, escape  # noqa: PLC0415 - as said

        def shown(value: object, limit: int = _MAX_TEXT) -> object:
            if not isinstance(value, str) or isinstance(value, Markup):
                return value
            return escape(clean(self._redactor.text(value), limit))

        environment = Environment(
            autoescape=True,
            finalize=shown,
            loader=FunctionLoader(_template),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters |= {
            "upto": shown,
            "json": lambda value: Markup(script_json(value, self._redactor)),  # noqa: S704 - it has no "<"
            "count": "{:,}".format,
        }
        # Files of batchctl's own: not a word of them comes from outside.
        environment.globals |= {"asset": lambda name: Markup(_template(name)), "digest": _digest}  # noqa: S704 - as said
        return environment


def script_json(value: JsonValue, redactor: Redactor) -> str:
    """``value`` as JSON text that is safe inside a script element: secrets masked, no ``<`` in it.

    Integers beyond 2**53 become text, since the browser would round them.
    """
    text = write_json(_carried(redactor.data(value)), compact=True)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").encode("utf-8", "backslashreplace").decode()


def _template(name: str) -> str:
    return (files("batchctl.render") / "templates" / name).read_text("utf-8")


def _digest(name: str) -> str:
    """What a page's policy says of a script that may run: its SHA-256."""
    return base64.b64encode(hashlib.sha256(_template(name).encode()).digest()).decode()


def _carried(value: Any) -> Any:
    """``value`` with text for integers that the browser would round."""
    if isinstance(value, dict):
        return {name: _carried(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_carried(item) for item in value]
    return str(value) if type(value) is int and abs(value) > _EXACT else value

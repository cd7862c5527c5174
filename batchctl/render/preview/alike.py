"""Requests of one loop that differ in nothing but a text: the line of one is the pattern for all.

An id of letters that no encoding changes stands in a line as it is, in the URL and in the JSON alike. So the line of a
made-up id, cut where the id stands, is every line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from batchctl.errors import TemplateError
from batchctl.plan.loop_values import reads_element

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchctl.json_types import JsonValue
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.preview import FromArguments

# Letters, digits and signs that percent-encoding (RFC 3986, 2.3) and JSON both leave as they are.
_are_plain = re.compile(r"[A-Za-z0-9_.~-]+", re.ASCII).fullmatch
# What leads to another address where it stands as an id.
_LEADS_AWAY = ("", ".", "..")
# Two ids that nobody has: what is cut at one must give the line of the other.
_MADE_UP = ("zq-8c1f~mark", "zq_d04e.other")


# With these types a text stays what it is.
_TEXT_CASTS = (None, "str", "any", "undefined", "ignore-empty-str")


class Alike:
    """Makes the lines of many requests of a loop at once, faster than one by one.

    It can where they differ in nothing but the text that is looped over. ``line`` makes the line of one request, with
    its line break, which is the pattern for all others; ``text`` then gives the lines of many.
    """

    def __init__(self, requests: FromArguments, line: Callable[[Expanded], str]) -> None:
        self._pieces = _pieces(requests, line) if _keep_text(requests) else None

    def text(self, elements: Sequence[JsonValue]) -> str | None:
        """The lines of the requests for ``elements``, one after the other, as one text.

        None where an element is not plain text, or lines differ in more than it: then each has to be made by itself.
        """
        if self._pieces is None or set(map(type, elements)) != {str} or any(each in elements for each in _LEADS_AWAY):
            return None
        texts = cast("Sequence[str]", elements)
        if _are_plain("".join(texts)) is None:
            return None
        return "".join([text.join(self._pieces) for text in texts])


def _keep_text(requests: FromArguments) -> bool:
    """Whether what is put in for the loop's element is the element itself, whatever text it is."""
    form, loop = requests.step.form, requests.step.loop
    return (
        form is not None
        and loop is not None
        and all(
            alternative.cast in _TEXT_CASTS
            for reference in form.template.references
            if reads_element(reference, loop)
            for alternative in reference.alternatives
        )
    )


def _pieces(requests: FromArguments, line: Callable[[Expanded], str]) -> list[str] | None:
    """What is before, between and after the places of the element; None where that is not all of a line."""
    try:
        made, other = (line(next(requests.of([text]))) for text in _MADE_UP)
    except TemplateError:
        return None
    pieces = made.split(_MADE_UP[0])
    # Braces may make a placeholder of what is put between them.
    is_all = _MADE_UP[1].join(pieces) == other and "{{" not in made
    return pieces if is_all and "".join(pieces).removesuffix("\n").isprintable() else None

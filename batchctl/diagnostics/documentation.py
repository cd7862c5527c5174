"""The documentation of a kind of problem, in the form that docstrings of rules have.

What it is, in one sentence.

Why:
What happens to those who don't know.

Fails:
a definition, without the account

Passes:
the same, corrected

Fix:
What to do.

Since: 0.1.0
"""

from __future__ import annotations

import re
from textwrap import dedent

from batchctl.patterns import lazy_regex
from batchctl.structs import Struct

_SECTION = lazy_regex(r"^(Why|Fails|Passes|Fix):\n((?:(?: {4}.*)?\n)*)", re.MULTILINE)
_SINCE = lazy_regex(r"^Since: (\S+)$", re.MULTILINE)


class Documentation(Struct, frozen=True):
    """The documentation of one kind of problem, section by section; a section that is missing is empty.

    ``what`` is wrong, ``why`` it matters, ``fix`` how to correct it; ``fails`` and ``passes`` are examples in YAML,
    ``since`` is a version of batchctl.
    """

    what: str
    why: str = ""
    fails: str = ""
    passes: str = ""
    fix: str = ""
    since: str = ""


def read_documentation(text: str) -> Documentation:
    """The sections of ``text``, in the form of a rule's docstring.

    Headings are ``Why:``, ``Fails:``, ``Passes:`` and ``Fix:``, each on a line of its own with its text indented by
    four spaces below it, and ``Since: 0.1.0``. The text before the first heading is ``what``, on one line.
    """
    text = text.strip() + "\n"
    sections = {name: dedent(body).strip() for name, body in _SECTION.findall(text)}
    since = _SINCE.search(text)
    first = min((found.start() for found in (_SECTION.search(text), since) if found), default=len(text))
    return Documentation(
        what=" ".join(text[:first].split()),
        why=sections.get("Why", ""),
        fails=sections.get("Fails", ""),
        passes=sections.get("Passes", ""),
        fix=sections.get("Fix", ""),
        since=since[1] if since else "",
    )

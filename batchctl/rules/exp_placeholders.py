"""``{{exp: …}}``: a placeholder with an expression, which Truto has written and not released.

Source: the branch feat/expression-placeholders of trutohq/replace-placeholders; @truto/replace-placeholders 1.0.11 on
npm does not have it, and reads ``exp`` as a name and the rest as a type.
"""

from __future__ import annotations

from batchctl.patterns import lazy_regex
from batchctl.template import KNOWN_TYPES

_EXP = lazy_regex(r"\{\{\s*exp\s*:\s*([^{}|?]*)")

SENTENCE = "Truto has not released {{exp: …}} yet"
ADVICE = "write the expression as a string query or body, or in a transform"


def is_exp(text: str) -> bool:
    """Whether ``text``, all of a placeholder with its braces, is ``exp:`` with an expression after it.

    ``{{exp:int}}`` is not: it reads a key ``exp``.
    """
    found = _EXP.match(text)
    return found is not None and found[1].strip() not in KNOWN_TYPES

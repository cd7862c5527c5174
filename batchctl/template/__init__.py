"""``{{ … }}`` → value, as the service renders it. Knows nothing of YAML or batches.

The language is that of the npm package @truto/replace-placeholders 1.0.11: same paths, types and quirks.
A template is compiled once and rendered often.
"""

from __future__ import annotations

from batchctl.errors import TemplateError
from batchctl.javascript.values import UNDEFINED, to_text
from batchctl.template.casts import KNOWN_TYPES
from batchctl.template.lookalikes import Lookalike, find_lookalikes
from batchctl.template.path_syntax import parse_path
from batchctl.template.paths import is_plain_name
from batchctl.template.placeholders import Alternative, Evaluation
from batchctl.template.references import Partial, Reference, Rendering, WrittenCast
from batchctl.template.tree import Template
from batchctl.template.watching import Rounded, Watched, is_unconverted, worries

__all__ = [
    "KNOWN_TYPES",
    "UNDEFINED",
    "Alternative",
    "Evaluation",
    "Lookalike",
    "Partial",
    "Reference",
    "Rendering",
    "Rounded",
    "Template",
    "TemplateError",
    "Watched",
    "WrittenCast",
    "compile_template",
    "find_lookalikes",
    "is_plain_name",
    "is_unconverted",
    "parse_path",
    "render",
    "to_text",
    "worries",
]


def compile_template(template: object) -> Template:
    """A string, or an object or a list with strings in it, compiled so that it can be rendered often.

    Raises ``TemplateError`` where ``template`` is, outside of any object, something else (a number, null, true or
    false), or contains itself. A malformed path or an unknown type is an error only when it is rendered.
    """
    return Template(template)


def render(template: object, context: object) -> object:
    """A copy of ``template`` with its placeholders replaced by values from ``context``.

    ``context`` is the object that paths start in, such as ``{"args": …, "resources": …}``; anything else has no values.
    A placeholder without a value and a default stays as its text. The result is UNDEFINED (JavaScript's ``undefined``)
    where the whole template is one placeholder that has no value and ends with ``:undefined``.

    >>> render({"limit": "{{args.limit:int}}"}, {"args": {"limit": "10"}})
    {'limit': 10}

    Raises ``TemplateError`` for a template that the service would refuse, such as a placeholder with an unknown type.
    """
    return Template(template).render(context)

"""``resource`` is neither ``model/resource`` (Unified API) nor one name (Proxy API), or names the API once more.

Why:
    It becomes a part of the address: anything else leads to another address than the one that was meant, or to none.
    Its characters are percent-encoded on the way, so ``a%2Fb`` would arrive as ``a%252Fb``; a step ``..`` would lead
    elsewhere. ``proxy/contacts`` is no error but an info: it is the Unified resource ``contacts`` of a model ``proxy``.

Fails:
    resources:
      - resource: crm/contacts/notes
        method: list

Passes:
    resources:
      - resource: crm/contacts
        method: list

Fix:
    Write ``crm/contacts`` for the Unified API, ``block-children`` for the Proxy API.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from batchctl.diagnostics import Severity
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Request
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_EXAMPLES = 'write "crm/contacts" for the Unified API, or a name like "block-children" for the Proxy API'
_API = lazy_regex(r"/?(proxy|unified)/(.+)")
_DOTS = lazy_regex(r"(?:^|/)\.{1,2}(?:/|$)")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``resource`` that can't be part of a URL, or begins with the name of the API (``proxy/``)."""
    malformed = {node.index for node in subject.records.malformed}
    for node in subject.requests:
        if node.index in malformed:
            message, advice = _trouble(node)
            yield subject.finding(node, "resource", message, help=advice)
        elif node.resource.startswith(("proxy/", "unified/")):
            api, rest = node.resource.split("/", 1)
            yield subject.finding(
                node,
                "resource",
                f'"{node.resource}" goes to /unified/{node.resource}',
                help=f"write resource: {rest} for the Proxy API" if api == "proxy" else f"write the model: crm/{rest}",
                severity=Severity.INFO,
            )


def _trouble(node: Request) -> tuple[str, str]:
    written = node.resource
    named = _API.fullmatch(written)
    if "{{" in written:
        return "no placeholder is filled in in resource", "write one request for each resource, with run_if to choose"
    if _DOTS.search(written):
        return "a step of dots alone is no part of a resource", _EXAMPLES
    if "%" in written:
        return "resource is percent-encoded once more on its way", f"write {unquote(written)}"
    if "\\" in written:
        return "a backslash would be sent as %5C", f"write {written.replace(chr(92), '/')}"
    if named:
        return f"resource begins with the name of the API, {named[1]}", f"write resource: {named[2]}"
    return "resource is neither model/resource nor a single name", _EXAMPLES

"""Failures that whoever runs a definition accepts, beside those that it accepts itself with ``x-accept``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.diagnostics.spelling import suggestion
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from batchctl.definition.model import BatchDefinition

_WORD = re.compile(r"(?P<key>.+)=(?P<statuses>[45]\d\d(?:,[45]\d\d)*)")


def statuses_of(words: Iterable[str]) -> dict[str, frozenset[int]]:
    """``["contacts=404,409"]`` → ``{"contacts": {404, 409}}``. Raises ``UsageError``."""
    found: dict[str, frozenset[int]] = {}
    for word in words:
        match = _WORD.fullmatch(word)
        if match is None:
            raise UsageError(f"--accept {word} is not RESOURCE=STATUS", hint="for example --accept contacts=404,409")
        found[match["key"]] = found.get(match["key"], frozenset()) | frozenset(map(int, match["statuses"].split(",")))
    return found


def accepting(definition: BatchDefinition, accept: Mapping[str, Collection[int]]) -> BatchDefinition:
    """The definition whose requests accept these statuses, too. Raises ``UsageError`` for an unknown name."""
    requests = [node.key for node in definition.resources if isinstance(node, Request)]
    for key in accept:
        if key not in requests:
            hint = suggestion(key, requests) or f"known names: {', '.join(requests)}"
            raise UsageError(f'no request is called "{key}", whose failures are accepted', hint=hint)
    resources = tuple(
        replace(node, accept=node.accept | frozenset(accept.get(node.key, ()))) if isinstance(node, Request) else node
        for node in definition.resources
    )
    return replace(definition, resources=resources)

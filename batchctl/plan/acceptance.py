"""Failures that whoever runs a definition accepts, beside those that it accepts itself with ``x-accept``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.diagnostics.spelling import suggestion
from batchctl.errors import UsageError
from batchctl.patterns import lazy_regex
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from batchctl.definition.model import BatchDefinition, Resource

_WORD = lazy_regex(r"(?P<key>.+)=(?P<statuses>[45]\d\d(?:,[45]\d\d)*)")


def statuses_of(words: Iterable[str]) -> dict[str, frozenset[int]]:
    """The HTTP statuses by a request's key in values of ``--accept``.

    ``contacts=404,409`` → ``{"contacts": {404, 409}}``. Raises ``UsageError`` for a word of another form, and for a
    status that is not 4xx or 5xx.
    """
    found: dict[str, frozenset[int]] = {}
    for word in words:
        match = _WORD.fullmatch(word)
        if match is None:
            raise UsageError(f"--accept {word} is not RESOURCE=STATUS", hint="for example --accept contacts=404,409")
        found[match["key"]] = found.get(match["key"], frozenset()) | frozenset(map(int, match["statuses"].split(",")))
    return found


def words_of(accept: Mapping[str, Collection[int]]) -> tuple[str, ...]:
    """The statuses that ``accept`` has by a request's key, as values of ``--accept``: ``("contacts=404,409",)``.

    ``statuses_of`` reads this form.
    """
    return tuple(f"{key}={','.join(map(str, sorted(statuses)))}" for key, statuses in accept.items() if statuses)


def request_names(resources: Iterable[Resource]) -> list[str]:
    """The keys of the requests among ``resources``: only requests have calls that fail with a status."""
    return [node.key for node in resources if isinstance(node, Request)]


def refuse_unknown(accept: Iterable[str], known: Sequence[str]) -> None:
    """Raise ``UsageError`` for a name in ``accept`` that is none of the ``known`` names of requests."""
    for key in accept:
        if key not in known:
            hint = suggestion(key, known) or f"known names: {', '.join(known)}"
            raise UsageError(f'no request is called "{key}", whose failures are accepted', hint=hint)


def accepting(definition: BatchDefinition, accept: Mapping[str, Collection[int]]) -> BatchDefinition:
    """A copy of ``definition`` whose requests also accept the statuses that ``accept`` has for their names.

    Raises ``UsageError`` for a name that no request has.
    """
    refuse_unknown(accept, request_names(definition.resources))
    resources = tuple(
        replace(node, accept=node.accept | frozenset(accept.get(node.key, ()))) if isinstance(node, Request) else node
        for node in definition.resources
    )
    return replace(definition, resources=resources)

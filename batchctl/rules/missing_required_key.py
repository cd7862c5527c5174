"""A key is missing in ``query`` or ``body`` that the method requires, as ``capabilities.json`` says.

Why:
    Most services refuse such a call. Which keys a method requires is in the snapshot that
    ``batchctl capabilities pull`` writes, from the tools of the account. An expression in ``query`` or ``body`` is
    not looked at: only running it tells its keys. Here ``create`` of ``crm/contacts`` requires ``email``.

Fails:
    resources:
      - resource: crm/contacts
        method: create
        body: {name: Zoë}

Passes:
    resources:
      - resource: crm/contacts
        method: create
        body: {name: Zoë, email: zoe@example.com}

Fix:
    Add the key; where the service takes the call without: ``# batchctl: ignore[missing-required-key] reason``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics.spelling import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Request
    from batchctl.json_types import JsonObject
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every key of ``query`` or ``body`` that a method requires and its request does not have.

    What a method requires is in ``capabilities.json``, the snapshot of what the account offers.
    """
    for node, offered in subject.offered:
        required = offered.methods.get(node.method)
        if required is None:
            continue
        parts = _parts(node)
        everywhere = {key: value for part in parts.values() if part is not None for key, value in part.items()}
        for where, names in (("query", required.query), ("body", required.body)):
            part = parts[where]
            for name in names if part is not None else ():
                if not _is_there(node, name, part or {}):
                    yield _finding(subject, node, where, name, part or {}, offered.mark)
        if None not in parts.values():
            for name in required.either:
                if not _is_there(node, name, everywhere):
                    yield _finding(subject, node, "body" if node.is_write else "query", name, everywhere, offered.mark)


def _parts(node: Request) -> dict[str, JsonObject | None]:
    """Query and body; None for one whose keys only an expression knows."""
    parts = {"query": node.query, "body": node.body}
    return {where: None if isinstance(part, str) else part or {} for where, part in parts.items()}


def _is_there(node: Request, name: str, part: JsonObject) -> bool:
    return name in part or (name == "id" and node.id is not None) or name == "integrated_account_id"


def _finding(subject: Subject, node: Request, where: str, name: str, part: JsonObject, mark: str) -> Finding:
    similar = closest(name, tuple(part))
    return subject.finding(
        node,
        where if subject.has(node, where) else "method",
        f'{node.method} of {node.resource} requires "{name}" in its {where}{mark}',
        help=f'is "{similar}" meant to be "{name}"?' if similar else f"add it to {where}",
    )

"""Rows that a list has no more are deleted, and the list brings only what is new.

Why:
    ``delete_tracking`` takes every row that the run did not bring for one that the source has no more. Of a list that
    is filtered by date the run brings what changed, and all other rows are deleted or marked.

Fails:
    default_runtime_version: 4
    state_key: "contacts-{{args.account}}"
    args_schema: {account: {type: string}}
    resources:
      - {name: since, type: get_state, config: {key: last, default: "1970-01-01"}}
      - name: contacts
        resource: crm/contacts
        method: list
        depends_on: since
        integrated_account_id: "{{args.account}}"
        delete_tracking: hard
        query: {updated_at: {gt: "{{resources.since.value}}"}}
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}

Passes:
    default_runtime_version: 4
    args_schema: {account: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
        delete_tracking: hard
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}

Fix:
    Fetch the whole list, in a job of its own that runs less often, and leave ``delete_tracking`` out of the one that
    fetches what is new.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.plan.reads import reads_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.json_types import JsonValue
    from batchctl.plan.reads import Segments
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})
_COMPARING = frozenset({"gt", "gte", "lt", "lte"})


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every list with ``delete_tracking`` whose query is a filter for what is new.

    That is one with a comparison (``updated_at: {gt: …}``), or one that reads a state or the date of the last run.
    """
    tracked = [node for node in subject.requests if node.delete_tracking in ("hard", "soft")]
    if not tracked:
        return
    incremental = _reading_a_state(subject)
    for node in tracked:
        if node.key in incremental or _compares(node.query):
            verb = "deleted" if node.delete_tracking == "hard" else "marked as deleted"
            yield subject.finding(
                node,
                "delete_tracking",
                f"the list is filtered, and rows that it does not bring because nothing changed are {verb}",
                help="fetch the whole list, or leave delete_tracking out",
            )


def _reading_a_state(subject: Subject) -> set[str]:
    """The requests that read what an earlier run kept."""
    states = [node for node in subject.resources if node.kind == "get_state"]

    def reads_state(segments: Segments) -> bool:
        return segments[:1] == ("previous_run_date",) or any(reads_node(segments, state) for state in states)

    found = {node.key for node, read in subject.placeholders.reads if reads_state(read.segments)}
    for node, steps, analysis in subject.expressions.analyses:
        if steps[:1] == ("query",) and any(reads_state(path.segments) for path in analysis.paths):
            found.add(node.key)
    return found


def _compares(query: object) -> bool:
    """Whether a field of the query is compared: ``updated_at: {gt: …}``."""
    fields: list[JsonValue] = list(query.values()) if isinstance(query, dict) else []
    return any(isinstance(field, dict) and not _COMPARING.isdisjoint(field) for field in fields)

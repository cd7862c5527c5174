"""Definitions to start from, each with the records that it runs over."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from batchctl.authoring.sync_template import ACCOUNT, CONTACTS, SYNC_JOB

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = """\
# batchctl validate says what is wrong and where, dry-run shows every request before anything is sent,
# run --local runs it over the records in fixtures/, and run on Truto, with a token in TRUTO_API_TOKEN.
# batchctl schema prints the schema with which editors complete keys.
name: {title}

# The account whose data it is. --account takes its place.
integrated_account_id: ${{TRUTO_ACCOUNT_ID:-00000000-0000-4000-8000-000000000000}}

"""
_CONTACTS = (
    '[\n  {"id": "c-1", "first_name": "Noor", "last_name": "Grünwald"},\n'
    '  {"id": "c-2", "first_name": "Kofi", "last_name": "Björk"}\n]\n'
)
_NOTES = '[\n  {"id": "n-1", "contact_id": "c-1", "text": "Called back"}\n]\n'
_BLOCKS = (
    '[\n  {"id": "b-1", "block_id": "page-1", "has_children": true, "text": "Agenda"},\n'
    '  {"id": "b-2", "block_id": "b-1", "has_children": false, "text": "Budget"},\n'
    '  {"id": "b-3", "block_id": "page-1", "has_children": false, "text": "Minutes"}\n]\n'
)

_PART = """\
# A part of other definitions: it needs no account, and what it lacks is theirs.
args:
  page_size: 25

resources:
  - name: contacts
    resource: crm/contacts
    method: list
    query:
      limit: "{{args.page_size:int}}"
"""


class Template(NamedTuple):
    """A definition to start from, with the records that it runs over.

    ``about`` describes it in a phrase; ``text`` is the definition in YAML, for ``str.format`` with ``title``.
    ``fixtures`` are the contents of fixture files by their path below ``fixtures/``, ``parts`` those of files that the
    definition includes, by their path below its folder.
    """

    about: str
    text: str
    fixtures: dict[str, str]
    parts: Mapping[str, str] = MappingProxyType({})


TEMPLATES = {
    "list": Template(
        "a list, and a second one for each of its records",
        _HEAD
        + """\
# Values for {{{{args.…}}}}; --arg page_size:=50 takes their place.
args:
  page_size: 25

resources:
  # A request: model/resource is the Unified API, a single name the Proxy API.
  - name: contacts
    resource: crm/contacts
    method: list
    query:
      limit: "{{{{args.page_size:int}}}}"

  # It reads the records of contacts, so it runs once for each of them.
  - name: notes
    resource: crm/notes
    method: list
    depends_on: contacts
    query:
      contact_id: "{{{{resources.crm.contacts.id}}}}"
""",
        {"unified/crm/contacts.json": _CONTACTS, "unified/crm/notes.json": _NOTES},
    ),
    "loop": Template(
        "one request per element of a list that is given",
        _HEAD
        + """\
# The list that is looped over; --arg 'contact_ids:=["c-2"]' takes its place.
args:
  contact_ids: [c-1, c-2]

resources:
  # Inside of the loop, args.contact_ids is one element.
  - name: contacts
    resource: crm/contacts
    method: get
    id: "{{{{args.contact_ids}}}}"
    loop_on: args.contact_ids
""",
        {"unified/crm/contacts.json": _CONTACTS},
    ),
    "recursion": Template(
        "a tree of records, whatever its depth, and a text made of all of them",
        _HEAD
        + """\
args:
  page_id: page-1

resources:
  # Repeated for every record that has children, with the record's id in the query.
  - name: blocks
    resource: block-children
    method: list
    query:
      block_id: "{{{{args.page_id}}}}"
    recurse:
      if: "{{{{resources.block-children.has_children:bool}}}}"
      config:
        query:
          block_id: "{{{{resources.block-children.id}}}}"

  # It waits for all blocks, and hands them on at once.
  - name: all-blocks
    type: spool
    depends_on: blocks

  # JSONata; a name with a hyphen is in backticks.
  - name: text
    type: transform
    depends_on: all-blocks
    config:
      expression: |
        $join(resources.`block-children`.text, "\\n")
    persist: true
""",
        {"proxy/block-children.json": _BLOCKS},
    ),
    "include": Template(
        "a request that several definitions share, in a file of its own",
        _HEAD
        + """\
# Its resources and arguments are part of this batch; what this file says itself wins.
include: shared/contacts.part.yaml

args:
  page_size: 10

resources:
  - name: notes
    resource: crm/notes
    method: list
    depends_on: contacts
    query:
      contact_id: "{{{{resources.crm.contacts.id}}}}"
""",
        {"unified/crm/contacts.json": _CONTACTS, "unified/crm/notes.json": _NOTES},
        {"shared/contacts.part.yaml": _PART},
    ),
    "write": Template(
        "a record that is created, and one that is updated",
        _HEAD
        + """\
# batchctl asks before it sends anything that deletes; dry-run marks every request that writes.
args:
  first_name: Zoë
  contact_id: c-1
  # Null or missing fields are not sent with :undefined.
  phone: "+49 30 901820"

resources:
  - name: new-contact
    resource: crm/contacts
    method: create
    body:
      first_name: "{{{{args.first_name}}}}"
      phone: "{{{{args.phone:undefined}}}}"

  - name: renamed-contact
    resource: crm/contacts
    method: update
    id: "{{{{args.contact_id}}}}"
    depends_on: new-contact
    body:
      first_name: "{{{{args.first_name}}}}"
""",
        {"unified/crm/contacts.json": _CONTACTS},
    ),
    "sync": Template(
        "a sync job that fetches what has changed since its last run",
        SYNC_JOB,
        {"unified/crm/contacts.json": CONTACTS, "account.yaml": ACCOUNT},
    ),
}

"""The sync job to start from: incremental, with a state, a webhook, and records to run it over."""

from __future__ import annotations

CONTACTS = """\
[
  {"id": "c-1", "first_name": "Ada", "last_name": "Okafor", "updated_at": "2024-03-01T09:00:00.000Z"},
  {"id": "c-2", "first_name": "Bo", "last_name": "Lindqvist", "updated_at": "2024-03-02T10:30:00.000Z"},
  {"id": "c-3", "first_name": "Chandra", "last_name": "Rao", "updated_at": "2024-03-04T08:15:00.000Z"}
]
"""
ACCOUNT = """\
# The account as Truto knows it: its tenant and the keys of its context, which placeholders read by name.
id: 00000000-0000-4000-8000-000000000000
tenant_id: acme
"""

SYNC_JOB = """\
# batchctl validate says what is wrong and where, dry-run shows every request and what each destination gets,
# sync runs it here over the records in fixtures/, sync push brings it to Truto.
# batchctl schema sync-job prints the schema with which editors complete keys.
kind: sync-job
label: {title}
# Empty: the job is for accounts of any integration.
integration_name: ""
default_runtime_version: 4

# Each run names its arguments: --arg account=ID.
args_schema:
  account:
    type: string
    format: integrated_account_id
    required: true
    description: Whose contacts
  webhook:
    type: string
    format: webhook_id
    description: Who gets them; without one only the rows are written
# Arguments for runs on this machine; --arg takes their place.
args:
  account: ${{TRUTO_ACCOUNT_ID:-00000000-0000-4000-8000-000000000000}}

# Of the runs for one account one is at work at a time, and they share what state nodes keep.
mutex_key: "contacts-{{{{args.account}}}}"
state_key: "contacts-{{{{args.account}}}}"

resources:
  # What the last complete run kept, or the default.
  - name: since
    type: get_state
    config:
      key: last_synced_at
      default: "1970-01-01T00:00:00.000Z"

  # Only what has changed since then.
  - name: contacts
    resource: crm/contacts
    method: list
    depends_on: since
    query:
      updated_at:
        gt: "{{{{resources.since.value}}}}"
    integrated_account_id: "{{{{args.account}}}}"

  # Takes the place of the records that it was made from, in the destinations too.
  - name: names
    type: transform
    depends_on: contacts
    config:
      expression: |
        resources.crm.contacts.{{ "id": id, "name": first_name & " " & last_name, "updated_at": updated_at }}

  # Each page, one after the other: the next only when the receiver has answered.
  - name: hook
    type: destination
    run_if: "$exists(args.webhook)"
    config:
      id: "{{{{args.webhook?:none}}}}"
    destination_type: webhook
    resources_to_persist: [names]
  - name: rows
    type: destination
    destination_type: superquery
    resources_to_persist: [contacts]

  # Behind the end without an error, so that what failed is fetched again by the next run.
  - name: done
    type: event
    config:
      name: complete
  - name: remember
    type: update_state
    depends_on: done
    config:
      key: last_synced_at
      value_expression: $sort(resources.crm.contacts.updated_at)[-1]
"""

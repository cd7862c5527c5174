"""``sync --each --on local:N`` over fixtures: each account has its own, and a mutex of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from fleet.processes import account, environment

if TYPE_CHECKING:
    from pathlib import Path

JOB = """
label: Contacts of all
default_runtime_version: 4
mutex_key: "contacts-{{args.account}}"
args_schema:
  account: {type: string, format: integrated_account_id, required: true}
resources:
  - {name: contacts, resource: crm/contacts, method: list, integrated_account_id: "{{args.account}}"}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
"""


def test_rows_over_fixtures_under_a_mutex(tmp_path: Path) -> None:
    for number in (1, 2):
        place = tmp_path / "fixtures" / "accounts" / account(number)
        (place / "unified" / "crm").mkdir(parents=True)
        (place / "account.yaml").write_text(f"id: {account(number)}\n", "utf-8")
        contacts = [{"id": f"{each}"} for each in range(number)]
        (place / "unified" / "crm" / "contacts.json").write_text(json.dumps(contacts), "utf-8")
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    (tmp_path / "rows.csv").write_text(f"account\n{account(1)}\n{account(2)}\n", "utf-8")
    words = ("job.yaml", "--each", "rows.csv", "--to", "sqlite:all.db", "--on", "local:1", "-o", "ndjson")
    done = subprocess.run(
        [sys.executable, "-m", "batchctl", "sync", *words],
        cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["account"], each["run"]["resource_stats"]["contacts"]["list"]["fetched"]) for each in told] == [
        (account(1), 1),
        (account(2), 2),
    ]

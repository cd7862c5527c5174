"""``run --each``: a batch per row of a table, over fixtures."""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.frame import Aim, Growth, Row, as_process, batchctl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.frame import Contenders

RECORDS = 10_000
SIZES = (100, 1_000, 10_000)
DEFINITION = """
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: contact, resource: crm/contacts, method: get, id: "{{args.id}}"}
"""


def _run(folder: Path, rows: int) -> dict[str, float]:
    table = folder / f"{rows}.csv"
    if not table.exists():
        table.write_text("id\n" + "".join(f"c-{number}\n" for number in range(rows)))
    command = batchctl("run", str(folder / "batch.yaml"), "--local", "--each", str(table), "-o", "ndjson", "-q")
    with tempfile.TemporaryDirectory() as state:
        taken = as_process(command, env={"BATCHCTL_STATE_DIR": state})
    return {**taken, "cpu_ms_per_row": taken["cpu_s"] * 1000 / rows}


@contextmanager
def opened() -> Iterator[Contenders]:
    """One ``get`` per row of tables of several lengths."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "batch.yaml").write_text(DEFINITION)
        (folder / "fixtures/unified/crm").mkdir(parents=True)
        contacts = [{"id": f"c-{number}", "name": f"contact {number}"} for number in range(RECORDS)]
        (folder / "fixtures/unified/crm/contacts.json").write_text(json.dumps(contacts))
        yield {f"{rows:,}": partial(_run, folder, rows) for rows in SIZES}


ROWS = [
    Row(
        "each",
        f"run --each, a call per row over {RECORDS:,} records",
        opened,
        (
            Aim("cpu_ms_per_row", f"{SIZES[-1]:,}", at_most=1.0),
            Aim("peak_mib", f"{SIZES[-1]:,}", at_most=150),
            Growth("cpu_s", {f"{rows:,}": rows for rows in SIZES[1:]}),
        ),
        rounds=1,
        warm_up=False,
    ),
]

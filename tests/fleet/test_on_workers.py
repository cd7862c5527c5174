"""Rows on real workers: limits that all share, secrets that nobody sees, the same results as in one process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from postgres import postgres

from fleet.api import contacts
from fleet.processes import TOKEN, account, cluster, run, write_files

READS = """\
integrated_account_id: 00000000-0000-4000-8000-000000000000
args: {ids: []}
resources:
  - {name: seen, resource: crm/contacts, method: get, loop_on: args.ids, id: "{{args.ids}}"}
"""


def write_reads(folder: Path, rows: list[tuple[int, int]]) -> None:
    """A definition that only reads, and rows of an account and how many calls it makes."""
    (folder / "a.yaml").write_text(READS, "utf-8")
    lines = [json.dumps({"account": account(number), "ids": [*range(1, calls + 1)]}) for number, calls in rows]
    (folder / "rows.ndjson").write_text("\n".join(lines), "utf-8")


def most_in(times: list[float], span_s: float) -> int:
    """The most that happened in any span of so many seconds."""
    return max(sum(1 for each in times if start <= each < start + span_s) for start in times)


def test_limits_hold_for_all_workers_together(tmp_path: Path) -> None:
    # Two rows per account, so that two workers share each; 32 calls in all, 8 per 10 s.
    write_reads(tmp_path, [(1, 4), (2, 4), (1, 4), (2, 4)])
    with contacts() as api:
        options = ("--each", "rows.ndjson", "--on", "local:2", "--parallel", "2", "--rate-limit", "6,9")
        done = run(tmp_path, api.url, *options, each=False)
        assert done.returncode == 0, done.stderr
        assert len(api.sent) == 16
        # Less than the window: on a busy machine two calls arrive closer than they were sent.
        assert most_in([at for at, _, _ in api.sent], 6) <= 9
        for number in (1, 2):
            assert most_in([at for at, who, _ in api.sent if who == account(number)], 6) <= 6


def test_a_429_of_one_worker_holds_back_the_others(tmp_path: Path) -> None:
    write_reads(tmp_path, [(1, 30)] * 6)
    with contacts() as api:
        api.slow_s = 0.01
        api.busy = {account(1)}
        options = ("--each", "rows.ndjson", "--on", "local:2", "--parallel", "1", "--concurrency", "1")
        done = run(tmp_path, api.url, *options, each=False)
        assert done.returncode == 0, done.stderr
        times = sorted(at for at, _, _ in api.sent)
        # The first call of all is told to wait 8 s: nobody sends any more within a fraction of a second, or of a few
        # on a machine where what was sent arrives late.
        quiet_from, quiet_until = times[0] + 4, times[0] + 7.9
        assert [at for at in times if quiet_from < at < quiet_until] == []
        assert len(times) == 6 * 30 + 1


def test_results_are_those_of_one_process(tmp_path: Path) -> None:
    write_files(tmp_path, 6)
    outputs = []
    for options in ((), ("--on", "local:2"), ("--on", "local:1", "--store", "elsewhere")):
        with contacts() as api:
            done = run(tmp_path, api.url, *options, "--report-json", "r.json", "--report-junit", "r.xml")
            assert done.returncode == 0, done.stderr
            report = json.loads((tmp_path / "r.json").read_text())
            calls = [[call["path"] for call in row["calls"]] for row in report["rows"]]
            outputs.append((done.stdout, calls, (tmp_path / "r.xml").read_text().count("<testsuite ")))
    assert outputs[1] == outputs[0]
    assert outputs[2] == outputs[0]


def test_rows_that_fail_and_rows_that_can_not_run(tmp_path: Path) -> None:
    write_files(tmp_path, 3)
    with contacts() as api:
        api.slow_s = 2
        slow = run(tmp_path, api.url, "--on", "local:1", "--retries", "0", "--call-timeout", "0.3", "-o", "json")
    assert slow.returncode == 3
    rows = json.loads(slow.stdout)
    assert [list(row["errors"]) for row in rows] == [["seen", "first", "second"]] * 3
    assert "3 rows: seen" in slow.stderr


def test_no_secret_is_where_others_read(tmp_path: Path) -> None:
    write_files(tmp_path, 4)
    rows = (tmp_path / "rows.csv").read_text().splitlines()
    text = (tmp_path / "a.yaml").read_text().replace("{n: none}", "{n: none, api_key: x}")
    (tmp_path / "a.yaml").write_text(text.replace('"{{args.n}} a"', '"{{args.n}} {{args.api_key}}"'))
    marked = [f"{rows[0]},api_key", *(f"{row},row-secret-of-{number}-0123" for number, row in enumerate(rows[1:]))]
    (tmp_path / "rows.csv").write_text("\n".join(marked) + "\n")
    with contacts() as api, cluster(tmp_path, debug=True) as (address, _, _):
        done = run(tmp_path, api.url, "--on", address, "--store", "store")
        assert done.returncode == 0, done.stderr
        assert api.tokens == {f"Bearer {TOKEN}"}
    # What the service answered is in the result, and it is whole.
    assert done.stdout.count("row-secret-of-1-0123") == 2
    log = (tmp_path / "cluster.log").read_text()
    # The log of a scheduler that shows every message, names of tasks included.
    assert "Message from" in log
    assert "batchctl-" in log
    texts = {"log": log, "stderr": done.stderr}
    texts |= {
        str(path): path.read_text("utf-8", "replace") for path in (tmp_path / "store").rglob("*") if path.is_file()
    }
    assert len(texts) > 4
    for secret in (TOKEN, "row-secret-of-1-0123"):
        assert [where for where, text in texts.items() if secret in text] == []
    databases = [path.read_bytes() for path in tmp_path.rglob("run.db")]
    assert databases
    assert not any(TOKEN.encode() in data for data in databases)


def test_a_store_in_postgresql(tmp_path: Path) -> None:
    write_files(tmp_path, 3)
    with postgres() as url, contacts() as api:
        done = run(tmp_path, api.url, "--on", "local:2", "--store", url)
        assert done.returncode == 0, done.stderr
        known = re.findall(r"^run (\S+)$", done.stderr, re.MULTILINE)[0]
        again = run(tmp_path, api.url, "--on", "local:2", "--store", url, "--resume", known)
        assert (again.returncode, again.stdout) == (0, done.stdout)
        assert set(api.made.values()) == {1}
        assert "pass-of-the-test" not in done.stderr + again.stderr


def test_options_that_do_not_go_together(tmp_path: Path) -> None:
    write_files(tmp_path, 1)
    for options, said in (
        (("--store", "x"), "--store goes with --on"),
        (("--on", "dask://10.0.0.7:8786"), "the token would travel unencrypted"),
        (("--on", "tls://10.0.0.7:8786"), "workers on other machines need a store"),
        (("--on", "nowhere"), "names no workers"),
    ):
        done = run(tmp_path, "http://127.0.0.1:1", *options)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr


def test_without_dask_nothing_begins(tmp_path: Path) -> None:
    write_files(tmp_path, 2)
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "sys.argv = ['batchctl', 'run', 'a.yaml', '--each', 'rows.csv', '--local', '--on', 'local:2']\n"
        "from batchctl.__main__ import main\n"
        "main()"
    )
    environment = {**os.environ, "BATCHCTL_STATE_DIR": str(tmp_path / "state")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, env=environment, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: --on needs Dask\n  hint: pip install 'batchctl[fleet]'\n"
    assert not (tmp_path / "state").exists()


def test_a_store_that_can_not_be_used_is_found_before_workers_are_looked_for(tmp_path: Path) -> None:
    write_files(tmp_path, 2)
    (tmp_path / "file").touch()
    done = run(
        tmp_path, "http://127.0.0.1:9", "--on", "dask://127.0.0.1:9", "--store", str(tmp_path / "file" / "store")
    )
    assert done.returncode == 2
    assert re.search(r"^error: can't use the store .*: not a directory$", done.stderr, re.MULTILINE), done.stderr
    assert "batchctl[fleet]" not in done.stderr


@pytest.mark.parametrize(
    ("named", "said"), [(None, "names no certificates"), ("none.pem", "can't use the certificates")]
)
def test_tls_without_certificates_is_an_error_of_use(tmp_path: Path, named: str | None, said: str) -> None:
    write_files(tmp_path, 2)
    files = {
        f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(tmp_path / named) for name in ("CA_FILE", "CLIENT__CERT") if named
    }
    done = run(tmp_path, "http://127.0.0.1:9", "--on", "tls://127.0.0.1:9", more=files)
    assert done.returncode == 2, done.stderr
    assert "error: --on tls://127.0.0.1:9: " in done.stderr
    assert said in done.stderr

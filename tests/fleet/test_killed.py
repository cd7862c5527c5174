"""Whatever is killed in the middle of writes: the result is that of an undisturbed run, and no write is made twice."""

import os
import re
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from fleet.api import Contacts, contacts
from fleet.bucket import bucket, google_bucket
from fleet.processes import account, cluster, command, run, started, until, workers_of, write_files

ROWS, TWINS = 24, 3
FAST = ("--parallel", "2", "--retries", "2")


def expected() -> Counter[tuple[str, str]]:
    made: Counter[tuple[str, str]] = Counter()
    for number in [*range(1, ROWS + 1), *range(1, TWINS + 1)]:
        made[account(number), f"row-{number} a"] += 1
        made[account(number), f"row-{number} b"] += 1
    return made


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the run gives in one process, where nothing goes wrong."""
    folder = write_files(tmp_path_factory.mktemp("undisturbed"), ROWS, twins=TWINS)
    with contacts() as api:
        done = run(folder, api.url, *FAST)
        assert done.returncode == 0, done.stderr
        # Two equal rows that write write twice.
        assert api.made == expected()
    return done.stdout


def run_id(folder: Path) -> str:
    found: str = re.findall(r"^run (\S+)$", (folder / "stderr").read_text(), re.MULTILINE)[0]
    return found


def wrote(api: Contacts, count: int) -> None:
    until(lambda: sum(api.made.values()) >= count)


def test_the_workers(tmp_path: Path, undisturbed: str) -> None:
    write_files(tmp_path, ROWS, twins=TWINS)
    with contacts() as api:
        api.slow_s = 0.05
        with started(tmp_path, command(api.url, *FAST, "--on", "local:2")) as process:
            for count in (5, 20):
                wrote(api, count)
                os.kill(workers_of(process)[0], signal.SIGKILL)
            assert process.wait(200) == 0, (tmp_path / "stderr").read_text()
        assert (tmp_path / "stdout").read_text() == undisturbed
        assert api.made == expected()


@pytest.mark.parametrize("place", [bucket, google_bucket], ids=["s3", "gs"])
def test_a_worker_whose_rows_are_in_a_bucket(
    tmp_path: Path, undisturbed: str, place: Callable[[], AbstractContextManager[str]]
) -> None:
    write_files(tmp_path, ROWS, twins=TWINS)
    with place() as store, contacts() as api:
        api.slow_s = 0.05
        with started(tmp_path, command(api.url, *FAST, "--on", "local:2", "--store", store)) as process:
            wrote(api, 5)
            os.kill(workers_of(process)[0], signal.SIGKILL)
            wrote(api, 20)
            process.kill()
            process.wait()
        done = run(tmp_path, api.url, *FAST, "--resume", run_id(tmp_path), file=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout == undisturbed
        assert api.made == expected()
        # The secrets of the bucket are the machine's: nothing of them is kept.
        kept = [path for path in tmp_path.rglob("*") if path.is_file() and b"made-up-for" in path.read_bytes()]
        assert kept == []


def test_the_client(tmp_path: Path, undisturbed: str) -> None:
    write_files(tmp_path, ROWS, twins=TWINS)
    with contacts() as api:
        api.slow_s = 0.05
        with started(tmp_path, command(api.url, *FAST, "--on", "local:2")) as process:
            wrote(api, 12)
            process.kill()
            process.wait()
        before = sum(api.made.values())
        assert before < sum(expected().values())
        # A run that is resumed knows on which workers it ran, and where their rows are kept.
        done = run(tmp_path, api.url, *FAST, "--resume", run_id(tmp_path), file=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout == undisturbed
        assert api.made == expected()


def test_the_scheduler(tmp_path: Path, undisturbed: str) -> None:
    write_files(tmp_path, ROWS, twins=TWINS)
    store = str(tmp_path / "store")
    with contacts() as api:
        api.slow_s = 0.05
        with (
            cluster(tmp_path) as (address, scheduler, _),
            started(tmp_path, command(api.url, *FAST, "--on", address, "--store", store)) as process,
        ):
            wrote(api, 12)
            scheduler.kill()
            assert process.wait(120) == 4, (tmp_path / "stderr").read_text()
        said = (tmp_path / "stderr").read_text()
        assert "the connection to the workers' scheduler was lost" in said
        assert f"to resume: batchctl run --resume {run_id(tmp_path)}" in said
        with cluster(tmp_path) as (address, _, _):
            options = ("--on", address, "--store", store, "--resume", run_id(tmp_path))
            done = run(tmp_path, api.url, *FAST, *options)
        assert done.returncode == 0, done.stderr
        assert done.stdout == undisturbed
        assert api.made == expected()


def test_a_worker_of_another_cluster(tmp_path: Path, undisturbed: str) -> None:
    write_files(tmp_path, ROWS, twins=TWINS)
    with contacts() as api:
        api.slow_s = 0.05
        with (
            cluster(tmp_path, workers=3) as (address, _, workers),
            started(tmp_path, command(api.url, *FAST, "--on", address, "--store", "store")) as process,
        ):
            wrote(api, 5)
            os.killpg(workers[0].pid, signal.SIGKILL)
            wrote(api, 20)
            os.killpg(workers[1].pid, signal.SIGKILL)
            assert process.wait(200) == 0, (tmp_path / "stderr").read_text()
        assert (tmp_path / "stdout").read_text() == undisturbed
        assert api.made == expected()
        assert "token-of-the-fleet" not in (tmp_path / "cluster.log").read_text()


def test_nobody_at_the_address(tmp_path: Path) -> None:
    write_files(tmp_path, 1)
    done = run(tmp_path, "http://127.0.0.1:1", "--on", "dask://127.0.0.1:9", "--store", "store")
    assert (done.returncode, done.stdout) == (4, "")
    assert "no scheduler with workers answers at dask://127.0.0.1:9" in done.stderr


def test_a_run_on_workers_is_not_resumed_without_them(tmp_path: Path) -> None:
    write_files(tmp_path, 2)
    with contacts() as api:
        first = run(tmp_path, api.url, "--on", "local:1")
        assert first.returncode == 0, first.stderr
        known = re.findall(r"^run (\S+)$", first.stderr, re.MULTILINE)[0]
        refused = run(tmp_path, api.url, "--resume", known)
        assert refused.returncode == 2
        assert "was spread over workers" in refused.stderr
        again = run(tmp_path, api.url, "--resume", known, "--on", "local:1")
        assert (again.returncode, again.stdout) == (0, first.stdout)
        assert set(api.made.values()) == {1}


def test_ctrl_c_reaches_all_processes_of_a_terminal(tmp_path: Path) -> None:
    """The command ends its workers; they say nothing of their own."""
    write_files(tmp_path, ROWS, twins=TWINS)
    with contacts() as api:
        api.slow_s = 0.2
        with started(tmp_path, command(api.url, *FAST, "--on", "local:2")) as process:
            wrote(api, 4)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(120) == 130, (tmp_path / "stderr").read_text()
        said = (tmp_path / "stderr").read_text()
        assert "batchctl run --resume" in said
        assert "Traceback" not in said
        assert "KeyboardInterrupt" not in said

"""Whatever is full, cut off or mixed up: what came back is somewhere, and no input is overwritten."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from recording_service import TOKEN, served
from scripted_api import answer, scripted
from test_run_direct import FILE, ROOT, call, serving, start

from batchctl import Answers

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full and tmpfs are Linux's")
FORMATS = ["tree", "json", "ndjson", "yaml", "csv", "table"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(FILE, "utf-8")
    records = tmp_path / "fixtures" / "unified" / "crm"
    records.mkdir(parents=True)
    (records / "contacts.json").write_text(json.dumps([{"id": f"c-{number}"} for number in range(12)]), "utf-8")
    notes = [{"id": f"n-{number}", "contact_id": f"c-{number % 12}", "text": "é" * 900} for number in range(60)]
    (records / "notes.json").write_text(json.dumps(notes), "utf-8")
    return tmp_path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("a file system can't be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def shell(folder: Path, command: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(folder), "PATH": os.environ["PATH"], **more}
    line = command.replace("batchctl", f"{shlex.quote(sys.executable)} -m batchctl", 1)
    return subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize(
    "options",
    [
        "--out a.yaml",
        "--out ./a.yaml",
        "--out link.yaml",
        "--report-json a.yaml",
        "--args-file args.yaml --out args.yaml",
        "--env-file .env --report-html .env",
        "--each rows.csv --out rows.csv -o ndjson",
        "--arg title=@.env --allow-unused --out .env",
        "--local --out fixtures/unified/crm/contacts.json",
        "--local --out fixtures/unified/crm/",
        "--out same.json --report-json same.json",
        "--report-junit x.xml --report-html x.xml",
    ],
)
def test_an_output_is_neither_an_input_nor_another_output(folder: Path, options: str) -> None:
    (folder / "args.yaml").write_text("size: 4\n", "utf-8")
    (folder / ".env").write_text("A=1\n", "utf-8")
    (folder / "rows.csv").write_text("size\n4\n", "utf-8")
    (folder / "link.yaml").symlink_to("a.yaml")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = shell(folder, f"batchctl run a.yaml --local {options}")
    assert (done.returncode, done.stdout) == (2, "")
    assert ", too" in done.stderr
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@LINUX
@pytest.mark.parametrize("output", FORMATS)
def test_a_full_stdout_loses_no_result(folder: Path, output: str) -> None:
    done = shell(folder, f"batchctl run a.yaml --local -o {output} > /dev/full", TMPDIR=str(folder))
    assert done.returncode == 2
    assert "no space left on device" in done.stderr
    saved = re.search(r"the result is in (\S+)", done.stderr)
    assert saved
    assert len(json.loads(Path(saved[1]).read_text("utf-8"))["result"]["notes"]) == 60


@LINUX
@pytest.mark.parametrize("command", ["validate a.yaml --format json", "dry-run a.yaml", "runs", "rules", "run --help"])
def test_a_full_stdout_is_no_bug(folder: Path, command: str) -> None:
    (folder / "a.yaml").write_text(FILE.replace("list", "lists", 1), "utf-8") if "validate" in command else None
    done = shell(
        folder, f"batchctl {command} -q > /dev/full" if command.startswith("dry") else f"batchctl {command} > /dev/full"
    )
    assert done.returncode in (0, 2)
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("options", [*(f"-o {output}" for output in FORMATS), "--out r.yaml", "--report-html r.html"])
def test_a_result_too_deep_for_a_format_is_no_bug_and_not_lost(folder: Path, options: str) -> None:
    depth = 600
    deep = '{"id": 1, "x": ' + '{"a":' * depth + "1" + "}" * depth + "}"
    with scripted(answer(raw=b'{"result": {"crm/contacts": [%b], "notes": []}}' % deep.encode())) as api:
        command = f"batchctl run a.yaml {options} --api-url {api.url}"
        done = shell(folder, command, TMPDIR=str(folder), TRUTO_API_TOKEN=TOKEN)
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr
    # How deep is too deep differs between versions of Python; JSON is laid out as text, without going down.
    assert done.returncode == 0 if "json" in options else done.returncode in (0, 2)
    if "yaml" in options or done.returncode == 2:
        assert (done.returncode, "nests too deep" in done.stderr) == (2, True)
        saved = re.search(r"the result is in (\S+)", done.stderr)
        assert saved
        assert deep.count("{") < Path(saved[1]).read_text("utf-8").count("{")


@pytest.mark.skipif("COVERAGE_PROCESS_START" in os.environ, reason="what measures coverage uses up levels of recursion")
@pytest.mark.parametrize("options", ["-o yaml", "--out rows/ -o yaml", "-o json"])
def test_rows_too_deep_for_a_format_are_no_bug(folder: Path, options: str) -> None:
    (folder / "rows.csv").write_text("size\n4\n", "utf-8")
    deep = '{"id": 1, "x": ' + '{"a":' * 600 + "1" + "}" * 600 + "}"
    with scripted(answer(raw=b'{"result": {"crm/contacts": [%b], "notes": []}}' % deep.encode())) as api:
        command = f"batchctl run a.yaml --each rows.csv {options} --api-url {api.url}"
        done = shell(folder, command, TMPDIR=str(folder), TRUTO_API_TOKEN=TOKEN)
        found = re.search(r"^run (\S+)", done.stderr, re.MULTILINE)
        assert found
        resumed = f"batchctl run --resume {found[1]} -o ndjson --api-url {api.url}"
        again = shell(folder, resumed, TRUTO_API_TOKEN=TOKEN)
        assert len(api.asked) == 1
    assert done.returncode == (0 if "json" in options else 2)
    assert ("nests too deep" in done.stderr) is ("json" not in options)
    assert again.stdout.count('{"a":') == 600


@LINUX
def test_a_full_disk_under_out_loses_no_result(folder: Path, small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * 120_000)
    done = shell(folder, f"batchctl run a.yaml --local --out {small_disk}/r.json", TMPDIR=str(folder))
    assert done.returncode == 2
    saved = re.search(r"the result is in (\S+)", done.stderr)
    assert saved
    assert len(json.loads(Path(saved[1]).read_text("utf-8"))["result"]["notes"]) == 60
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


@LINUX
@pytest.mark.parametrize("mode", [[], ["--direct"]])
def test_a_full_state_folder_loses_no_result(folder: Path, small_disk: Path, mode: list[str]) -> None:
    big: dict[str, Any] = {
        "crm/contacts": [{"id": f"c-{number}", "text": "x" * 4000} for number in range(60)],
        "crm/notes": [],
    }
    (folder / "a.yaml").write_text(FILE.partition("  - name: notes")[0], "utf-8")
    with served(Answers(big)) as service:
        command = ["run", "a.yaml", "-o", "json", "--api-url", service.url, *mode]
        done = subprocess.run(
            [sys.executable, "-m", "batchctl", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={
                "PYTHONPATH": str(ROOT),
                "HOME": str(folder),
                "TMPDIR": str(folder),
                "BATCHCTL_STATE_DIR": str(small_disk),
                "TRUTO_API_TOKEN": TOKEN,
            },
        )
    assert "Traceback" not in done.stderr
    assert done.returncode != 70
    listed = shell(folder, "batchctl runs -o json", BATCHCTL_STATE_DIR=str(small_disk))
    assert [run["outcome"] for run in json.loads(listed.stdout)["runs"]] != ["running"]
    if not mode:
        assert done.returncode == 0
        assert len(json.loads(done.stdout)["result"]["crm/contacts"]) == 60
        assert "what was received is in" in done.stderr
    else:
        # Without a journal no call can be made safely: the run stops, and says how to go on once there is room.
        assert done.returncode in (0, 2)
        assert done.returncode == 0 or "--resume" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="no such signals there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_a_hint_that_works(folder: Path, number: signal.Signals) -> None:
    with serving(folder) as (deadly, service):
        undisturbed = call(folder, service, "run", "a.yaml", "--direct", "-o", "json")
        client = start(folder, service, "run", "a.yaml", "--direct", "-o", "json", "--concurrency", "1")
        deadly.strike(client, 5, number)
        _, err = client.communicate()
        assert client.returncode == 130
        assert "Traceback" not in err
        hint = re.search(r"to resume: batchctl (.+)", err)
        assert hint
        again = call(folder, service, *shlex.split(hint[1]), "-o", "json")
    assert again[:2] == undisturbed[:2]


@pytest.mark.skipif(os.name == "nt", reason="no such signals there")
def test_the_hint_names_the_file_where_its_secrets_are_not_kept(folder: Path) -> None:
    with serving(folder) as (deadly, service):
        secret = ("--arg", "password=hunter2-and-more", "--allow-unused")
        client = start(folder, service, "run", "a.yaml", "--direct", "-o", "json", "--concurrency", "1", *secret)
        deadly.strike(client, 5, signal.SIGTERM)
        _, err = client.communicate()
        hint = re.search(r"to resume: batchctl (.+), with the same arguments", err)
        assert hint, err
        assert hint[1].startswith("run a.yaml --direct --resume ")
        assert call(folder, service, *shlex.split(hint[1]), *secret, "-o", "json")[0] == 0


@pytest.mark.skipif(os.name == "nt", reason="no such signals there")
def test_a_run_in_the_background_of_a_script_can_be_ended(folder: Path) -> None:
    """There Ctrl-C is ignored, and SIGTERM is the only way."""
    with serving(folder) as (deadly, service):
        client = start(folder, service, "run", "a.yaml", "--direct", "--concurrency", "1", ignoring=signal.SIGINT)
        deadly.strike(client, 5, signal.SIGTERM)
        _, err = client.communicate(timeout=60)
    assert client.returncode == 130
    assert "Traceback" not in err
    assert "to resume: batchctl" in err


@pytest.mark.skipif(os.name == "nt", reason="no such signals there")
@pytest.mark.parametrize("kept", [True, False])
def test_interrupted_rows_are_resumed_as_a_whole(folder: Path, kept: bool) -> None:
    """With a secret in the rows the definition is not kept; the command that is printed names the files then."""
    name = "size" if kept else "api_key"
    (folder / "a.yaml").write_text(FILE.replace("size", name), "utf-8")
    values = [5, 6, 7] if kept else ["secret-one-1", "secret-two-2", "secret-three-3"]
    (folder / "rows.csv").write_text(f"{name}{':=' if kept else ''}\n" + "".join(f"{value}\n" for value in values))
    if not kept:
        (folder / "a.yaml").write_text(
            FILE.replace("size: 4", "api_key: none-of-it").replace('limit: "{{args.size}}"', 'k: "{{args.api_key}}"')
        )
    with serving(folder) as (deadly, service):
        client = start(
            folder, service, "run", "a.yaml", "--direct", "--each", "rows.csv", "-o", "json", "--parallel", "1"
        )
        deadly.strike(client, 20, signal.SIGINT)
        _, err = client.communicate()
        assert client.returncode == 130
        hint = re.search(r"to resume: batchctl (.+)", err)
        assert hint
        service.received.clear()
        command = shlex.split(hint[1].replace(", with the same options", " --direct"))
        code, out, again = call(folder, service, *command, "-o", "json")
        assert code == 0, again
        assert [row["row"] for row in json.loads(out)] == [1, 2, 3]
        # The first row was done: it is not asked for again.
        assert 13 <= len(service.received) <= 15 * 2 + 10
        _, latest, _ = call(folder, service, "runs", "-o", "json")
        (run,) = json.loads(latest)["runs"]
        assert (run["mode"], run["outcome"], run["answers_kept"]) == ("each", "succeeded", 0)
        assert run["rows"] == 3


# Sends itself a signal at the moment when a module is imported: an exception there is often taken for something else.
EARLY = """
import signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            signal.raise_signal({number})
sys.meta_path.insert(0, Finder())
from batchctl.__main__ import start
start()
"""


@pytest.mark.skipif(os.name == "nt", reason="no such signals there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("module", ["batchctl.cli.app", "typer", "batchctl.cli.run", "yaml", "batchctl.engine.result"])
def test_an_early_signal_is_no_traceback(folder: Path, module: str, number: signal.Signals) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EARLY.format(module=module, number=int(number)), "run", "a.yaml", "--local"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "HOME": str(folder)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted; nothing was sent\n")


def test_next_to_nothing_is_imported_before_ctrl_c_is_heard() -> None:
    script = (
        "import sys; before = set(sys.modules); import batchctl.__main__, batchctl.cli.signals;"
        "print(*sorted(set(sys.modules) - before))"
    )
    command = [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {script}"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    ours = {"batchctl", "batchctl.__main__", "batchctl.cli", "batchctl.cli.signals"}
    assert {name for name in loaded if name.startswith("batchctl")} == ours
    # ``signal`` imports ``enum``, and both what they need; ``typing`` alone would take longer than all of these.
    assert not {"argparse", "contextlib", "importlib.metadata", "logging", "re", "shutil", "typing"} & set(loaded)


@pytest.mark.skipif(os.name == "nt", reason="no such signals there")
def test_a_signal_that_is_ignored_stays_ignored(folder: Path) -> None:
    code = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + EARLY.format(module="yaml", number=1)
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "a.yaml", "--local", "-o", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "HOME": str(folder)},
    )
    assert done.returncode == 0, done.stderr


def test_a_damaged_run_stops_nothing_else(folder: Path) -> None:
    with serving(folder) as (_, service):
        for _number in range(3):
            assert call(folder, service, "run", "a.yaml", "--direct", "-q")[0] == 0
        _, listed, _ = call(folder, service, "runs", "-o", "json")
        first, second, third = (run["id"] for run in json.loads(listed)["runs"])
        (folder / "state" / first / "run.db").write_bytes(b"nothing that SQLite knows" * 200)
        (folder / "state" / second / "run.lock").write_bytes(b"no lock" * 2000)
        _, listed, _ = call(folder, service, "runs", "-o", "json")
        states = {run["id"]: run["outcome"] for run in json.loads(listed)["runs"]}
        assert (states[first], states[third]) == ("damaged", "succeeded")
        code, _, err = call(folder, service, "run", "--resume", first)
        assert code == 2
        assert f"the record of run {first} is damaged: " in err
        assert "secrets" not in err
        assert call(folder, service, "run", "a.yaml", "--direct", "--resume", first) == (code, "", err)
        code, _, err = call(folder, service, "run", "--resume", second)
        assert code == 2
        assert "run.lock is damaged, so that nobody can tell whether the run is in progress" in err
        assert call(folder, service, "runs", "show", third, "-o", "json")[0] == 0
        assert call(folder, service, "run", "a.yaml", "--direct", "-q")[0] == 0


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("batchctl run a.yaml --local --out ./ -o yaml", "--out: a.yaml is the definition, too"),
        ("batchctl run a.yaml --local --out . -o yaml", "--out: a.yaml is the definition, too"),
        ("batchctl run a.yaml --local --args-file errors.json --out ./", "--out: errors.json is --args-file"),
        ("batchctl run a.yaml --direct --token t --trace a.yaml", "--trace: a.yaml is the definition, too"),
        ("batchctl validate a.yaml --output a.yaml", "--output: a.yaml is the definition, too"),
        ("batchctl validate . a.yaml --output ./a.yaml", "--output: a.yaml is the definition, too"),
        (
            "batchctl validate a.yaml --args-file errors.json --output errors.json",
            "--output: errors.json is --args-file",
        ),
    ],
)
def test_no_output_replaces_an_input(folder: Path, command: str, said: str) -> None:
    (folder / "a.yaml").write_text(FILE.replace("name: notes", "name: a"), "utf-8")
    (folder / "errors.json").write_text("{}", "utf-8")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = shell(folder, command)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@LINUX
def test_rows_that_ended_before_their_record_was_full_are_printed(folder: Path, small_disk: Path) -> None:
    (folder / "rows.ndjson").write_text("{}\n" * 4, "utf-8")
    command = "batchctl run a.yaml --local --each rows.ndjson --parallel 1 -o json"
    done = shell(folder, command, BATCHCTL_STATE_DIR=str(small_disk))
    assert (done.returncode, "database or disk is full" in done.stderr) == (2, True), done.stderr
    ended = [row for row in json.loads(done.stdout) if "result" in row]
    assert 1 <= len(ended) < 4
    assert all(len(row["result"]["notes"]) == 60 for row in ended)

"""``batchctl run``: what is checked before, what is written where, and what is left when something goes wrong."""

from __future__ import annotations

import csv
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from batchctl.cli.options import Color
from batchctl.cli.output_options import OutputOptions
from batchctl.cli.run_output import RunOutput
from batchctl.cli.terminal import Terminal
from batchctl.engine.result import RunResult, Succeeded
from batchctl.errors import UsageError
from batchctl.files import write_whole
from batchctl.files.places import SafeNames
from batchctl.preparation import prepare

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "tickets-with-comments.yaml"
FINE = ROOT / "samples" / "quickstart.yaml"


def run(*arguments: str | Path, text: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "batchctl", "run", *map(str, arguments)]
    env = {"PYTHONPATH": str(ROOT), "PATH": "", "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run(command, capture_output=True, encoding="utf-8", input=text, env=env, check=False)


def local(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(SAMPLE, "--local", *arguments, **environment)


def test_with_data_on_stdout_stderr_says_what_failed() -> None:
    done = local("-o", "json")
    body = json.loads(done.stdout)
    assert done.returncode == 3
    assert list(body) == ["result", "errors"]
    assert "✖ attachments: the fixtures answer it with: 403 Forbidden" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("✖ attachments and previews failed · 2 of 4 resources succeeded")
    quiet = local("-o", "json", "-q")
    assert (quiet.stdout, quiet.stderr, quiet.returncode) == (done.stdout, "", 3)


def test_formats_hold_the_same_records() -> None:
    body = json.loads(local("-o", "json").stdout)
    assert yaml.safe_load(local("-o", "yaml").stdout) == body
    lines = [json.loads(line) for line in local("-o", "ndjson").stdout.splitlines()]
    assert [line["record"] for line in lines if line["resource"] == "tickets"] == body["result"]["tickets"]
    assert next(line["error"] for line in lines if "error" in line) == body["errors"]["attachments"][0]
    rows = list(csv.DictReader(local("-o", "csv").stdout.splitlines()))
    assert [row["id"] for row in rows if row["resource"] == "tickets"] == [
        one["id"] for one in body["result"]["tickets"]
    ]
    table = local("-o", "table", "--fields", "id,subject").stdout.splitlines()
    assert table[0] == "tickets: 9 records"
    assert table[1].split() == ["id", "subject"]
    assert len(table) == 2 + 9 + 1 + 2 + 18 + 1 + 1 + 1 + 1


def test_out_takes_the_format_of_its_name_and_the_tree_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "all.csv"
    done = local("--out", file)
    assert file.read_text("utf-8").startswith("resource,id,subject")
    assert "✔ tickets  9 records" in done.stdout
    assert f"wrote {file}" in done.stderr
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0o666 & ~umask() & 0o077
    assert [each.name for each in tmp_path.iterdir()] == ["all.csv"]


def umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def test_out_with_a_format_leaves_stdout_empty(tmp_path: Path) -> None:
    done = local("--out", tmp_path / "x", "-o", "yaml")
    assert done.stdout == ""
    assert yaml.safe_load((tmp_path / "x").read_text("utf-8"))["errors"]["attachments"]


def test_a_folder_gets_a_file_per_resource_and_the_errors(tmp_path: Path) -> None:
    done = local("--out", f"{tmp_path}/new/", "-o", "ndjson")
    names = sorted(each.name for each in (tmp_path / "new").iterdir())
    assert names == ["attachments.ndjson", "comments.ndjson", "errors.json", "previews.ndjson", "tickets.ndjson"]
    assert len((tmp_path / "new" / "comments.ndjson").read_text("utf-8").splitlines()) == 18
    assert list(json.loads((tmp_path / "new" / "errors.json").read_text("utf-8"))) == ["attachments", "previews"]
    assert "wrote 5 files to" in done.stderr


@pytest.mark.parametrize("option", ["--out", "--report-junit", "--report-json", "--report-html"])
def test_a_place_that_can_not_be_written_is_told_before_anything_runs(option: str, tmp_path: Path) -> None:
    done = local(option, tmp_path / "none" / "file.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{option}: there is no folder" in done.stderr


def test_reports_are_written_beside_the_result(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", "utf-8")
    names = {option: tmp_path / option for option in ("junit", "json", "html")}
    options = [part for option, path in names.items() for part in (f"--report-{option}", str(path))]
    done = local(*options, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 3
    assert names["junit"].read_text("utf-8").count("<testcase") == 4
    assert len(json.loads(names["json"].read_text("utf-8"))["calls"]) == 11
    assert "Urgent tickets" in names["html"].read_text("utf-8")
    assert summary.read_text("utf-8").startswith("before\n### ❌ Urgent tickets")


def test_junit_can_have_a_case_per_call(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    done = local("--report-junit", path, "--junit-cases", "calls")
    assert done.returncode == 3
    written = path.read_text("utf-8")
    assert written.count("<testcase") == 12
    assert 'name="GET /unified/ticketing/comments?ticket_id=t-20"' in written


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--local", "--junit-cases", "calls"], "--junit-cases goes with --report-junit"),
        (["--report-junit", "{tmp}/x", "--junit-cases", "calls"], "the calls, which Truto does not report"),
    ],
)
def test_cases_that_can_not_be_written_are_refused_before_anything_runs(
    options: list[str], said: str, tmp_path: Path
) -> None:
    done = run(FINE, *(each.replace("{tmp}", str(tmp_path)) for each in options))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_reader_who_goes_away_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    command = f"{sys.executable} -m batchctl run {SAMPLE} --local --out {out} | head -1; exit ${{PIPESTATUS[0]}}"
    env = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert json.loads(out.read_text("utf-8"))["result"]["tickets"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_and_a_closed_stream_are_told_in_a_sentence(tmp_path: Path) -> None:
    def shell(rest: str) -> subprocess.CompletedProcess[str]:
        command = f"{sys.executable} -m batchctl run {FINE} --local {rest}"
        env = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}
        return subprocess.run(["sh", "-c", command], capture_output=True, encoding="utf-8", env=env, check=False)

    full = shell("> /dev/full")
    assert (full.returncode, "Traceback" in full.stderr) == (2, False)
    assert "can't write to stdout: no space left on device" in full.stderr
    kept = next(tmp_path.glob("batchctl-*.json"))
    assert f"the result is in {kept}" in full.stderr
    assert json.loads(kept.read_text("utf-8"))["result"]["contacts"]
    assert shell("--out /dev/full").returncode == 2
    assert shell(">&-").returncode == 0
    assert shell("--report-json /dev/null 2> /dev/full").returncode == 0
    assert len(shell("--out /dev/stdout -o ndjson | cat").stdout.splitlines()) == 24


def test_a_stream_without_the_letters_gets_ascii() -> None:
    done = run(FINE, "--local", PYTHONIOENCODING="ascii")
    assert "`-- + contacts  10 records" in done.stdout
    assert "Grunwald" in done.stdout
    data = run(FINE, "--local", "-o", "json", PYTHONIOENCODING="ascii").stdout
    assert "Grünwald" in json.dumps(json.loads(data), ensure_ascii=False)


def test_half_a_character_comes_through(tmp_path: Path) -> None:
    (tmp_path / "unified" / "crm").mkdir(parents=True)
    (tmp_path / "unified" / "crm" / "contacts.json").write_text('[{"id": "c-1", "name": "a\\ud83d"}]', "utf-8")
    file = DELETES.replace("method: delete, id: c-1", "method: list").replace("gone", "crm/contacts")
    options = ("-", "--local", "--fixtures", tmp_path)
    for output in ("json", "ndjson"):
        data = json.loads(run(*options, "-o", output, text=file).stdout)
        record = data["record"] if output == "ndjson" else data["result"]["crm/contacts"][0]
        assert record["name"] == "a\ud83d"
    for output in ("tree", "yaml", "csv", "table"):
        assert run(*options, "-o", output, text=file).returncode == 0
    out = run(*options, "--out", tmp_path / "x.json", "--report-html", tmp_path / "x.html", text=file)
    assert out.returncode == 0
    assert json.loads((tmp_path / "x.json").read_text("utf-8"))["result"]["crm/contacts"][0]["name"] == "a\ud83d"


def test_records_fields_and_verbose() -> None:
    assert "and 8 more" in local("--records", "1").stdout
    assert "and" not in local("--records", "0").stdout.split("attachments")[0]
    many = run(FINE, "--local", "-v").stdout
    assert "more" not in many
    chosen = run(FINE, "--local", "--fields", "id,phone,phnoe")
    assert "created_at" not in chosen.stdout
    assert chosen.stderr == "no record has a field phnoe\n"


UNRESOLVED = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args_schema: {type: object, properties: {owner: {type: string}, who: {properties: {nam: {type: string}}}}}
args: {who: {name: Noor}}
resources:
  - resource: crm/contacts
    method: list
    query: {owner: "{{args.owner}}", name: "{{args.who.nam}}", kept: "{{args.none?:x}}"}
"""


def test_placeholders_without_a_value_are_refused_with_their_places(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(UNRESOLVED, "utf-8")
    fixtures = ROOT / "samples" / "fixtures"
    done = run(file, "--local", "--fixtures", fixtures)
    assert (done.returncode, done.stdout) == (1, "")
    assert "{{args.owner}} has no value" in done.stderr
    assert "a.yaml:7:21" in done.stderr
    assert "{{args.who.nam}} has no value" in done.stderr
    assert run(file, "--local", "--fixtures", fixtures, "--allow-unresolved").returncode == 0
    given = run(file, "--local", "--fixtures", fixtures, "--arg", "owner=x", "--arg", "who.nam=y")
    assert given.returncode == 0


DELETES = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: gone, resource: crm/contacts, method: delete, id: c-1}
"""


def test_nobody_is_there_to_agree_to_a_delete() -> None:
    options = ("-", "--token", "made-up-token", "--api-url", "http://127.0.0.1:9", "--retries", "0")
    done = run(*options, text=DELETES)
    assert (done.returncode, done.stdout) == (2, "")
    assert "this batch deletes in 1 resource: gone" in done.stderr
    assert "--yes" in done.stderr
    assert run(*options, "--yes", text=DELETES).returncode == 4


def test_files_are_whole_or_not_there(tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    file.write_text("old", "utf-8")
    file.chmod(0o640)

    def broken() -> object:
        yield "half"
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        write_whole(file, broken(), str)  # type: ignore[arg-type]  # a generator that breaks
    assert (file.read_text("utf-8"), [each.name for each in tmp_path.iterdir()]) == ("old", ["out.txt"])
    link = tmp_path / "link.txt"
    link.symlink_to(file)
    write_whole(link, ["new ", "\ud800 secret"], lambda text: text.replace("secret", "***"))
    assert link.is_symlink()
    assert file.read_text("utf-8") == "new \\ud800 ***"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    write_whole(Path("/dev/null"), ["x"], str)
    assert not Path("/dev/null").is_file()
    with pytest.raises(UsageError, match="can't write"):
        write_whole(tmp_path / "none" / "x", ["x"], str)


def test_names_are_safe_and_never_collide() -> None:
    names = SafeNames(["errors"])
    made = [names.name(key) for key in ("crm/contacts", "crm-contacts", "CRM/Contacts", "errors", "../../etc/passwd")]
    assert made == ["crm-contacts", "crm-contacts-2", "CRM-Contacts-3", "errors-2", "etc-passwd"]
    assert [names.name(key) for key in ("nul", "CON.x", "", "..", "日本", "a" * 300)] == [
        "_nul", "_CON.x", "resource", "resource-2", "日本", "a" * 100,
    ]  # fmt: skip


def test_a_view_that_breaks_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    plan = prepare(DELETES).require_plan()
    output = RunOutput(plan, OutputOptions(), Terminal(Color.NEVER), "somewhere", "a.yaml")
    # No outcome for the plan's one resource: the tree can't be drawn.
    result = RunResult({"other": Succeeded(records=[{"id": 1}])}, 1.0)
    with pytest.raises(KeyError):
        output.write(result)
    kept = Path(capsys.readouterr().err.removeprefix("the result is in ").strip())
    assert json.loads(kept.read_text("utf-8")) == {"result": {"other": [{"id": 1}]}, "errors": {}}
    kept.unlink()


def test_a_tree_has_no_notice_of_data_since_it_is_masked(tmp_path: Path) -> None:
    (tmp_path / "proxy").mkdir()
    file = tmp_path / "b.yaml"
    file.write_text(
        "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nresources:\n"
        "  - {name: a, resource: missing, method: list, persist: true, query: {api_key: hidden-by-name}}\n",
        encoding="utf-8",
    )
    done = run(file, "--local", "--fixtures", tmp_path)
    assert done.returncode == 3
    assert "mask-data" not in done.stderr
    assert "hidden-by-name" not in done.stdout + done.stderr
    # What is masked in the data already is not counted either.
    assert "mask-data" not in run(file, "--local", "--fixtures", tmp_path, "-o", "json").stderr


@pytest.mark.parametrize("form", ["json", "ndjson", "yaml"])
def test_the_call_that_failed_shows_no_secret_in_data(tmp_path: Path, form: str) -> None:
    file = tmp_path / "b.yaml"
    file.write_text(
        "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nargs: {password: pw1}\nresources:\n"
        "  - {name: a, resource: missing, method: create, persist: true, body: {from: '{{args.password}}'}}\n",
        encoding="utf-8",
    )
    done = run(file, "--local", "--fixtures", tmp_path, "-o", form)
    assert done.returncode == 3
    assert "missing" in done.stdout
    assert "pw1" not in done.stdout + done.stderr

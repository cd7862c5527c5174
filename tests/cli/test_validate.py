import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft4Validator, Draft7Validator

from batchctl.cli.validate_options import ReportFormat

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "golden" / "validate"
HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nresources:\n"
FINE = HEAD + "  - {resource: crm/contacts, method: list}\n"
FAULTY = HEAD + "  - {resource: crm/contacts, methd: list}\n"
WARNED = HEAD + "  - {resource: crm/contacts, method: list, query: {country: no}}\n"


def validate(folder: Path, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != "GITHUB_ACTIONS"}
    return subprocess.run(
        [sys.executable, "-m", "batchctl", "validate", *arguments],
        cwd=folder, env={**clean, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment},
        input=stdin, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.mark.parametrize("form", list(ReportFormat))
def test_golden_reports(form: ReportFormat, golden: Callable[[Path, str], None]) -> None:
    names = sorted(path.name for path in CASES.glob("*.yaml"))
    done = validate(CASES, *names, "--format", form.value)
    assert (done.returncode, done.stderr) == (1, "")
    golden(CASES / "expected" / f"all.{form.value}", done.stdout)


def test_the_seed_of_hashes_changes_nothing() -> None:
    outputs = {validate(CASES, "traps.yaml", "rules.yaml", PYTHONHASHSEED=seed).stdout for seed in "012"}
    assert len(outputs) == 1


@pytest.mark.parametrize("form", list(ReportFormat))
def test_exit_codes_are_the_same_in_every_format(form: ReportFormat, tmp_path: Path) -> None:
    for name, text in (("fine", FINE), ("faulty", FAULTY), ("warned", WARNED)):
        (tmp_path / f"{name}.yaml").write_text(text)
    told = ("--format", form.value)
    assert validate(tmp_path, "fine.yaml", "warned.yaml", *told).returncode == 0
    assert validate(tmp_path, "warned.yaml", *told, "--fail-on", "warning").returncode == 1
    assert validate(tmp_path, "faulty.yaml", *told, "--exit-zero").returncode == 0
    missing = validate(tmp_path, "none.yaml", "faulty.yaml", *told)
    assert missing.returncode == 2
    assert "none.yaml" in missing.stderr
    assert missing.stdout


def test_sarif_is_sarif(tmp_path: Path) -> None:
    schema_file = ROOT / "tests" / "data" / "sarif-schema-2.1.0.json"
    schema = json.loads(schema_file.read_text("utf-8"))
    validator = Draft7Validator if "draft-07" in schema["$schema"] else Draft4Validator
    names = sorted(path.name for path in CASES.glob("*.yaml"))
    log = json.loads(validate(CASES, *names, "--format", "sarif").stdout)
    assert [error.message for error in validator(schema).iter_errors(log)] == []
    assert len(log["runs"][0]["results"]) > 5
    (tmp_path / "fine.yaml").write_text(FINE)
    clean = json.loads(validate(tmp_path, "fine.yaml", "--format", "sarif").stdout)
    assert validator(schema).is_valid(clean)
    assert clean["runs"][0]["results"] == []


def test_junit_is_xml_and_counts(tmp_path: Path) -> None:
    (tmp_path / "a&b<.yaml").write_text(FAULTY)
    (tmp_path / "fine.yaml").write_text(FINE)
    root = ET.fromstring(validate(tmp_path, "a&b<.yaml", "fine.yaml", "--format", "junit").stdout)
    suites = root.findall("testsuite")
    assert [suite.get("failures") for suite in suites] == ["1", "0"]
    assert [len(suite.findall("testcase")) for suite in suites] == [1, 1]


def test_github_shows_ten_of_a_level_and_counts_the_rest(tmp_path: Path) -> None:
    faulty = "".join(f"  - {{name: n{i}, resource: crm/contacts, method: get}}\n" for i in range(13))
    (tmp_path / "a,b%.yaml").write_text(HEAD + faulty)
    lines = validate(tmp_path, "a,b%.yaml", "--format", "github").stdout.splitlines()
    assert sum(line.startswith("::error file=a%2Cb%25.yaml,line=") for line in lines) == 10
    assert lines[-1].startswith("::notice::3 more problems")
    both = validate(tmp_path, "a,b%.yaml", GITHUB_ACTIONS="true").stdout
    assert "Found 13 errors" in both
    assert "::error file=" in both
    explicit = validate(tmp_path, "a,b%.yaml", "--format", "text", GITHUB_ACTIONS="true").stdout
    assert "::error" not in explicit


def test_folders_globs_settings_and_stdin(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "b.yaml").write_text(FAULTY)
    assert validate(tmp_path).returncode == 2
    assert validate(tmp_path, "x*.yaml").returncode == 2
    (tmp_path / "a.batch.yaml").write_text(FINE)
    assert validate(tmp_path).stdout == "1 file is valid.\n"
    (tmp_path / "batchctl.toml").write_text('include = ["more/*.yaml"]\n')
    assert "more/b.yaml:3" in validate(tmp_path, "--format", "concise").stdout
    assert validate(tmp_path, "more/*.yaml", "a.batch.yaml").returncode == 1
    piped = validate(tmp_path, "-", "--stdin-filename", "more/c.yaml", "--format", "concise", stdin=FAULTY)
    assert piped.stdout.startswith("more/c.yaml:3:")


def test_settings_decide(tmp_path: Path) -> None:
    (tmp_path / "a.batch.yaml").write_text(WARNED)
    (tmp_path / "pyproject.toml").write_text('[tool.batchctl]\nseverity = {ambiguous-scalar = "error"}\n')
    assert validate(tmp_path).returncode == 1
    (tmp_path / "pyproject.toml").write_text('[tool.batchctl]\nper-file-ignores = {"a.*" = ["BC11"]}\n')
    assert validate(tmp_path).stdout == "1 file is valid.\n"
    (tmp_path / "pyproject.toml").write_text('[tool.batchctl]\nignore = ["ambigous-scalar"]\n')
    done = validate(tmp_path)
    assert done.returncode == 2
    assert 'did you mean "ambiguous-scalar"?' in done.stderr
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    assert validate(tmp_path, "--ignore", "ambiguous-scalar", "--fail-on", "info").returncode == 0
    assert validate(tmp_path, "--select", "BC6", "--fail-on", "info").returncode == 0
    assert validate(tmp_path, "--select", "BC110", "--fail-on", "info").returncode == 1
    assert validate(tmp_path, "--select", "nonsense").returncode == 2


def test_fix_and_diff(tmp_path: Path) -> None:
    before = "# é\r\n" + WARNED.replace("\n", "\r\n") + "  - {resource: a/b, method: get, id: {{args.x}}} # why\r\n"
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + before.encode())
    shown = validate(tmp_path, "a.yaml", "--diff")
    assert shown.returncode == 1
    assert '+  - {resource: a/b, method: get, id: "{{args.x}}"} # why' in shown.stdout
    assert file.read_bytes() == b"\xef\xbb\xbf" + before.encode()
    validate(tmp_path, "a.yaml", "--fix")
    after = before.replace("country: no", 'country: "no"').replace("{{args.x}}", '"{{args.x}}"')
    assert file.read_bytes() == b"\xef\xbb\xbf" + after.encode()
    assert validate(tmp_path, "a.yaml", "--diff").stdout.startswith(("1 file is valid", "error"))


def test_a_file_that_can_not_be_read_whole_is_not_fixed(tmp_path: Path) -> None:
    text = WARNED + '  - {resource: "crm/contacts\n'
    (tmp_path / "a.yaml").write_text(text)
    assert validate(tmp_path, "a.yaml", "--fix").returncode == 1
    assert (tmp_path / "a.yaml").read_text() == text


def test_output_goes_to_a_file_and_text_to_the_screen(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FAULTY)
    done = validate(tmp_path, "a.yaml", "--format", "json", "--output", "out.json")
    assert "-->" in done.stdout
    assert json.loads((tmp_path / "out.json").read_text())["summary"]["errors"] == 1


def test_new_writes_what_validates_and_never_overwrites(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "batchctl", "new", "my-batch"]
    for code in (0, 2):
        done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
        assert done.returncode == code
    assert validate(tmp_path, "--fail-on", "info").returncode == 0


def test_an_account_is_taken_without_blanks_around_it_as_run_takes_it(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FINE.partition("\n")[2], "utf-8")
    done = validate(tmp_path, "a.yaml", "--account", " 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n")
    assert (done.returncode, done.stdout) == (0, "1 file is valid.\n")

import json
import subprocess
import sys
from pathlib import Path

ONE, TWO = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
FILE = f"""\
integrated_account_id: {ONE}
args: {{ids: [1]}}
resources:
  - {{resource: crm/contacts, method: get, loop_on: args.ids, id: "{{{{args.ids}}}}"}}
  - {{name: made, resource: crm/notes, method: create, body: {{a: 1}}}}
"""


def dry_run(folder: Path, rows: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "a.yaml").write_text(FILE, "utf-8")
    command = [sys.executable, "-m", "batchctl", "dry-run", "a.yaml", *options]
    env = {"PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(folder), "COLUMNS": "300"}
    each = ["--each", "-", "--each-format", "ndjson"]
    return subprocess.run(
        [*command, *each], cwd=folder, capture_output=True, text=True, check=False, env=env, input=rows
    )


def rows_of(*counts: tuple[str, int]) -> str:
    return "".join(json.dumps({"account": account, "ids": [*range(1, count + 1)]}) + "\n" for account, count in counts)


def test_requests_per_row_and_how_long_all_take(tmp_path: Path) -> None:
    done = dry_run(tmp_path, rows_of((ONE, 60), (TWO, 3), (ONE, 60)), "-q")
    lines = done.stdout.splitlines()
    assert lines[1] == f"row 1 · {ONE}  61 requests known · 1 write"
    assert lines[2] == f"row 2 · {TWO}  4 requests known · 1 write"
    # The 122 calls of one account come in three windows of 50: the third begins after 20 s.
    assert lines[-1] == (
        "3 rows · 126 requests known · writes: 3 · 20.0 s at least, since an account takes 50 calls per 10 s"
    )


def test_the_tokens_limit_is_that_of_all_accounts(tmp_path: Path) -> None:
    accounts = [f"{number:08d}-1111-4111-8111-111111111111" for number in range(30)]
    done = dry_run(tmp_path, rows_of(*((account, 39) for account in accounts)), "--format", "json")
    data = json.loads(done.stdout)
    assert [row["row"] for row in data["rows"]] == [*range(1, 31)]
    assert data["rows"][0]["summary"]["known"] == 40
    assert (data["summary"]["known"], data["summary"]["accounts"]) == (1200, 30)
    assert data["summary"]["rate_limit"] == {
        "calls": 50,
        "token_calls": 500,
        "per_s": 10,
        "takes_at_least_s": 20,
        "limited_by": "token",
    }


def test_a_line_per_request_has_its_row(tmp_path: Path) -> None:
    done = dry_run(tmp_path, rows_of((ONE, 1), (TWO, 1)), "--format", "ndjson")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["row"], line["account"], line["method"]) for line in lines] == [
        (1, ONE, "GET"),
        (1, ONE, "POST"),
        (2, TWO, "GET"),
        (2, TWO, "POST"),
    ]


def test_what_rows_can_not_be_shown_as_is_refused(tmp_path: Path) -> None:
    for options in (["--format", "curl"], ["--query", "x"], ["--against", "a.yaml"]):
        done = dry_run(tmp_path, rows_of((ONE, 1)), *options)
        assert (done.returncode, done.stdout) == (2, "")
    faulty = dry_run(tmp_path, '{"ids": [1]}\n{"ids": 7}\n')
    assert faulty.returncode == 1
    assert "row 2 of -" in faulty.stderr

"""The comment on a pull request, over a server that answers as GitHub does."""

import json
import os
import subprocess
import sys
from pathlib import Path

from scripted_api import Answer, Api, answer, scripted

ROOT = Path(__file__).parents[2]
OTHERS = [{"id": number, "body": "of another workflow"} for number in range(100)]


def comment(folder: Path, answers: list[Answer], *, changed: bool, text: str = "It changes.") -> tuple[int, str, Api]:
    (folder / "c.md").write_text(text, "utf-8")
    with scripted(*answers) as api:
        environment = {
            **os.environ,
            "GITHUB_API_URL": api.url,
            "GITHUB_REPOSITORY": "o/r",
            "NO_PROXY": "127.0.0.1",
            "GH_TOKEN": "secret-of-the-job",
            "NUMBER": "7",
            "CHANGED": "true" if changed else "false",
            "COMMENT": str(folder / "c.md"),
        }
        command = [sys.executable, str(ROOT / "ci" / "comment.py")]
        done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout + done.stderr, api


def test_a_first_comment_is_written_after_all_pages_were_looked_at(tmp_path: Path) -> None:
    code, said, api = comment(tmp_path, [answer(OTHERS), answer([]), answer({"id": 1}, 201)], changed=True)
    assert (code, said) == (0, "")
    assert [(each.method, each.target) for each in api.asked] == [
        ("GET", "/repos/o/r/issues/7/comments?per_page=100&page=1"),
        ("GET", "/repos/o/r/issues/7/comments?per_page=100&page=2"),
        ("POST", "/repos/o/r/issues/7/comments"),
    ]
    assert json.loads(api.asked[2].body)["body"].endswith("It changes.")
    assert api.asked[2].headers["authorization"] == "Bearer secret-of-the-job"


def test_the_one_that_is_there_is_edited_also_when_the_change_is_gone(tmp_path: Path) -> None:
    first = comment(tmp_path, [answer([]), answer({"id": 1}, 201)], changed=True)[2].asked[1]
    ours = [*OTHERS[:3], {"id": 42, "body": json.loads(first.body)["body"]}]
    code, _, api = comment(tmp_path, [answer(ours), answer({"id": 42})], changed=False, text="The same requests.")
    assert code == 0
    assert (api.asked[1].method, api.asked[1].target) == ("PATCH", "/repos/o/r/issues/comments/42")
    assert "The same requests." in json.loads(api.asked[1].body)["body"]


def test_without_a_change_none_is_begun(tmp_path: Path) -> None:
    code, _, api = comment(tmp_path, [answer(OTHERS[:2])], changed=False)
    assert (code, len(api.asked)) == (0, 1)


def test_what_is_too_long_is_cut(tmp_path: Path) -> None:
    _, _, api = comment(tmp_path, [answer([]), answer({"id": 1}, 201)], changed=True, text="x" * 200_000)
    body = json.loads(api.asked[1].body)["body"]
    assert len(body) < 65_536
    assert "too long" in body


def test_a_missing_permission_is_named(tmp_path: Path) -> None:
    code, said, _ = comment(tmp_path, [answer({"message": "no"}, 403)], changed=True)
    assert code == 1
    assert "pull-requests: write" in said
    assert "secret-of-the-job" not in said

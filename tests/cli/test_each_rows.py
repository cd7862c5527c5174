import os
import subprocess
import sys
from pathlib import Path

import pytest

from batchctl.csv_text import harmless
from batchctl.engine.backends.fixture_files import read_records
from batchctl.errors import UsageError
from batchctl.launch.row_sources import RowSource

ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
FILES = {
    "r.csv": 'account,user.id,ids:=,note\na-1,7,"[1, 2]",\na-2,8,,x=y\n',
    "r.ndjson": (
        '{"account": "a-1", "user.id": "7", "ids": [1, 2]}\n{"account": "a-2", "user.id": "8", "note": "x=y"}\n'
    ),
    "r.yaml": '- {account: a-1, user.id: "7", ids: [1, 2]}\n- {account: a-2, user.id: "8", note: x=y}\n',
}


@pytest.mark.parametrize("name", FILES)
def test_rows_of_every_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FILES[name], "utf-8")
    first, second = RowSource(str(path)).read()
    assert (first.account, first.values) == ("a-1", {"user": {"id": "7"}, "ids": [1, 2]})
    assert (second.account, second.values) == ("a-2", {"user": {"id": "8"}, "note": "x=y"})


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("r.txt", "x", "must end in"),
        ("r.csv", "a,b\n", "holds no rows"),
        ("r.json", "{}", "holds no rows"),
        ("r.ndjson", "1\n", "row 1 is not a mapping"),
        ("r.csv", "a,b:=\n1,{\n", "b:= is not JSON"),
        ("r.csv", "a,a\n1,2\n", "two columns"),
        ("r.csv", "a;b\n1,2\n", 'r.csv:2: one cell under 2 names, with "," in it'),
        ("r.csv", "a,b\n1\t2\n", r'one cell under 2 names, with "\\t" in it'),
        ("r.csv", "a\n1,2\n", "2 cells under 1 column name$"),
    ],
)
def test_what_is_no_row_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        list(RowSource(str(path)).read())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        list(RowSource(str(tmp_path / "none.csv")).read())


SEPARATED = {
    "comma": "account,n\na-1,7\n",
    "semicolon": "account;n\na-1;7\n",
    "tab": "account\tn\na-1\t7\n",
    "bar": "account|n\na-1|7\n",
    "sep=;": "sep=;\r\naccount;n\r\na-1;7\r\n",
    "sep=, though the header has none of it": "SEP=,\naccount,n\na-1,7\n",
    "sep= in quotes": '"sep=;"\naccount;n\na-1;7\n',
    "sep= of a tab": "sep=\t\naccount\tn\na-1\t7\n",
    "sep= of another sign": "sep=^\naccount^n\na-1^7\n",
    "blank lines before": "\n\r\nsep=;\n\naccount;n\na-1;7\n",
}


@pytest.mark.parametrize("name", SEPARATED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_separators_that_spreadsheets_write(tmp_path: Path, name: str, encoding: str) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(SEPARATED[name].encode(encoding))
    (row,) = RowSource(str(path)).read()
    assert (row.account, row.values) == ("a-1", {"n": "7"})


def test_names_are_trimmed_of_what_nobody_sees(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("\u200baccount\u00a0, n\ufeff\na-1,7\n", "utf-8")
    (row,) = RowSource(str(path)).read()
    assert (row.account, row.values) == ("a-1", {"n": "7"})


def test_lines_are_counted_from_the_top_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("sep=;\naccount;n\na-1;7\na-2;8;9\n", "utf-8")
    with pytest.raises(UsageError, match=r"r\.csv:4: 3 cells under 2 column names"):
        list(RowSource(str(path)).read())


def test_a_fixture_is_separated_as_rows_are(tmp_path: Path) -> None:
    for name, text in SEPARATED.items():
        path = tmp_path / "r.csv"
        path.write_text(text + ",,\n" * (name == "comma"), "utf-8", newline="")
        assert read_records(path) == [{"account": "a-1", "n": "7"}], name


def test_what_the_csv_output_defused_comes_back_in_rows_and_fixtures(tmp_path: Path) -> None:
    for text in ("=1+1", "'=1+1", "+49 170 1234567", "'quoted'", "-x", "@a", "\t=1", "- a list"):
        path = tmp_path / "r.csv"
        path.write_text(f'account,n\na-1,"{harmless(text)}"\n', "utf-8", newline="")
        (row,) = RowSource(str(path)).read()
        assert row.values == {"n": text}
        assert read_records(path) == [{"account": "a-1", "n": text}]


def test_rows_of_any_script_run_and_are_resumed(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(
        f"integrated_account_id: {ACCOUNT}\nargs: {{q: a}}\n"
        'resources: [{resource: crm/contacts, method: list, query: {name: "{{args.q}}"}}]\n'
    )
    place = tmp_path / "fixtures" / "unified" / "crm"
    place.mkdir(parents=True)
    (place / "contacts.json").write_text('[{"id": "1", "name": "Zoë 日本 😀"}]', "utf-8")
    (tmp_path / "rows.csv").write_text("q\nZoë 日本 😀\n", "utf-8")

    def batchctl(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "BATCHCTL_STATE_DIR": str(tmp_path / "state")}
        command = [sys.executable, "-m", "batchctl", "run", *words, "-o", "ndjson"]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False, env=environment
        )

    first = batchctl("b.yaml", "--local", "--each", "rows.csv")
    assert first.returncode == 0, first.stderr
    assert "Zoë 日本 😀" in first.stdout
    again = batchctl("--resume", "latest")
    assert again.returncode == 0, again.stderr
    assert again.stdout == first.stdout

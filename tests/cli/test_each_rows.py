from pathlib import Path

import pytest

from batchctl.cli.each_rows import read_rows
from batchctl.cli.row_options import RowOptions
from batchctl.errors import UsageError

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
    first, second = read_rows(RowOptions(str(path)))
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
    ],
)
def test_what_is_no_row_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        list(read_rows(RowOptions(str(path))))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        list(read_rows(RowOptions(str(tmp_path / "none.csv"))))

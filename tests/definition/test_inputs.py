"""Arguments and rows from outside of the file are read as strictly as the file."""

from __future__ import annotations

import json

import pytest

from batchctl.definition.given import Given, Origin, refuse_unread
from batchctl.definition.inputs import parse_argument, read_arguments
from batchctl.definition.rows import InputRow, iter_rows
from batchctl.errors import UsageError


def read_rows(data: bytes, file: str, row_format: str) -> list[InputRow]:
    return list(iter_rows(data, file, row_format))


FILES = {"body.txt": "two\nlines\n".encode("utf-16"), "ids.yaml": b"[1, no]", "ids.json": b"[1, 2]"}


def read(file: str) -> bytes:
    if file not in FILES:
        raise UsageError(f"no such file: {file}")
    return FILES[file]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=1", {"a": "1"}),
        ("a:=1", {"a": 1}),
        ("a.b.c=x=y", {"a": {"b": {"c": "x=y"}}}),
        ("a=", {"a": ""}),
        ('a:={"b": [null]}', {"a": {"b": [None]}}),
        ("a=@body.txt", {"a": "two\nlines\n"}),
        ("a:=@ids.json", {"a": [1, 2]}),
        ("a:=@ids.yaml", {"a": [1, "no"]}),
        ('a:="@ada"', {"a": "@ada"}),
        ("a:=123456789012345678901234567890", {"a": 123456789012345678901234567890}),
    ],
)
def test_arguments(text: str, values: object) -> None:
    assert parse_argument(text, read).values == values


def test_the_traps_of_yaml_in_a_file_of_an_argument() -> None:
    (beside,) = parse_argument("a:=@ids.yaml", read).input_files
    assert [found.rule for found in beside.diagnostics] == ["ambiguous-scalar"]
    assert beside.source.file == "ids.yaml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "is not NAME=TEXT or NAME:=JSON"),
        ("=x", "is not NAME=TEXT"),
        ("a..b=x", "is not NAME=TEXT"),
        ("a:=NaN", "NaN is not a JSON value"),
        ("a:=1e400", "too large for JSON"),
        ("a:=-1e400", "too large for JSON"),
        ("a:={", "is not JSON"),
        ('a:="\\ud800"', "half of a surrogate pair"),
        ("a=\udcff", "half of a surrogate pair"),
        ("a:=" + "[" * 70 + "]" * 70, "nested deeper than 64"),
        ("a:=" + "[" * 100_000, "nests too deep"),
        ("a=@none.txt", "no such file: none.txt"),
        ("a=@", "names no file"),
    ],
)
def test_what_can_not_be_meant_is_one_sentence(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        parse_argument(text, read)
    assert "\n" not in str(caught.value)


def test_a_handle_is_offered_as_text() -> None:
    with pytest.raises(UsageError) as caught:
        parse_argument("handle=@ada", read)
    assert caught.value.hint == """for the text itself: --arg 'handle:="@ada"'"""


def test_the_value_of_a_secret_is_never_said() -> None:
    assert parse_argument("api_token=abc-123", read).origin(("api_token",)) == Origin("--arg api_token=…", "option")
    with pytest.raises(UsageError) as caught:
        parse_argument("api_token:=abc-123", read)
    assert "abc-123" not in str(caught.value)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("a.yaml", "- 1", "not a mapping"),
        ("a.yaml", "a: [", "a.yaml:1:"),
        ("a.yaml", "a: .inf", "can't be sent as JSON"),
        ("a.json", '{"a": 1,}', "a.json:1:"),
        ("a.json", '{"a": 1, "a": 2}', 'the key "a" appears twice'),
        ("a.json", '{"a": 1e999}', "too large"),
        ("a.json", '{"a": NaN}', "NaN is not"),
        ("a.json", '{"a": "\\ud800"}', "half of a surrogate"),
        ("a.json", '{"a": ' + "[" * 100 + "]" * 100 + "}", "nested deeper"),
    ],
)
def test_files_of_arguments_that_can_not_be_used(file: str, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_arguments(text.encode(), file)


def test_a_later_file_wins_and_a_part_knows_where_it_came_from() -> None:
    given = read_arguments(b'{"a": {"x": 1, "y": 2}}', "one.json").plus(parse_argument("a.y:=3", read))
    assert given.values == {"a": {"x": 1, "y": 3}}
    assert given.origin(("a", "y")) == Origin("--arg a.y:=3", "")
    assert given.origin(("a", "x")) == Origin("one.json")
    assert given.origin(("b",)) is None


def test_how_to_write_it_instead() -> None:
    origin = parse_argument("user_ids=u-1", read).origin(("user_ids",))
    assert origin is not None
    assert origin.rewritten("user_ids", ["u-1"]) == """write --arg 'user_ids:=["u-1"]'"""
    (row,) = read_rows(b"user_ids\nu-1\n", "r.csv", "csv")
    cell = row.given.origin(("user_ids",))
    assert cell is not None
    assert cell.rewritten("user_ids", ["u-1"]) == 'name the column user_ids:= and write ["u-1"]'


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("usr", 'did you mean "user"? --allow-unused lets it pass'),
        ("zzz", "known names: user; --allow-unused lets it pass"),
    ],
)
def test_names_that_nothing_reads(name: str, hint: str) -> None:
    given = parse_argument(f"{name}=1", read)
    with pytest.raises(UsageError, match=f'argument "{name}" .from --arg {name}=1') as caught:
        refuse_unread(given, {"user"})
    assert caught.value.hint == hint
    refuse_unread(given.plus(Given(allow_unused=True)), {"user"})


def rows(text: str, row_format: str = "csv") -> list[tuple[str | None, object]]:
    return [(row.given.account, row.given.values) for row in read_rows(text.encode(), "r", row_format)]


@pytest.mark.parametrize(
    "text",
    [
        "account,id,n:=\na,1,[2]\nb,,\n",
        "account;id;n:=\na;1;[2]\nb;;\n",
        "account\tid\tn:=\na\t1\t[2]\nb\t\t\n",
        " account , id ,n:=\n a ,1,[2]\n,,\n\nb,,\n",
        "\ufeffintegrated_account_id,id,n:=\r\na,1,[2]\r\nb,,\r\n",
        'account,"id",n:=\na,1,"[2]"\nb\n',
    ],
)
def test_tables(text: str) -> None:
    assert rows(text) == [("a", {"id": "1", "n": [2]}), ("b", {})]


def test_other_formats() -> None:
    listed = [{"account": "a", "id": "1", "n": [2]}, {"account": "b", "x.y": "@z"}]
    found = [("a", {"id": "1", "n": [2]}), ("b", {"x": {"y": "@z"}})]
    assert rows(json.dumps(listed), "json") == rows("\n".join(map(json.dumps, listed)), "ndjson") == found
    assert rows(json.dumps(listed), "yaml") == found
    assert rows("account\tid\na\t1,5;2\n", "tsv") == [("a", {"id": "1,5;2"})]


def test_the_defence_against_spreadsheets_is_taken_off() -> None:
    assert rows("a,b,c\n'=1+1,'quoted,'+49 30\n") == [(None, {"a": "=1+1", "b": "'quoted", "c": "+49 30"})]


@pytest.mark.parametrize(
    ("text", "row_format", "message"),
    [
        ("account,id\n,1\na,2\n", "csv", "row 1 of r has no account, while others have one"),
        ("account,integrated_account_id\na,b\n", "csv", "row 1 has two accounts"),
        ("a,a\n1,2\n", "csv", 'two columns are named "a"'),
        ("a\n1,2\n", "csv", "2 cells under 1 column name"),
        ("a,\n1,2\n", "csv", "a value under a column without a name"),
        ("n,n:=\n1,2\n", "csv", r"row 1 has two values for one argument .n:=."),
        ('[{"a.b": 1, "a.b:=": "2"}]', "json", "row 1 has two values for one argument"),
        ("a\n", "csv", "holds no rows"),
        ("", "csv", "holds no rows"),
        ('a\n"open\n', "csv", "not CSV"),
        ("n:=\nNaN\n", "csv", "row 1 of r, n:= is not JSON: NaN"),
        ("n:=\n1e400\n", "csv", "too large"),
        ('{"a": 1}\n{', "ndjson", "r:2: not JSON"),
        ("[1]", "json", "row 1 is not a mapping"),
        ("{}", "json", "holds no rows"),
        ('[{"a..b": 1}]', "json", '"a..b" is not the name'),
    ],
)
def test_rows_that_can_not_be_used(text: str, row_format: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        rows(text, row_format)


def test_an_empty_cell_gives_way_to_another_spelling_of_its_column() -> None:
    assert rows("n,n:=\n1,\n,2\n") == [(None, {"n": "1"}), (None, {"n": 2})]


@pytest.mark.parametrize(
    ("header", "meant"),
    [("Account", "account"), ("Integrated_Account_ID", "integrated_account_id"), ("accout", "account")],
)
def test_a_header_that_nearly_names_the_account_is_told_so(header: str, meant: str) -> None:
    (row,) = read_rows(f"{header},id\na,1\n".encode(), "r.csv", "csv")
    with pytest.raises(UsageError) as caught:
        refuse_unread(row.given, {"id"})
    assert caught.value.hint == f'did you mean "{meant}"? --allow-unused lets it pass'


def test_an_empty_cell_still_names_its_column() -> None:
    (row,) = read_rows(b"id,accout\n1,\n", "r.csv", "csv")
    with pytest.raises(UsageError, match=r'"accout" .from row 1 of r\.csv, accout') as caught:
        refuse_unread(row.given, {"id"})
    assert caught.value.hint == 'did you mean "account"? --allow-unused lets it pass'


def test_the_traps_of_yaml_in_rows_are_said_once() -> None:
    found = read_rows(b"- {a: 007}\n- {a: no}\n", "r.yaml", "yaml")
    assert [len(row.given.input_files) for row in found] == [1, 0]
    assert found[1] == InputRow(2, found[1].given)


def large(member: str) -> bytes:
    return (
        b'{"ids": ['
        + b",".join(b'{"id": %d, "t": "a\\"b\\":c"}' % number for number in range(4_000))
        + b"], %s}" % (member.encode())
    )


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ('"a": {"b": 1, "b": 2}', 'the key "b" appears twice'),
        ('"ids": 1', 'the key "ids" appears twice'),
        ('"a": 1e999', "too large"),
        ('"a": "\\ud800"', "surrogate"),
        ('"a": ' + "[" * 600 + "]" * 600, "deep"),
        ('"a": NaN', "NaN"),
    ],
)
def test_a_large_file_is_read_as_strictly_as_a_small_one(member: str, said: str) -> None:
    for text in (large(member), b"{%s}" % member.encode()) if "ids" not in member else (large(member),):
        with pytest.raises(UsageError, match=said):
            read_arguments(text, "args.json")


def test_a_large_file_holds_what_a_small_one_does() -> None:
    text = large('"a": 1.5, "b": 18446744073709551617, "c": -0, "d": "é"')
    assert read_arguments(text, "args.json").values == json.loads(text)

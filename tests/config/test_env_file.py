"""Env files are read as python-dotenv, Node's util.parseEnv and bash read them."""

from __future__ import annotations

import pytest

from batchctl.config.env_file import parse_env_file
from batchctl.errors import UsageError

UNCLOSED = "the quote that opens here is never closed, or text follows after it"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=plain", "plain"),
        ("export A = spaced  ", "spaced"),
        ('A="secret" # note', "secret"),
        ("A='secret' # note", "secret"),
        ('A="a # b" # c', "a # b"),
        ("A=a#b", "a#b"),
        ("A=a #b", "a"),
        ("A= # nothing", ""),
        ("A=", ""),
        ('A="line1\nline2"', "line1\nline2"),
        (r'A="tab\tand \"quotes\""', 'tab\tand "quotes"'),
        (r"A='no \t escape'", r"no \t escape"),
        ("A=one\u2028a\x1cline", "one\u2028a\x1cline"),
        ("A=${OTHER}", "${OTHER}"),
        ("\n# comment\n\nA=1\nA=2\n", "2"),
        ("A=1\r\nB=2\r\n", "1"),
        ("\ufeffA=1", "1"),
    ],
)
def test_values(text: str, value: str) -> None:
    assert parse_env_file(text.encode(), "x.env")["A"] == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('A="secret', "x.env:1: the quote that opens here is never closed, or text follows after it"),
        (
            "A=1\n\n\nexport B='secret\nC=2",
            "x.env:4: the quote that opens here is never closed, or text follows after it",
        ),
        ("A=1\nsecret words", "x.env:2: not a KEY=VALUE line"),
        ("\n\nALONE", "x.env:3: not a KEY=VALUE line"),
    ],
)
def test_what_is_no_value_is_one_line_that_does_not_show_it(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_env_file(text.encode(), "x.env")
    assert str(caught.value) == message
    assert "secret" not in str(caught.value)


def test_other_encodings() -> None:
    with pytest.raises(UsageError, match="not UTF-8"):
        parse_env_file(b"A=\xff\xfe", "x.env")

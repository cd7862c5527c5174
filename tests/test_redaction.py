import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.redaction import Redactor, is_secret_name, secret_values

SECRET = "s3cr/et value+1"


@pytest.mark.parametrize(
    "form",
    [SECRET, quote(SECRET, safe=""), quote(SECRET), base64.b64encode(SECRET.encode()).decode().rstrip("=")],
)
def test_every_form_is_masked(form: str) -> None:
    assert Redactor([SECRET]).text(f"a {form} b") == "a *** b"


def test_a_short_value_is_no_secret() -> None:
    assert Redactor(["abc"]).text("abc") == "abc"


@pytest.mark.parametrize("name", ["token", "api_key", "apiKey", "Authorization", "client-secret", "PASSWORD"])
def test_secret_names(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["page_token", "nextToken", "token_count", "author", "keyboard", "id"])
def test_innocent_names(name: str) -> None:
    assert not is_secret_name(name)


def test_values_below_a_secret_name() -> None:
    assert secret_values({"auth": {"user": "ann", "pin": 1234}, "id": "x"}) == {"ann", "1234"}


@given(
    st.lists(st.one_of(st.just(SECRET), st.text(max_size=5)), max_size=6),
    st.lists(st.integers(1, 12), min_size=1, max_size=30),
)
def test_a_stream_is_masked_as_the_whole_text(parts: list[str], sizes: list[int]) -> None:
    data = "".join(parts).encode("utf-8", "replace")
    mask = Redactor([SECRET]).stream()
    out, start = b"", 0
    for size in sizes:
        out += mask.feed(data[start : start + size])
        start += size
    out += mask.feed(data[start:]) + mask.rest()
    assert SECRET.encode() not in out
    assert out == Redactor([SECRET]).text(data.decode()).encode()


def test_a_stream_without_secrets_passes_at_once() -> None:
    mask = Redactor().stream()
    assert mask.feed(b"abc") == b"abc"
    assert mask.rest() == b""

import base64
import json
import random
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.definition import read
from batchctl.definition.secrets import secrets_of
from batchctl.redaction import (
    Redactor,
    Shown,
    UnknownSecret,
    is_secret_name,
    mask_pairs,
    secret_values,
    source_secrets,
    without_marks,
)
from batchctl.redaction.names import passwords_in

SECRET = "s3cr/et value+1"


@pytest.mark.parametrize(
    "form",
    [SECRET, quote(SECRET, safe=""), quote(SECRET), base64.b64encode(SECRET.encode()).decode().rstrip("=")],
)
def test_every_form_is_masked(form: str) -> None:
    assert Redactor([SECRET]).text(f"a {form} b") == "a *** b"


def test_a_short_value_is_masked_as_a_whole_only() -> None:
    assert Redactor(["abc"]).text("abc") == "***"
    assert Redactor(["abc"]).text("abc def") == "abc def"


@pytest.mark.parametrize("name", ["token", "api_key", "apiKey", "Authorization", "client-secret", "PASSWORD"])
def test_secret_names(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["page_token", "nextToken", "token_count", "author", "keyboard", "id"])
def test_innocent_names(name: str) -> None:
    assert not is_secret_name(name)


def test_values_below_a_secret_name() -> None:
    assert secret_values({"auth": {"user": "ann", "pin": 1234}, "id": "x"}) == {"ann", "1234"}


JSON_TEXT = st.recursive(
    st.one_of(
        st.sampled_from([SECRET, f"a{SECRET}b", "abc1", "123456789012", 123456789012, 91234, 4711]), st.text(max_size=4)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)),
    max_leaves=12,
)


@given(JSON_TEXT, st.lists(st.integers(1, 12), min_size=1, max_size=30), st.booleans())
def test_a_sealed_stream_comes_back_as_it_was(value: object, sizes: list[int], spaced: bool) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=None if spaced else (",", ":"))
    data = text.encode("utf-8", "replace")
    seal = Redactor([SECRET, "abc1", "123456789012", "4711"]).seal(b"salt")
    out, start = b"", 0
    for size in sizes:
        out += seal.feed(data[start : start + size])
        start += size
    out += seal.feed(data[start:]) + seal.rest()
    sealed = out.decode()
    assert json.loads(sealed) is not None
    assert not any(form in sealed for form in (SECRET, '"abc1"', '"123456789012"', '"4711"', '": 4711'))
    assert sealed == seal.sealed(data.decode())
    assert seal.opened(sealed) == data.decode()


def test_a_seal_is_opened_by_the_same_secrets_alone() -> None:
    sealed = Redactor([SECRET]).seal(b"salt").sealed(json.dumps({"from": SECRET}))
    assert Redactor([SECRET, "another one"]).seal(b"salt").opened(sealed) == json.dumps({"from": SECRET})
    with pytest.raises(UnknownSecret):
        Redactor(["another one"]).seal(b"salt").opened(sealed)
    assert json.loads(without_marks(sealed, "***")) == {"from": "***"}


def test_nothing_is_sealed_without_secrets() -> None:
    seal = Redactor().seal()
    assert seal.feed(b"abc") == b"abc"
    assert seal.rest() == b""


def test_only_the_gate_makes_shown_text() -> None:
    with pytest.raises(TypeError):
        Shown("text")
    assert type(Redactor().text("text")) is Shown
    assert type(Redactor().text("text") + "!") is str


@pytest.mark.parametrize(
    ("secret", "text", "shown"),
    [
        ("123456", '"id": 91234567, "n": 123456', '"id": 91234567, "n": ***'),
        ("hunter2", "hunter2 hunter22", "*** hunter22"),
        ("hunter2", "a%20hunter2&b", "a%20***&b"),
        ("4711", "4711", "***"),
        ("4711", 'the PIN "4711" is wrong, 4711', 'the PIN "***" is wrong, 4711'),
        ("a-long-secret", "xa-long-secrety", "x***y"),
    ],
)
def test_text_is_masked_where_it_is_the_secret(secret: str, text: str, shown: str) -> None:
    assert Redactor([secret]).text(text) == shown


def test_values_are_masked_as_values() -> None:
    redactor = Redactor(["123456", "4711"])
    data = {"id": 91234567, "n": 123456, "pin": "4711", "text": "4711 123456", "access_token": {"a": [1, None, True]}}
    assert redactor.data(data) == {
        "id": 91234567, "n": "***", "pin": "***", "text": "4711 ***", "access_token": {"a": ["***", None, True]},
    }  # fmt: skip
    assert redactor.count(data) == 4
    assert redactor.spares({"id": 91234567})
    assert not redactor.spares([{"n": 123456}])


def test_a_name_of_the_definition_stays_readable() -> None:
    redactor = Redactor(["contacts"]).sparing(["contacts"])
    assert redactor.text("GET crm/contacts") == "GET crm/contacts"
    assert redactor.data({"login": "contacts"}) == {"login": "***"}


BROKEN = """\
password: "hunter2
  goes on
login: {api_key: k-1234, user: ann}
auth:
  pin: 12
tokens: [t1, 't2']
client_secret: |
  first line
  second
x: {"secret": "in \\" quotes"}
token: "{{args.token}}"
cookie: ${COOKIE}
page_token: visible
"""


def test_secrets_of_a_file_that_can_not_be_parsed() -> None:
    found = source_secrets(BROKEN)
    assert {"hunter2", "goes on", "k-1234", "12", "t1", "t2", "first line", "second", 'in \\" quotes'} <= found
    assert not found & {"ann", "visible", "{{args.token}}", "${COOKIE}"}


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("password: x1 # why", "password: *** # why"),
        ('api_key: "unclosed', 'api_key: "***'),
        ("{token: 'a', id: 3}", "{token: '***', id: 3}"),
        ('"secret": {{args.x}}', '"secret": {{args.x}}'),
        ("next_token: a", "next_token: a"),
    ],
)
def test_a_line_of_source_is_masked_by_its_keys(line: str, shown: str) -> None:
    assert Redactor().line(line) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("said s3cr/et va…", "said ***…"),
        ("said s3cr/et value+1… and s3cr/e… s3…", "said ***… and ***… s3…"),
        ("said s3cr/et va", "said s3cr/et va"),
    ],
)
def test_half_a_secret_that_was_cut_is_masked(text: str, shown: str) -> None:
    assert Redactor([SECRET]).text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"access_token": "abc", "id": 1}', '{"access_token": "***", "id": 1}'),
        ('cut {"client_secret":"ab', 'cut {"client_secret":"***'),
        ('{"raw": "{\\"password\\": \\"x y\\"}"}', '{"raw": "{\\"password\\": \\"***\\"}"}'),
        ('{"pat": 1234, "n": 1}', '{"pat": "***", "n": 1}'),
        ("grant_type=x&refresh_token=abc&a=b", "grant_type=x&refresh_token=***&a=b"),
        ("sent Authorization: Bearer abcdefgh.ij", "sent Authorization: Bearer ***"),
        ("https://ann:pw@example.com", "https://ann:***@example.com"),
        ("token: the token is unknown", "token: the token is unknown"),
        ('{"next_token": "abc"}', '{"next_token": "abc"}'),
    ],
)
def test_secrets_that_nobody_here_knows_are_found_by_the_names_beside_them(text: str, shown: str) -> None:
    assert mask_pairs(text) == shown


NAMES = st.sampled_from(["id", "token", 'api"key', "to\\ken", "naïve", "next_token", ":password", "a:b", "sécret"])
VALUES = st.recursive(
    st.sampled_from([SECRET, f"a{SECRET}b", "abc1", "4711", 4711, None, True, 1.5, ":", ",", '":', "\\", '\\"token'])
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(VALUES, max_size=3), st.booleans(), st.booleans())
def test_text_that_clears_holds_nothing_secret(values: list[object], knows: bool, ascii_only: bool) -> None:
    redactor = Redactor([SECRET, "abc1", "4711"] if knows else [])
    text = json.dumps(values, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    if redactor.clears(text):
        assert sum(map(redactor.count, values)) == 0
        assert redactor.data(values) == values


def test_plain_records_clear() -> None:
    assert Redactor([SECRET]).clears(json.dumps([{"id": 1, "name": 'a "b" c', "next_token": "x"}]).encode())
    assert not Redactor().clears(b'[{"id": 1, "token": "x"}]')
    assert not Redactor([SECRET]).clears(json.dumps([{"id": SECRET}]).encode())


def test_a_long_secret_is_masked_in_lower_case_too() -> None:
    redactor = Redactor(["TokS3crtzzYq9"])
    assert redactor.text("it redirects to toks3crtzzyq9.example") == "it redirects to ***.example"


def test_what_is_masked_already_is_no_value_that_looks_secret() -> None:
    assert Redactor().count({"api_key": "***", "password": "hunter2"}) == 1


def slow_secret_values(value: object, *, secret: bool = False) -> set[str]:
    """Value by value: what ``secret_values`` does with many at a time."""
    if isinstance(value, dict):
        return set().union(*(slow_secret_values(v, secret=secret or is_secret_name(k)) for k, v in value.items()))
    if isinstance(value, list):
        return set().union(*(slow_secret_values(each, secret=secret) for each in value))
    if isinstance(value, str | int | float) and not isinstance(value, bool) and secret:
        return {str(value)}
    return set(passwords_in(value)) if isinstance(value, str) else set()


def test_secrets_among_many_values_are_those_of_each() -> None:
    chosen = random.Random(15)
    leaves = ["x", "tok-1", "https://u:pw-1@host", "https://u", ":pw@host", 17, 2.5, True, None, "a\nb"]

    def made(depth: int) -> object:
        kind = chosen.randint(0, 3) if depth else 3
        if kind == 0:
            return [made(depth - 1) for _ in range(chosen.randint(0, 4))]
        if kind == 1:
            return {name: made(depth - 1) for name in chosen.sample(["token", "id", "auth", "name", "password"], 3)}
        return chosen.choice(leaves)

    for _ in range(500):
        value = made(4)
        assert secret_values(value) == slow_secret_values(value), value
    assert secret_values([*["x"] * 10_000, {"pin": 1, "token": "t-9"}, "https://a:b-77@c"]) == {"t-9", "b-77"}


def test_a_secret_with_half_a_placeholder_in_it_is_a_secret() -> None:
    args = {"password": "p{{x9", "token": "a${b1c", "api_key": "{{args.key}}", "secret": "pre${NAME}"}
    loaded = read(json.dumps({"integrated_account_id": "a", "args": args, "resources": []}))
    assert set(secrets_of(loaded)) & {str(value) for value in args.values()} == {"p{{x9", "a${b1c"}

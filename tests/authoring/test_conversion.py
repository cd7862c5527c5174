"""Requests and JSON → a file that sends the same."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchctl.authoring import convert
from batchctl.authoring.shell_words import shell_commands
from batchctl.authoring.writing import written
from batchctl.definition.loading import read
from batchctl.errors import UsageError
from batchctl.plan.preview import make_preview
from batchctl.preparation import prepare

ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
URL = f"https://api.truto.one/unified/crm/contacts?integrated_account_id={ACCOUNT}"
CONTACTS = {"resource": "crm/contacts", "method": "list"}


def made(text: str) -> str:
    draft = convert(text)
    return written(draft.data, draft.notes, variables=draft.variables)


def resources(text: str) -> object:
    data = read(made(text), environment={"TRUTO_ACCOUNT_ID": ACCOUNT}).data
    assert isinstance(data, dict)
    assert data["integrated_account_id"] == ACCOUNT
    return data["resources"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (f"curl '{URL}' -H 'Authorization: Bearer secret'", CONTACTS),
        ("$ curl https://api.truto.one/unified/crm/contacts", CONTACTS),
        (f"curl -sS --compressed \\\n  -XGET \\\n  --url '{URL}&limit=5'", {**CONTACTS, "query": {"limit": "5"}}),
        (
            f"curl -G {URL.split('?', maxsplit=1)[0]} --data-urlencode 'name=Zoë Ö' -d integrated_account_id={ACCOUNT}",
            {**CONTACTS, "query": {"name": "Zoë Ö"}},
        ),
        (
            f"curl '{URL}&updated_at[gt]=2024&ids[]=a&ids[]=b&tag=x&tag=y'",
            {**CONTACTS, "query": {"updated_at": {"gt": "2024"}, "ids": ["a", "b"], "tag": ["x", "y"]}},
        ),
        (
            "curl https://api.truto.one/unified/crm/contacts/a%2Fb",
            {"resource": "crm/contacts", "method": "get", "id": "a/b"},
        ),
        (
            "curl -X DELETE https://api.truto.one/proxy/pages/7",
            {"resource": "pages", "method": "delete", "id": "7", "persist": True},
        ),
        (
            "curl https://api.truto.one/proxy/pages/search --json '{\"a\": 1.5}'",
            {"resource": "pages", "method": "search", "body": {"a": 1.5}, "persist": True},
        ),
    ],
)
def test_curl_commands_for_one_call(command: str, expected: dict[str, object]) -> None:
    assert resources(command) == [expected]
    assert "secret" not in made(command)


@pytest.mark.parametrize(
    ("query", "is_noted"),
    [
        ("ids[]=a&ids[]=b", False),
        ("ids%5B%5D=a", False),
        ("ids=a&ids=b", True),
        ("ids[0]=a&ids[1]=b", True),
        ("a=1", False),
    ],
)
def test_a_list_that_is_sent_in_another_spelling_is_noted(query: str, is_noted: bool) -> None:
    notes = convert(f"curl '{URL}&{query}'").notes
    assert ("Lists in the query are sent as Truto documents them: ids[]=a&ids[]=b." in notes) is is_noted


PASTED = '{"resources": [{"resource": "a", "method": "list", "query": {"v": 1.10, "v": 2, "n": 1.10}}]}'
WITH_DOUBLES = '{"v": 1.10, "v": 2, "n": 1.10}'


@pytest.mark.parametrize(
    "text",
    [
        PASTED,
        f"curl https://api.truto.one/batch-request -d '{PASTED}'",
        f"curl https://api.truto.one/unified/crm/notes -d '{WITH_DOUBLES}'",
        f"POST https://api.truto.one/unified/crm/notes\nContent-Type: application/json\n\n{WITH_DOUBLES}\n",
    ],
    ids=["json", "batch in curl", "body in curl", "http"],
)
def test_what_a_reader_of_json_keeps_otherwise_is_noted(text: str) -> None:
    notes = convert(text).notes
    assert 'The key "v" appears twice in one object: the last one is kept, as JavaScript would.' in notes
    assert "The number 1.10 is written as 1.1, as it is sent: quote it if it is text." in notes


def test_nothing_is_noted_of_json_as_programs_write_it() -> None:
    assert (
        convert('{"resources": [{"resource": "a", "method": "list", "query": {"v": 0.1, "n": [1, 2.5e-7]}}]}').notes
        == []
    )


def test_a_file_of_http_requests_is_one_batch() -> None:
    text = (
        f"# contacts\nGET {URL} HTTP/1.1\nAuthorization: Bearer secret\n\n"
        f'### another\nPOST {URL}\nContent-Type: application/json\n\n{{\n  "a": "b"\n}}\n'
    )
    assert resources(text) == [CONTACTS, {"name": "contacts-2", **CONTACTS, "method": "create", "body": {"a": "b"}}]
    assert "secret" not in made(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("curl https://api.truto.one/batch-request -d @body.json", "from the file body.json"),
        ("curl https://api.truto.one/batch-request -d 'no'", "not JSON"),
        ("curl https://api.truto.one/batch-request -d '{\"a\": NaN}'", "not JSON"),
        ("curl https://api.truto.one/unified/crm/contacts -F a=b", "a form"),
        ("curl https://example.com/x", "no call that a batch can make"),
        ("curl -X PUT https://api.truto.one/unified/crm/contacts/1", "no call that a batch can make"),
        ("curl 'https://api.truto.one", "cut off"),
        ('curl "https://api.truto.one', "cut off"),
        ("curl $'https://api.truto.one", "cut off"),
        ("curl https://a -d @- <<EOF\n{}\n", "cut off"),
        ('curl ^"https://a ^\n -s', "cut off"),
        (f"curl {URL} -d @- ", "from its input"),
        (f"curl {URL} --json '{{\"a\": 1e400}}'", "too large to be sent"),
        (f'curl {URL} -d "{{\\"a\\": \\"$(date)\\"}}"', r"only the shell knows what \$\(date\)"),
        (f'curl {URL} -d "{{\\"$A\\": 1}}"', "no variables in expressions and keys"),
        (f"curl {URL} -d '{{\"a\": '$A'}}'", "not JSON"),
        (f"curl {URL} -d '{{\"a\": \"$'$A'\"}}'", r"a \$ before the variable"),
        (f"curl {URL} -d a=1", "not JSON"),
        (f"curl {URL} -T file", "sends a file"),
        (f"curl -K cfg {URL}", "options from a file"),
        (f"curl {URL} --variable a=1", "variables of its own"),
        (f"curl {URL} --data-urlencode a@file -G", "a value from the file"),
        (f"curl -I {URL}", "HEAD /unified/crm/contacts is no call"),
        ("curl 'https://api.truto.one/unified/crm/contacts/[1-3]'", "several URLs"),
        ("curl https://[a/unified/crm/contacts", "no valid URL"),
        (f"curl -~ {URL}", "no option -~"),
        ("POST /unified/crm/contacts\n\n< ./body.json\n", "from the file ./body.json"),
        (f"GET {URL}\n\n### two\nsomething else\n", "begins with no request: something else"),
        ("curl -X", "ends after -X"),
        ("curl https://a https://b", "several URLs"),
        ("[]", "neither a definition nor a request"),
        ("a: [", "the input:1"),
        (f"GET {URL}\n###\nGET {URL.replace('5c3b', '5c3c')}\n", "several accounts"),
        ("curl -s", "has no URL"),
        (f"curl {URL} -d @- <<EOF", "cut off: no line EOF"),
        (f'curl {URL} -d "$(cat x"', r"a \$\( is never closed"),
        (f'curl {URL} -d "`cat x"', "a ` is never closed"),
        (f'curl {URL} -d "``"', "not JSON"),
        ("curl https://api.truto.one/batch-request -d '[]'", "no JSON object as its body"),
        (f"curl https://api.truto.one/batch-request -d '{{}}'\ncurl {URL}", "several requests, and one is a batch"),
        (f"curl '{URL}&a=1&a[b]=2'", 'gives "a" as a value and as a list or an object'),
        (f"curl '{URL}&a[b]=1&a=2'", 'gives "a" as a value and as a list or an object'),
        (f"curl '{URL}&a[]=1&a=2'", 'gives "a" as a value and as a list or an object'),
        (f"@a={{{{b}}}}\n@b=x{{{{a}}}}\nGET {URL}&q={{{{a}}}}\n", "contain each other"),
        (f"@a={'{{b}}' * 200}\n@b={'{{c}}' * 200}\n@c={'x' * 2000}\nGET {URL}&q={{{{a}}}}\n", "too large"),
        (f"@a={'{{a}}' * 200}\nGET {URL}&q={{{{a}}}}\n", "too large"),
        (f"curl '{URL}&a{'[b]' * 2000}=1'", "the query is nested deeper than 64 levels"),
        (f"curl {URL} -d '{'[' * 900}1{']' * 900}'", "the input: nested deeper than 64 levels"),
        (f"curl {URL} -d '{'[' * 100_000}1{']' * 100_000}'", "the body of the request is not JSON"),
        ("include: none.yaml\n", "the input:1:1: include is for files"),
    ],
)
def test_what_can_not_be_converted_is_said(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        made(text)


CREATE = {**CONTACTS, "method": "create"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # As browsers copy a call, for bash and for the prompt of Windows.
        (
            (f"curl '{URL}' \\\n  -H 'x: y' "
            f"\\\n  --data-raw $'{{\"a\":\"O\\'Neil\\\\n\\u00e9\\xc3\\xa9\"}}' \\\n  --compressed ;"),
            [{**CREATE, "body": {"a": "O'Neil\n\u00e9\u00e9"}}],
        ),
        (
            (f'curl ^"{URL}^&limit=5^" ^\r\n  -H ^"x: y^" '
            f'^\r\n  --data-raw ^"^{{^\\^"a^\\^":^\\^"100^% \\\\b^\\^"^}}^"'),
            [{**CREATE, "query": {"limit": "5"}, "body": {"a": "100% \\b"}}],
        ),
        # Every $ and quote as bash has it; a ${…} in single quotes is text, whatever the account.
        (f'curl {URL} -d "{{\\"a\\": \\"\\$x\\"}}"', [{**CREATE, "body": {"a": "$x"}}]),
        (f"curl '{URL.partition('?')[0]}' -d '{{\"a\": \"${{HOME}}\"}}'", [{**CREATE, "body": {"a": "${HOME}"}}]),
        (f"curl {URL} -d @- <<'EOF'\n{{\"a\": \"$x\"}}\nEOF\n", [{**CREATE, "body": {"a": "$x"}}]),
        # Variables of the shell are variables here.
        (
            ('A=b\ncurl "$HOST/unified/crm/contacts?integrated_account_id=$TRUTO_ACCOUNT_ID" '
            '-d "{\\"a\\": \\"${N:-7} $B\\"}"'),
            [{**CREATE, "body": {"a": "7 of B"}}],
        ),
        # Options with values that are none of the request, flags together, several commands, what follows them.
        (f"curl -u a:b -b c=d --cookie-jar jar -sSLX POST '{URL}' --max-time 9 | jq . > out 2>&1", [CREATE]),
        (f"curl {URL} --next {URL} --url-query x=1 # twice", [
            CONTACTS, {"name": "contacts-2", **CONTACTS, "query": {"x": "1"}},
        ]),
        (f"curl {URL}&limit=5 && curl -s {URL}", [
            {**CONTACTS, "query": {"limit": "5"}}, {"name": "contacts-2", **CONTACTS},
        ]),
        (f"curl --request=GET -- '{URL}' -: -g '{URL}&a=[1-3]&b=1&b=2&b=3'", [
            CONTACTS, {"name": "contacts-2", **CONTACTS, "query": {"a": "[1-3]", "b": ["1", "2", "3"]}},
        ]),
        # An input that follows the command: its variables count, quotes don't, lines go on after a backslash.
        (f"curl {URL} -d @- <<EOF; (echo done)\n{{\"a\": \"\\$x $B\\\n, \\\\n\"}}\nEOF\n", [
            {**CREATE, "body": {"a": "$x of B, \n"}},
        ]),
        (f"@a={{{{b}}}}\n@b={{{{c}}}}\n@c=5\nGET {URL}&limit={{{{a}}}}\n\n###\n# and nothing\n", [
            {**CONTACTS, "query": {"limit": "5"}},
        ]),
        (f"curl {URL} --json '{{\"a\":' --json '1}}'", [{**CREATE, "body": {"a": 1}}]),
        (f"curl {URL}#there -d '{{\"n\": null, \"i\": 9007199254740993}}'", [
            {**CREATE, "body": {"n": None, "i": 9007199254740993}},
        ]),
        (
            (f"@host = https://api.truto.one\n@id={ACCOUNT}\n# @name x\nGET {{{{host}}}}/unified/crm/contacts\n"
            "  ?limit=5\n  &integrated_account_id={{id}}\nAccept: */*\n\n> {% client.log() %}\n\n"
            "### two\nPOST /unified/crm/contacts HTTP/1.1\nHost: api.truto.one\n\n{}\n> {% client.log() %}\n"),
            [{**CONTACTS, "query": {"limit": "5"}}, {"name": "contacts-2", **CREATE, "body": {}}],
        ),
    ],
)  # fmt: skip
def test_commands_as_people_have_them(text: str, expected: object) -> None:
    environment = {"TRUTO_ACCOUNT_ID": ACCOUNT, "B": "of B"}
    data = read(made(text), environment=environment).data
    assert isinstance(data, dict)
    assert (data["integrated_account_id"], data["resources"]) == (ACCOUNT, expected)


PIECES = st.sampled_from(
    ["a", "é", " ", "\t", "'b c'", '"d e"', "\\ ", "\\\n", "\\\\", '"\\$ \\` \\" \\\\ \\x"',
     "$'\\n\\x41\\101\\u00e9\\'\\q'", "$'\\cAz'",
     "#", "''", "f#g", "{", "}", "[x]", "*.none", "~", "=", "%", "^", "--x"]
)  # fmt: skip


@given(text=st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=60, deadline=None)
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_words_are_those_of_bash(text: str) -> None:
    script = f"set -f; HOME='~'; shift $#\nset -- curl {text}\n[ $# = 0 ] || printf '%s\\0' \"$@\""
    answer = subprocess.run(["bash", "-c", script], capture_output=True, check=True, timeout=60)
    words = answer.stdout.decode().split("\0")[:-1]
    assert [command.words for command in shell_commands(f"curl {text}\n")] == [words]


def test_control_characters_are_those_of_bash() -> None:
    (command,) = shell_commands("curl $'\\cA\\c[b'\n")
    assert command.words == ["curl", "\x01\x1bb"]


TEXTS = st.sampled_from(
    ["${HOME}", "$${x}", "{{args.a}}", "no", "1e3", "", " a", "a: b", "# c", "é😀", "a\nb", "\\", '"', "'"]
)
TEXT = TEXTS | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBER = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
VALUE = st.recursive(
    TEXT | NUMBER | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
RESOURCE = st.fixed_dictionaries(
    {"resource": TEXT, "method": TEXT},
    optional={"query": VALUE, "body": VALUE, "run_if": TEXT, "config": st.fixed_dictionaries({"expression": TEXT})},
)
BODY = st.fixed_dictionaries(
    {"integrated_account_id": TEXT, "args": st.dictionaries(TEXT, VALUE, max_size=3), "resources": st.lists(RESOURCE)}
)


@given(body=BODY, form=st.sampled_from(["json", "curl", "http"]))
def test_a_body_stays_the_same_to_the_last_byte(body: dict[str, object], form: str) -> None:
    text = sent = json.dumps(body, ensure_ascii=False)
    if form == "curl":
        text = f"curl -X POST https://api.truto.one/batch-request -H 'X: y' --data-raw {shlex.quote(text)}"
    elif form == "http":
        text = f"POST https://api.truto.one/batch-request\nX: y\n\n{json.dumps(body)}\n"
    assert json.dumps(read(made(text), environment={}).data, ensure_ascii=False) == sent


NODE = st.fixed_dictionaries({"name": TEXT, "type": st.sampled_from(["request", "event", "destination"])}, optional={
    "resource": TEXT, "method": TEXT, "query": VALUE, "config": st.dictionaries(TEXT, VALUE, max_size=2),
    "run_if": TEXT, "resources_to_persist": st.lists(TEXT, max_size=2),
})  # fmt: skip
JOB = st.fixed_dictionaries(
    {"label": TEXT, "default_runtime_version": st.just(4), "resources": st.lists(NODE, min_size=1)},
    optional={
        "id": TEXT,
        "integration_name": TEXT,
        "state_key": TEXT,
        "args_schema": st.dictionaries(TEXT, st.dictionaries(TEXT, VALUE, max_size=2), max_size=2),
        "created_at": st.just("2026-01-31T10:00:00.000Z"),
    },
)


@given(job=JOB)
def test_a_sync_job_stays_the_same_to_the_last_byte(job: dict[str, object]) -> None:
    """As ``GET /sync-job/ID`` answers it."""
    text = json.dumps(job, ensure_ascii=False)
    assert json.dumps(read(made(text), environment={}).data, ensure_ascii=False) == text


WORD = st.text(st.sampled_from("abcXYZ019 +&=%/?#é😀.,:'"), min_size=1, max_size=8)
FIELD = st.text(st.sampled_from("abc_xyz"), min_size=1, max_size=6).map(lambda text: f"q{text}")


@given(
    query=st.dictionaries(FIELD, WORD, max_size=4),
    body=st.none() | st.dictionaries(FIELD, WORD | st.integers(-9, 9) | st.booleans() | st.lists(WORD, max_size=2)),
)
def test_a_single_call_is_made_again_as_it_was(query: dict[str, str], body: dict[str, object] | None) -> None:
    url = "https://api.truto.one/unified/crm/contacts?" + urlencode({"integrated_account_id": ACCOUNT, **query})
    command = f"curl {shlex.quote(url)}"
    if body is not None:
        command += f" -H 'Content-Type: application/json' --json {shlex.quote(json.dumps(body))}"
    prepared = prepare(made(command), file="a.yaml", environment={})
    (request,) = make_preview(prepared.require_plan()).resources[0].requests()
    call = request.call
    assert (call.http_method, call.path) == ("GET" if body is None else "POST", "/unified/crm/contacts")
    assert {name: value for name, value in call.query.items() if name != "integrated_account_id"} == query
    assert json.dumps(call.body or {}) == json.dumps(body or {})

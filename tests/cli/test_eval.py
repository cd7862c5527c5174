"""``batchctl eval``: the playground of expressions."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "samples"


def batchctl(*arguments: str, stdin: str = "", folder: Path = SAMPLES) -> subprocess.CompletedProcess[str]:
    return run("eval", *arguments, stdin=stdin, folder=folder)


def run(*arguments: str, stdin: str = "", folder: Path = SAMPLES) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "batchctl", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "printed"),
    [
        (["a + 1", "--data", "-"], '{"a": 2}', "3\n"),
        (["$join(names)", "--data", "-"], "names: [x, y]", '"x,y"\n'),
        (["name", "--data", "-", "--raw"], '{"name": "Zoë"}', "Zoë\n"),
        (["$", "--data", "-", "--raw"], '{"a": [1, null]}', '{"a": [1, null]}\n'),
        (["args.n", "--arg", "n:=5"], "", "5\n"),
        (["args", "--data", "-", "--arg", "b=x"], '{"args": {"a": 1}}', '{\n  "a": 1,\n  "b": "x"\n}\n'),
        (["-"], "1 +\n 1", "2\n"),
        (["1 / 0"], "", "null\n"),
    ],
)
def test_the_value_is_printed(arguments: list[str], stdin: str, printed: str) -> None:
    done = batchctl(*arguments, stdin=stdin)
    assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")


def test_nothing_is_said_on_stderr() -> None:
    done = batchctl("missing")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no value" in done.stderr
    assert batchctl("missing", "-q").stderr == ""


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("a.b.(c +", 'error[S0203]: Expected ")" before end of expression\n  a.b.(c +\n         ^\n'),
        ('1 + "x"', '  1 + "x"\n    ^\n'),
        ("(\n  $x := 1;\n  $x + null\n)", "    $x + null\n       ^\n"),
        ("$dtFromIso(1) > 2", "  $dtFromIso(1) > 2\n                ^\n"),
        ("1 + $uppercas(a)", "there is no function $uppercas\n  1 + $uppercas(a)\n      ^^^^^^^^^\n  did you mean"),
        ('$parseDocument(a, "b")', '$parseDocument(a, "b")\n  ^^^^^^^^^^^^^^\n'),
        ("($f := 1; $f(1))", "Attempted to invoke a non-function\n  ($f := 1; $f(1))\n              ^\n"),
    ],
)
def test_an_error_has_a_caret(expression: str, shown: str) -> None:
    done = batchctl(expression)
    assert (done.returncode, done.stdout) == (1, "")
    assert shown in done.stderr


@pytest.mark.parametrize(
    ("expression", "said", "marked"),
    [
        ('$groupBy([{"a": 1}], function($i){ $i.a })', "does not call a function that it is given", "  ^^^^^^^^"),
        ("$uppercas(a)", "there is no function $uppercas", "  ^^^^^^^^^"),
        ('1 < 2 or $convertMarkdownToHtml("x") = ""', "works on the service alone", "           ^^^^^^^^^^^^^^^^^^^^"),
    ],
)
def test_explain_says_what_is_true_of_a_function(expression: str, said: str, marked: str) -> None:
    done = batchctl(expression, "--explain")
    assert said in done.stderr
    assert any(line.startswith(marked) for line in done.stderr.splitlines())


def test_explain_says_what_surprises() -> None:
    done = batchctl('"on " & $dtFromIso("2026-01-31")', "--explain")
    assert json.loads(done.stdout) == 'on "2026-01-31T00:00:00.000+00:00"'
    assert "brings its quotes along" in done.stderr
    assert ".toISODate()" in done.stderr


def test_explain_says_what_the_data_shows() -> None:
    data = '{"at": "2026-01-31T10:00", "zone": "Asia/Tokyo"}'
    done = batchctl("$dtFromIso(at, zone).toISO()", "--explain", "--data", "-", "--raw", stdin=data)
    assert done.stdout == "2026-01-31T19:00:00.000+09:00\n"
    assert "a time without an offset is read in UTC" in done.stderr


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        ('{"a": NaN}', "data.json: not JSON: NaN is not a JSON value"),
        ('{"a": 1, "a": 2}', 'the key "a" appears twice in one object'),
        ("[1, 2", "data.json:1:6: not JSON"),
        ("[" * 2_000 + "]" * 2_000, "it nests too deep"),
    ],
)
def test_broken_data_is_one_sentence(stdin: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text(stdin, "utf-8")
    done = batchctl("a", "--data", str(tmp_path / "data.json"))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a", "--data", "nowhere.json"], "no such file: nowhere.json"),
        (["-", "--data", "-"], "stdin is either"),
        (["a", "--data", "-", "--arg", "x=1"], "the data is none"),
        (["a", "--node", "quickstart.yaml"], "--node is FILE#NAME"),
        (["a", "--node", "quickstart.yaml#nope"], "quickstart.yaml has no node nope"),
        (["a", "--node", "x#y", "--data", "-"], "--node and --data"),
        (["a", "--fixtures", "fixtures"], "--fixtures goes with --node"),
    ],
)
def test_wrong_use_is_one_sentence(arguments: list[str], said: str) -> None:
    done = batchctl(*arguments, stdin="[1]")
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_what_a_node_sees() -> None:
    node = "notion-page-to-markdown.yaml#combine-page-content"
    done = batchctl("$keys(resources)", "--node", node, "--fixtures", "notion-fixtures", "--arg", "page_id=p")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_what_the_first_node_sees() -> None:
    done = batchctl(
        "args.page_id", "--node", "notion-page-to-markdown.yaml#page-content", "--arg", "page_id=p", "--raw"
    )
    assert (done.returncode, done.stdout) == (0, "p\n")


OBSERVED = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {resource: crm/contacts, method: list}
  - name: made
    type: transform
    depends_on: crm/contacts
    persist: true
    config: {expression: "resources.crm.contacts.{'at': $dtFromIso(at, 'Asia/Tokyo')}"}
"""


def test_records_beside_a_file_show_what_its_expressions_do(tmp_path: Path) -> None:
    file, folder = tmp_path / "a.yaml", tmp_path / "fixtures" / "unified" / "crm"
    folder.mkdir(parents=True)
    file.write_text(OBSERVED, "utf-8")
    records = folder / "contacts.json"
    records.write_text('[{"at": "2026-01-31T10:00"}]', "utf-8")
    said = "a time without an offset is read in UTC"
    checked = run("validate", str(file))
    assert checked.returncode == 0
    assert said in checked.stdout
    # It is said once, above the run; with other records by the run.
    assert run("run", str(file), "--local", "-o", "json").stderr.count(said) == 1
    records.write_text('[{"at": "2026-01-31T10:00Z"}]', "utf-8")
    assert said not in run("validate", str(file)).stdout
    other = tmp_path / "other" / "unified" / "crm"
    other.mkdir(parents=True)
    (other / "contacts.json").write_text('[{"at": "2026-01-31T10:00"}]', "utf-8")
    done = run("run", str(file), "--local", "--fixtures", str(other.parents[1]), "-o", "json")
    assert done.stderr.count(said) == 1
    assert "made: $dtFromIso(at, 'Asia/Tokyo'): " in done.stderr

"""What it takes to start, without a command line: inputs, the API that is reached, rows and earlier runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from recording_service import TOKEN, served

import batchctl
from batchctl import Answers, UsageError
from batchctl.config.folders import CONFIG_VARIABLE
from batchctl.diagnostics import Severity
from batchctl.errors import BadAnswer, CredentialsError
from batchctl.execution.notices import ConfigExposed
from batchctl.launch.api import CALL_TIMEOUT_S, ApiOptions
from batchctl.launch.earlier import EarlierRun
from batchctl.launch.inputs import Inputs
from batchctl.launch.read_files import inputs_read
from batchctl.launch.row_sources import RowSource
from batchctl.launch.setup import RunMask, Setup, absolute
from batchctl.launch.several import divided
from batchctl.redaction import Redactor
from batchctl.structs import Struct
from batchctl.truto.connection import Connection

FILE = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {stage: won}
resources:
  - {name: contacts, resource: crm/contacts, method: list, query: {stage: "{{args.stage}}"}}
  - {name: users, resource: crm/users, method: list}
"""
RECORDS: dict[str, Any] = {"crm/contacts": [{"id": "1", "stage": "won"}], "crm/users": []}


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "a.yaml").write_text(FILE, "utf-8")
    return str(tmp_path / "a.yaml")


@pytest.fixture
def store(tmp_path: Path) -> batchctl.RunStore:
    return batchctl.RunStore(tmp_path / "state")


def test_inputs_are_what_a_command_line_gives(file: str) -> None:
    inputs = Inputs(file, arg=["stage=lost"], context=["region:=5"], only=["contacts"])
    assert inputs.arguments() == {"stage": "lost"}
    assert inputs.account_context() == {"region": 5}
    plan = Inputs(file, arg=["stage=lost"], only=["contacts"]).prepare(required=Severity.ERROR).require_plan()
    assert (list(plan.steps), plan.definition.args) == (["contacts"], {"stage": "lost"})


def test_messages_name_an_option_as_it_was_given(file: str) -> None:
    inputs = Inputs(file, arg=["stage"], named=lambda option: f"the variable of {option}")
    with pytest.raises(UsageError, match="the variable of --arg"):
        inputs.given()


def test_inputs_over_those_of_an_earlier_run() -> None:
    before = Inputs("a.yaml", account="one", only=("users",), context=["a=1"], accept=["users=404"], args={"x": 1})
    merged = Inputs("", account="two", arg=["b=2"], context=["c=3"]).over(before)
    assert (merged.file, merged.account, merged.only, merged.accept) == ("a.yaml", "two", ("users",), ["users=404"])
    assert (merged.arg, merged.context, merged.args) == (["b=2"], ["a=1", "c=3"], {"x": 1})


def test_stdin_has_no_folder_of_its_own() -> None:
    inputs = Inputs("-")
    assert (inputs.shown, inputs.folder, absolute(None)) == ("<stdin>", Path(), None)


def test_each_of_several_files_takes_its_share(file: str, tmp_path: Path) -> None:
    other = tmp_path / "b.yaml"
    other.write_text(FILE.replace("users", "notes"), "utf-8")
    found = divided([Inputs(each, only=["users"]) for each in (file, str(other))])
    assert [each.inputs.file for each in found] == [file]
    with pytest.raises(UsageError, match="nobody"):
        divided([Inputs(file, only=["nobody"]), Inputs(str(other), only=["nobody"])])


class FileOptions(Struct):
    args_file: list[Path] | None = None
    arg: list[str] | None = None
    env_file: Path | None = None


def test_the_files_that_are_read_have_names_for_messages() -> None:
    options = FileOptions([Path("a.json")], ["x=@x.txt", "y:=@y.json", "z=1"], Path(".env"))
    assert inputs_read(["a.yaml", "-"], options, each=Path("rows.csv"), context=["c=@c.txt"]) == {
        "the definition": Path("a.yaml"),
        "--args-file a.json": Path("a.json"),
        "--arg x": Path("x.txt"),
        "--arg y": Path("y.json"),
        "--context c": Path("c.txt"),
        "--env-file": Path(".env"),
        "--each": Path("rows.csv"),
    }


def test_the_api_is_that_of_the_options_or_the_environment(tmp_path: Path) -> None:
    home = {CONFIG_VARIABLE: str(tmp_path / "none.toml")}
    asked = ApiOptions(token=TOKEN, api_url="https://api.example", timeout_s=5)
    found = asked.credentials(home)
    assert (found.token, found.api_url, TOKEN in repr(asked)) == (TOKEN, "https://api.example", False)
    assert asked.target(found).connection.timeouts.call_s is None
    assert asked.target(found, direct=True).connection.timeouts.call_s == CALL_TIMEOUT_S
    assert ApiOptions().credentials({**home, "TRUTO_API_TOKEN": "t"}).source == "TRUTO_API_TOKEN"
    with pytest.raises(CredentialsError):
        ApiOptions().credentials(home)


@pytest.mark.skipif(not hasattr(__import__("os"), "geteuid"), reason="permissions of POSIX")
def test_a_file_of_tokens_that_others_read_is_noticed(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    environ = {CONFIG_VARIABLE: str(config)}
    config.write_text('[profiles.default]\ntoken = "t"\napi_url = "https://api.example"\n', "utf-8")
    config.chmod(0o644)
    notices: list[object] = []
    ApiOptions(token=TOKEN).credentials(environ, notices.append)
    assert notices == [ConfigExposed(config)]


def test_rows_come_from_a_file_or_the_accounts_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("stage\nwon\nlost\n", "utf-8")
    assert [row.values for row in RowSource(str(tmp_path / "rows.csv")).read()] == [{"stage": "won"}, {"stage": "lost"}]
    (tmp_path / "fixtures" / "accounts" / "one").mkdir(parents=True)
    accounts = RowSource("accounts").accounts(None, tmp_path / "fixtures")
    assert [row.account for row in accounts] == ["one"]


@pytest.mark.parametrize(
    ("source", "definition", "sentence"),
    [
        (RowSource(where="true"), "a.yaml", "--where goes with --each"),
        (RowSource(each_format="csv"), "a.yaml", "--each-format goes with --each"),
        (RowSource("-", "csv"), "-", "can't both come from stdin"),
        (RowSource("-"), "a.yaml", "needs to know what it reads"),
        (RowSource("a.csv", where="true"), "a.yaml", "--where goes with --each accounts"),
        (RowSource("accounts", "csv"), "a.yaml", "for the rows of a file"),
    ],
)
def test_rows_that_make_no_sense_are_refused(source: RowSource, definition: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        source.require_sense(definition)


def test_a_setup_runs_over_an_api_and_an_earlier_run_is_read_again(file: str, store: batchctl.RunStore) -> None:
    with served(Answers(RECORDS)) as service:
        mask = RunMask(Redactor())
        api = ApiOptions(token=TOKEN, api_url=service.url)
        setup = Setup("direct", Inputs(file), api, mask, store)
        plan = setup.inputs.prepare().require_plan()
        assert setup.base_url == service.url
        assert setup.secrets(plan) == {TOKEN}
        batchctl.run(file, executor="direct", token=TOKEN, api_url=service.url, environment={}, store=store)
    assert TOKEN not in mask.redactor.text(f"the token is {TOKEN}")
    earlier = EarlierRun.of(store, "latest")
    assert earlier.result is not None
    assert (earlier.result.status, list(earlier.result.outcomes)) == ("succeeded", ["contacts", "users"])
    assert earlier.response is not None
    earlier.response.write_text("[]", "utf-8")
    with pytest.raises(BadAnswer, match="is incomplete"):
        EarlierRun.of(store, "latest")


def test_an_earlier_run_whose_definition_was_not_kept_has_no_plan(file: str, store: batchctl.RunStore) -> None:
    Path(file).write_text(FILE.replace("args: {stage: won}", 'args: {stage: won, api_token: "s3cret-value"}'), "utf-8")
    with served(Answers(RECORDS)) as service:
        batchctl.run(
            file,
            executor="direct",
            token=TOKEN,
            api_url=service.url,
            environment={},
            store=store,
            allow_unused=True,
        )
    earlier = EarlierRun.of(store, "latest")
    assert (earlier.plan, earlier.result) == (None, None)
    assert earlier.body is not None


def test_an_earlier_run_that_was_stopped_says_what_was_not_finished(file: str, store: batchctl.RunStore) -> None:
    with served(Answers(RECORDS)) as service:
        batchctl.run(file, executor="direct", token=TOKEN, api_url=service.url, environment={}, store=store)
    record = store.reopen(store.get("latest").id)
    record.finish("interrupted", {"resources": 2, "failed": [], "records": 1, "unfinished": ["users"]})
    record.close()
    earlier = EarlierRun.of(store, "latest").result
    assert earlier is not None
    assert [type(each) for each in earlier.outcomes.values()] == [batchctl.Succeeded, batchctl.NotReached]
    assert earlier.status == "interrupted"


def test_a_token_with_its_scheme_says_what_to_leave_out() -> None:
    with pytest.raises(CredentialsError) as token:
        Connection("https://api.truto.one", "Bearer abc")
    assert token.value.hint == "leave out Bearer"

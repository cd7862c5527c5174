"""``${VAR}`` in every form that compose files have, and every other spelling named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchctl.definition import read
from batchctl.definition.given import Given, Origin
from batchctl.definition.variable_text import find_variables, shell_spellings
from batchctl.json_types import value_at
from batchctl.preparation import prepare

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue

TEXT = "integrated_account_id: a\nresources:\n  - {{resource: echo, method: list, query: {{q: {value}}}}}\n"
SET = {"SET": "s", "EMPTY": "", "TOKEN": "tok-en"}


def filled(value: str) -> tuple[object, list[str]]:
    loaded = read(TEXT.format(value=f"'{value}'"), environment=SET)
    data = loaded.data
    assert isinstance(data, dict)
    return data["resources"][0]["query"]["q"], [  # type: ignore[index,call-overload]  # as written above
        f"{found.rule} {found.span.start.column}-{found.span.end.column} {found.message}"
        for found in loaded.diagnostics
    ]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${SET}", "s"),
        ("a ${SET} b ${EMPTY}!", "a s b !"),
        ("${NONE:-d}", "d"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${NONE-d}", "d"),
        ("${NONE:-}", ""),
        ("${SET:+alt}", "alt"),
        ("${EMPTY:+alt}", ""),
        ("${EMPTY+alt}", "alt"),
        ("${NONE+alt}", ""),
        ("${SET:?needed}", "s"),
        ("${EMPTY?needed}", ""),
        ("${NONE:-${SET}}", "s"),
        ("${NONE:-${ALSO_NONE:-${SET}-x}}", "s-x"),
        ("${NONE:-a{b}c}", "a{b}c"),
        ("${SET:-${NONE}}", "s"),
        ("$${SET} and ${NONE:-$${x}}", "${SET} and ${x}"),
        ("it costs $5, US$A, $filter, $$SET, $., $(, $()", "it costs $5, US$A, $filter, $$SET, $., $(, $()"),
    ],
)
def test_forms(written: str, value: str) -> None:
    assert filled(written) == (value, [])


@pytest.mark.parametrize(
    ("written", "problems"),
    [
        ("${NONE}", ["missing-variable 48-55 the variable NONE is not set"]),
        ("${EMPTY:?say which}", ["missing-variable 48-67 the variable EMPTY is empty: say which"]),
        ("${NONE?}", ["missing-variable 48-56 the variable NONE is not set"]),
        ("${A:-x ${B}}", ["missing-variable 55-59 the variable B is not set"]),
        ("${A:-${B:-${C}}}", ["missing-variable 58-62 the variable C is not set"]),
        ("${A:=x}", ["malformed-variable 48-50 ${A:=x} is not a variable, and is sent literally"]),
        ("${a.b}", ["malformed-variable 48-50 ${a.b} is not a variable, and is sent literally"]),
        ("${}", ["malformed-variable 48-50 ${} is not a variable, and is sent literally"]),
        ("${A:-open", ["malformed-variable 48-50 ${A:-open is not a variable, and is sent literally"]),
        ("${A:-${B%x}}", ["malformed-variable 53-55 ${B%x} is not a variable, and is sent literally"]),
        ("$SET", ["malformed-variable 48-52 $SET is not filled in, and is sent literally"]),
        ("a/$MY_VAR2/b", ["malformed-variable 50-58 $MY_VAR2 is not filled in, and is sent literally"]),
        ("{$A}", ["malformed-variable 49-51 $A is not filled in, and is sent literally"]),
        ("$(date +%F)", ["malformed-variable 48-59 $(date +%F) is not filled in, and is sent literally"]),
        ("${SET}$NONE", ["malformed-variable 54-59 $NONE is not filled in, and is sent literally"]),
    ],
)
def test_what_has_no_value_is_named_at_its_place(written: str, problems: list[str]) -> None:
    assert filled(written)[1] == problems


def test_defaults_nest_only_so_deep() -> None:
    written = "${A:-" * 500 + "x" + "}" * 500
    assert [found.split()[0] for found in filled(written)[1]] == ["malformed-variable"]


def test_values_of_secrets_are_known_inside_of_defaults() -> None:
    assert read(TEXT.format(value='"${NONE:-${TOKEN}}"'), environment=SET).secrets == {"tok-en"}


@pytest.mark.parametrize("line", ["description: costs $A", "x-note: [$A]", "args_schema: {a: {description: $A}}"])
def test_what_is_never_sent_may_spell_a_variable_as_it_likes(line: str) -> None:
    loaded = read(f"{line}\n" + TEXT.format(value="x"), environment=SET)
    assert [found.rule for found in loaded.diagnostics] == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("q", "${HOME}", "${HOME} in args.q is sent literally (from --arg q)"),
        ("q", {"a": ["x", "b ${A:-c} d"]}, "${A:-c} in args.q is sent literally (from --arg q)"),
        ("token", "${TOKEN:-abc}", "a variable in args.token is sent literally (from --arg q)"),
        ("q", "$${HOME} and $5", None),
    ],
)
def test_a_variable_in_an_argument_from_outside_is_named(name: str, value: JsonValue, said: str | None) -> None:
    given = Given({name: value}, origins={(name,): Origin("--arg q")})
    found = prepare(TEXT.format(value=f'"{{{{args.{name}:json}}}}"'), environment=SET, given=given).diagnostics
    named = [each for each in found if each.rule == "malformed-variable"]
    assert [each.message for each in named] == ([] if said is None else [said])
    assert {each.origin for each in named} <= {"--arg q"}


def test_references_without_an_end_take_time_that_grows_with_their_number() -> None:
    count = 100_000
    assert len(list(find_variables("${A:-" * count))) == count
    assert not list(shell_spellings("$(" + "a" * 1_000_000))


JOB = """\
default_runtime_version: 4
args_validation: $count(args.ids) > 0 # and ${SET}
resources:
  - {name: rows, type: request, resource: m/rows, method: list}
  - {name: keep, type: update_state, depends_on: rows, config: {key: k, value_expression: "$now() & '${SET}'"}}
  - name: out
    type: destination
    destination_type: datastore
    resources_to_persist: [rows]
    config: {id: x, config: {query: "${SET}", body: "${SET}"}, expression: "{ 'a': '${SET}' }"}
"""


def test_settings_of_a_destination_are_filled_in_and_expressions_of_a_job_are_not() -> None:
    data = read(JOB, environment=SET).data
    assert value_at(data, ("resources", 1, "config", "value_expression")) == "$now() & '${SET}'"
    assert value_at(data, ("resources", 2, "config")) == {
        "id": "x",
        "config": {"query": "s", "body": "s"},
        "expression": "{ 'a': '${SET}' }",
    }


def test_every_expression_that_a_comment_cuts_is_named() -> None:
    job = JOB.replace('''value_expression: "$now() & '${SET}'"''', "value_expression: $now() #\n")
    loaded = read(job, environment=SET)
    found = [each.path[-1:] for each in loaded.diagnostics if each.rule == "comment-cuts-expression"]
    assert found == [("args_validation",), ("value_expression",)]

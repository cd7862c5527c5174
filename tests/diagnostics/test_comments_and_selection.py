"""Comments that hide problems, and what selections of rules leave."""

from __future__ import annotations

import pytest

from batchctl.diagnostics import START, Diagnostic, Severity
from batchctl.diagnostics.diagnostic import json_path, path_of
from batchctl.diagnostics.kinds import NOT_IGNORABLE, problem
from batchctl.diagnostics.selection import Selection, UnknownRule, rule_names
from batchctl.diagnostics.spelling import Names, suggestion
from batchctl.preparation import prepare

ACCOUNT = "integrated_account_id: sandbox"
RESOURCES = "resources:\n  - {resource: crm/a, method: list}\n"


def reported(text: str) -> list[tuple[str, str, str | None]]:
    return [(found.rule, found.message, found.help) for found in prepare(text, environment={}).diagnostics]


@pytest.mark.parametrize(
    "comment",
    [
        "# batchctl: ignore[account-not-uuid]\n" + ACCOUNT,
        ACCOUNT + "  # batchctl: ignore[account-not-uuid] a sandbox",
        f"{ACCOUNT}  # batchctl: ignore[{problem('account-not-uuid', '', START).code}]",
        "# batchctl: file-ignore[account-not-uuid]\n" + ACCOUNT,
    ],
)
def test_a_problem_is_hidden(comment: str) -> None:
    assert reported(f"{ACCOUNT}\n{RESOURCES}")[0][0] == "account-not-uuid"
    assert reported(f"{comment}\n{RESOURCES}") == []


def test_the_innermost_comment_counts() -> None:
    text = f"# batchctl: ignore[account-not-uuid]\n{ACCOUNT} # batchctl: ignore[account-not-uuid]\n{RESOURCES}"
    assert reported(text) == [("unused-ignore", '"account-not-uuid" finds nothing here', "remove it")]


@pytest.mark.parametrize(
    ("comment", "message", "advice"),
    [
        ("ignroe[x]", "this comment does nothing", "write # batchctl: ignore[rule] reason"),
        ("file-ignor[x]", "this comment does nothing", "write # batchctl: file-ignore[rule] reason"),
        ("", "this comment does nothing", "write # batchctl: ignore[rule] reason"),
        ("ignore", "this comment names no rule", "write ignore[rule], for example ignore[missing-id]"),
        ("ignore[ , ]", "this comment names no rule", "write ignore[rule], for example ignore[missing-id]"),
        ("ignore[mising-id]", 'no rule is called "mising-id"', 'did you mean "missing-id"?'),
        ("ignore[zzzzzz]", 'no rule is called "zzzzzz"', "batchctl rules lists them"),
        (
            "ignore[yaml-syntax]",
            '"yaml-syntax" can\'t be ignored: nothing else in the file can be trusted',
            "fix the file",
        ),
        ("ignore[missing-id]", '"missing-id" finds nothing here', "remove it"),
    ],
)
def test_a_comment_that_hides_nothing(comment: str, message: str, advice: str) -> None:
    account = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
    assert reported(f"{account} # batchctl: {comment}\n{RESOURCES}") == [("unused-ignore", message, advice)]


def found(rule: str) -> Diagnostic:
    return problem(rule, "x", START)


def rules(selection: Selection, *names: str, file: str = "a/b.batch.yaml") -> list[str]:
    return [each.rule for each in selection.applied(map(found, names), file)]


def test_what_is_selected_and_what_is_ignored() -> None:
    names = ("missing-id", "unknown-key", "yaml-syntax")
    assert rules(Selection(ignore=frozenset({"missing-id", "yaml-syntax"})), *names) == ["unknown-key", "yaml-syntax"]
    assert rules(Selection(select=frozenset({"missing-id"})), *names) == ["missing-id", "yaml-syntax"]
    assert "yaml-syntax" in NOT_IGNORABLE


@pytest.mark.parametrize(
    ("pattern", "is_hidden"),
    [("a/", True), ("a", True), ("*.yaml", True), ("b.*", True), ("b/", False), ("c.*", False)],
)
def test_what_is_ignored_in_some_files(pattern: str, is_hidden: bool) -> None:
    selection = Selection(per_file=((pattern, frozenset({"missing-id"})),))
    assert rules(selection, "missing-id") == ([] if is_hidden else ["missing-id"])


def test_the_command_line_wins() -> None:
    settings = Selection(select=frozenset({"missing-id"}), ignore=frozenset({"unknown-key"}))
    assert settings.narrowed(None, frozenset({"missing-id"})).ignore == {"missing-id", "unknown-key"}
    narrowed = settings.narrowed(frozenset({"unknown-key"}), frozenset())
    assert sorted(narrowed.select or ()) == ["unknown-key"]
    assert not narrowed.ignore


def test_a_severity_of_its_own() -> None:
    selection = Selection(severities={"missing-id": Severity.INFO})
    assert [each.severity for each in selection.applied([found("missing-id")], "x")] == [Severity.INFO]


def test_words_for_rules() -> None:
    assert rule_names(["missing-id"]) == {"missing-id"}
    assert rule_names(["ALL"]) > {"missing-id", "unknown-key"}
    assert rule_names([found("unknown-key").code]) == {"unknown-key"}
    assert "unknown-key" in rule_names(["BC2"])
    for word, advice in {"mising-id": 'did you mean "missing-id"?', "BC": "batchctl rules lists them"}.items():
        with pytest.raises(UnknownRule) as caught:
            rule_names([word])
        assert advice in str(caught.value) or "did you mean" in str(caught.value)


@pytest.mark.parametrize("path", [(), ("resources", 0, "a b"), ("a-b", 'q"\\', 3, "x")])
def test_paths_are_read_as_they_are_written(path: tuple[str | int, ...]) -> None:
    assert path_of(json_path(path)) == path


def test_paths_by_hand() -> None:
    assert path_of("query.owner") == ("query", "owner")
    assert path_of("resources[0].id") == ("resources", 0, "id")
    assert path_of("a..b") == ()
    assert path_of("a[") == ()


def test_suggestions() -> None:
    assert suggestion("contact", ["contacts", "notes"]) == 'did you mean "contacts"?'
    assert suggestion("CRM_Notes", ["crm-notes"]) == 'did you mean "crm-notes"?'
    assert suggestion("zzz", ["a", "b"]) == "known names: a, b"
    assert suggestion("zzz", []) is None
    assert suggestion("zzz", [f"name-{number}" for number in range(500)]) is None


def test_of_many_unknown_names_only_the_first_are_compared() -> None:
    names = Names([f"resource{number:04}" for number in range(6_000)])
    assert (names.suggestion("resourc0001") or "").startswith("did you mean")
    assert names.suggestion("resourc0002") is None
    # What was asked before is still known, and so is a name that differs in its signs only.
    assert (names.suggestion("resourc0001") or "").startswith("did you mean")
    assert names.suggestion("Resource-0003") == 'did you mean "resource0003"?'

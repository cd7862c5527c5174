"""``loop_on`` that leads to no array: at a root, half way to a resource, to a resource that nobody waits for."""

from __future__ import annotations

import pytest

from batchctl.preparation import prepare

TEXT = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {{user_ids: [a], n: 1}}
resources:
  - {{resource: crm/contacts, method: list, query: {{limit: "{{{{args.n}}}}", x: "{{{{args.user_ids:any}}}}"}}}}
  - name: it
    resource: crm/users
    method: list
    {more}
    query: {{a: "{{{{resources.crm.contacts.id?:x}}}}"}}
    loop_on: {loop}
"""
WAITS = "depends_on: crm/contacts"


@pytest.mark.parametrize(
    ("loop", "more", "said", "advice"),
    [
        ("args", "", "loop_on: args is an object, not an array", "write args.user_ids"),
        ('"{{args}}"', "", "loop_on: args is an object, not an array", "write args.user_ids"),
        ("resources", WAITS, "loop_on: resources is an object, not an array", "resources.crm.contacts.FIELD"),
        ("resources.crm", WAITS, "loop_on: resources.crm is an object, not an array", "resources.crm.contacts.FIELD"),
        ("resources.crm", "", "loop_on: resources.crm is an object, not an array", "resources.crm.contacts.FIELD"),
        (
            "resources.crm.contact.tags",
            WAITS,
            '"it" depends on no resource',
            "resources.crm.contacts.FIELD",
        ),
        ("resources.crm.contacts.tags", "", '"it" depends on no resource', "resources.crm.contacts.FIELD"),
        ("resources.crm.contacts.tags", WAITS, None, None),
    ],
)
def test_a_loop_over_no_array(loop: str, more: str, said: str | None, advice: str | None) -> None:
    prepared = prepare(TEXT.format(loop=loop, more=more))
    found = [each for each in prepared.diagnostics if each.rule == "loop-not-array"]
    assert len(found) == (said is not None)
    assert all(said in each.message for each in found if said)
    if advice:
        assert advice in (found[0].help or "")
    assert (prepared.plan is None) == bool(found)


def test_without_arguments_the_advice_is_a_name() -> None:
    text = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nresources:\n"
    prepared = prepare(f"{text}  - {{resource: crm/users, method: list, loop_on: args}}\n")
    (found,) = (each for each in prepared.diagnostics if each.rule == "loop-not-array")
    assert found.help == "write args.NAME, for an argument that is a list"


@pytest.mark.parametrize("loop", ["user_ids[0]", "$.user_ids", "args['user_ids']", '"{{args.user_ids[*]}}"'])
def test_what_a_faulty_loop_was_meant_to_read_is_not_to_be_removed(loop: str) -> None:
    text = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nargs: {user_ids: [a]}\nresources:\n"
    prepared = prepare(f"{text}  - {{resource: crm/users, method: list, loop_on: {loop}}}\n")
    assert prepared.plan is None
    assert "unused-argument" not in [each.rule for each in prepared.diagnostics]

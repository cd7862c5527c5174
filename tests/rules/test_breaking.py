"""A random definition without a fault, and then one thing in it broken: that is told, at its place, and little else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from batchctl.preparation import prepare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.diagnostics import Diagnostic

HEAD = ["integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10", "args: {since: x, limit: 5}", "resources:"]
WORDS = ("apples", "bridges", "candles", "drums", "engines", "forests", "glaciers", "harbours")


@dataclass(frozen=True)
class Node:
    """A request of a chain; ``parent`` is the place of the one that it reads, before it in the file."""

    word: str
    parent: int | None
    method: str

    def lines(self, words: Sequence[str]) -> list[str]:
        found = [f"  - name: my-{self.word}", f"    resource: crm/{self.word}", f"    method: {self.method}"]
        query = 'since: "{{args.since}}", limit: "{{args.limit:int}}"'
        if self.parent is not None:
            above = words[self.parent]
            found.append(f"    depends_on: my-{above}")
            found.append(f'    query: {{{query}, of: "{{{{resources.crm.{above}.id}}}}"}}')
        else:
            found.append(f"    query: {{{query}}}")
        if self.method == "get":
            found.append('    id: "7001"')
        return found


@st.composite
def chains(draw: st.DrawFn) -> list[Node]:
    words = draw(st.permutations(WORDS))[: draw(st.integers(2, len(WORDS)))]
    nodes = [Node(words[0], None, "list")]
    for number, word in enumerate(words[1:], 1):
        parent = draw(st.integers(0, number - 1)) if number == 1 else draw(st.none() | st.integers(0, number - 1))
        nodes.append(Node(word, parent, draw(st.sampled_from(["list", "get"]))))
    return nodes


# What is replaced in a line that holds it, by what, and the rule that has to tell.
BREAKS = [
    ("depends_on: my-", "depends_on: mi-x-", "unknown-dependency"),
    ("resource: crm/", "resource: crm//", "malformed-resource"),
    ("{{args.since}}", "{{args.sinse}}", "undeclared-argument"),
    ("{{args.since}}", "{{args.since!}}", "not-a-placeholder"),
    ("{{args.since}}", "{{since}}", "unknown-root"),
    ("{{args.since}}", "{{args.since:date}}", "unknown-cast"),
    ("{{args.limit:int}}", "max {{args.limit:int}}", "idle-cast"),
    ("{{args.limit:int}}", "{{args.limit?:10:int}}", "uneven-default"),
    ("{{resources.crm.", "{{resources.crn.", "unknown-resource"),
    ('    id: "7001"', "    persist: true", "missing-id"),
    ("method: list", "method: lsit", "unknown-method"),
    ("limit: ", "limit: 9007199254740993, most: ", "inexact-integer"),
    ("limit: ", "api_key: 4f9a8b7c6d5e, limit: ", "hard-coded-secret"),
    ("    depends_on: my-", "    x-was: my-", "not-an-ancestor"),
]
# A missing thing is told where it is needed.
ELSEWHERE = {"missing-id": "method: get", "not-an-ancestor": "resources.crm."}


def found_in(lines: Sequence[str]) -> tuple[Diagnostic, ...]:
    return prepare("\n".join(lines) + "\n").diagnostics


@settings(max_examples=150, deadline=None)
@given(chains(), st.data())
def test_one_broken_thing_is_told_at_its_place(nodes: list[Node], data: st.DataObject) -> None:
    words = [node.word for node in nodes]
    lines = HEAD + [line for node in nodes for line in node.lines(words)]
    assert found_in(lines) == ()

    possible = [(at, *each) for at, line in enumerate(lines) for each in BREAKS if at > 1 and each[0] in line]
    at, old, new, rule = data.draw(st.sampled_from(possible))
    broken = [*lines[:at], lines[at].replace(old, new, 1), *lines[at + 1 :]]
    told = found_in(broken)
    assert len(told) <= 3
    right = [each for each in told if each.rule == rule]
    assert len(right) == 1
    line = broken[right[0].span.start.line - 1]
    if rule in ELSEWHERE:
        assert ELSEWHERE[rule] in line
    else:
        assert line == broken[at]
    assert right[0].span.start.column < right[0].span.end.column

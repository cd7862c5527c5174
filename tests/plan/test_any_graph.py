"""The graph that knows nothing of definitions: tables, and hypothesis against slow and obvious answers."""

from __future__ import annotations

import doctest
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.plan import graph as module
from batchctl.plan.graph import Graph

DIAMOND = {"a": "", "b": "a", "c": "a", "d": "bc"}


def test_examples_of_the_docstring() -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("parents", "waves"),
    [
        ({}, ()),
        ({"a": ""}, (("a",),)),
        (DIAMOND, (("a",), ("b", "c"), ("d",))),
        ({"z": "", "a": ""}, (("z", "a"),)),
        ({"d": "bc", "c": "a", "b": "a", "a": ""}, (("a",), ("c", "b"), ("d",))),
        ({"a": "", "b": "aa"}, (("a",), ("b",))),
        ({"a": "b", "b": "a", "c": "b", "d": ""}, (("d",),)),
        ({"a": "a", "b": "", "c": "a"}, (("b",),)),
    ],
)
def test_waves(parents: dict[str, str], waves: tuple[tuple[str, ...], ...]) -> None:
    assert Graph(parents).waves() == waves


@pytest.mark.parametrize(
    ("parents", "node", "ancestors"),
    [
        (DIAMOND, "a", ""),
        (DIAMOND, "d", "bca"),
        ({"a": "c", "b": "a", "c": "b"}, "a", "cb"),
        ({"a": "a", "b": "a"}, "a", ""),
        ({"a": "a", "b": "a"}, "b", "a"),
    ],
)
def test_ancestors_nearest_first_and_never_the_node_itself(parents: dict[str, str], node: str, ancestors: str) -> None:
    assert "".join(Graph(parents).ancestors(node)) == ancestors


def test_children() -> None:
    assert Graph(DIAMOND).children() == {"a": ("b", "c"), "b": ("d",), "c": ("d",), "d": ()}


@pytest.mark.parametrize(
    ("parents", "cycles"),
    [
        (DIAMOND, []),
        ({"a": "a"}, []),
        ({"a": "b", "b": "a"}, ["aba"]),
        ({"x": "", "b": "ax", "a": "b"}, ["bab"]),
        # Two ways round: the shorter is shown.
        ({"a": "bd", "b": "c", "c": "a", "d": "a"}, ["ada"]),
        ({"c": "d", "d": "c", "a": "b", "b": "a"}, ["cdc", "aba"]),
    ],
)
def test_cycles(parents: dict[str, str], cycles: list[str]) -> None:
    assert ["".join(cycle) for cycle in Graph(parents).cycles()] == cycles


def test_nodes_may_be_anything_that_can_be_a_key() -> None:
    graph = Graph({(0, "x"): [], 7: [(0, "x")]})
    assert graph.waves() == (((0, "x"),), (7,))


def test_a_parent_outside_of_the_graph_is_refused() -> None:
    with pytest.raises(ValueError, match="'a' waits for 'b', which is no node"):
        Graph({"a": "b"})


def test_a_long_chain_needs_no_deep_stack() -> None:
    count = 50_000
    chain = Graph({number: [number - 1] if number else [] for number in range(count)})
    ring = Graph({number: [(number + 1) % count] for number in range(count)})
    assert len(chain.waves()) == len(list(chain.components())) == count
    assert len(ring.cycles()[0]) == count + 1


graphs = st.integers(1, 9).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, size - 1), max_size=4), min_size=size, max_size=size
    ).map(lambda rows: dict(enumerate(rows)))
)  # fmt: skip


def reached(parents: dict[int, list[int]], node: int) -> set[int]:
    """Everything that can be walked to from ``node``, in at least one step."""
    found: set[int] = set()
    pending = list(parents[node])
    while pending:
        one = pending.pop()
        if one not in found:
            found.add(one)
            pending.extend(parents[one])
    return found


@given(graphs)
def test_ancestors_are_what_can_be_reached(parents: dict[int, list[int]]) -> None:
    graph = Graph(parents)
    for node in parents:
        found = list(graph.ancestors(node))
        assert set(found) == reached(parents, node) - {node}
        assert len(found) == len(set(found))


@given(graphs)
def test_components_are_the_groups_that_reach_each_other(parents: dict[int, list[int]]) -> None:
    found = [frozenset(group) for group in Graph(parents).components()]
    below = {node: reached(parents, node) for node in parents}
    expected = {frozenset({node} | {one for one in below[node] if node in below[one]}) for node in parents}
    assert set(found) == expected
    assert len(found) == len(expected)
    place = {node: number for number, group in enumerate(found) for node in group}
    assert all(place[parent] <= place[node] for node, before in parents.items() for parent in before)


@given(graphs)
def test_waves_hold_what_waits_for_no_cycle(parents: dict[int, list[int]]) -> None:
    waves = Graph(parents).waves()
    looping = {node for node in parents if node in reached(parents, node)}
    sound = {node for node in parents if node not in looping and looping.isdisjoint(reached(parents, node))}
    assert {node for wave in waves for node in wave} == sound
    number = {node: index for index, wave in enumerate(waves) for node in wave}
    for node in sound:
        # As early as can be: right after the last of those that it waits for.
        assert number[node] == max((number[parent] + 1 for parent in parents[node]), default=0)


@given(graphs)
def test_every_component_of_several_nodes_shows_one_real_cycle(parents: dict[int, list[int]]) -> None:
    graph = Graph(parents)
    groups = [set(group) for group in graph.components() if len(group) > 1]
    cycles = graph.cycles()
    assert len(cycles) == len(groups)
    for cycle in cycles:
        group = next(group for group in groups if cycle[0] in group)
        assert cycle[0] == cycle[-1] == min(group)
        assert len(set(cycle)) == len(cycle) - 1
        assert all(after in parents[before] for before, after in pairwise(cycle))

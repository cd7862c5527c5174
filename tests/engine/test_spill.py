"""Pages on disk come back exactly as they were, in the order of their places."""

from typing import Any

from batchctl.engine.spill import Spill

ODD: list[Any] = [
    {"id": 10**40, "text": "\ud83d half", "deep": {"list": [None, True, 1.5, -0.0, float("inf")]}},
    [],
    "text",
    None,
]


class _Derived(dict[str, Any]):
    """As a library may have it in place of one of JSON's own."""


def test_values_come_back_exactly() -> None:
    spill = Spill()
    spill.add(1, [((0, 1), ODD)])
    ((*back,),) = spill.pages(1)
    assert repr(back) == repr(ODD)


def test_pages_come_in_order_of_their_places_and_of_their_own_node() -> None:
    spill = Spill()
    spill.add(1, [((2, 0), ["c"]), ((300,), ["d"])])
    spill.add(2, [((0,), ["other"])])
    spill.add(1, [((0, 7), ["a"]), ((1,), ["b"] * 12_000)])
    found = [value for page in spill.pages(1) for value in page]
    assert found == ["a", *["b"] * 12_000, "c", "d"]


def test_a_class_derived_from_one_of_jsons_becomes_that() -> None:
    spill = Spill()
    spill.add(1, [((0,), [_Derived(a=1)])])
    assert [(type(value), value) for page in spill.pages(1) for value in page] == [(dict, {"a": 1})]

"""A key on top of a file is set in its text; what can't be set so is left to the author."""

from __future__ import annotations

import pytest

from batchctl.authoring.stamping import stamped


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# mine\nlabel: x # y\n", '# mine\nid: "new"\nlabel: x # y\n'),
        ("label: x\nid:   old # y\n", 'label: x\nid:   "new" # y\n'),
        ("{label: x}\n", '{"id": "new", label: x}\n'),
        ("\ufeff? id\n: old\n", '\ufeff? id\n: "new"\n'),
        # Another key takes the value of the id, a text of several lines, and files that are no definition.
        ("id: &x old\nlabel: *x\n", None),
        ("id: |\n  old\nlabel: x\n", None),
        ("[]\n", None),
        ("", None),
    ],
)
def test_an_id_in_yaml(before: str, after: str | None) -> None:
    assert stamped(before, "job.yaml", {"id": "new"}) == after

"""What an add_context has made as a whole, which is read at ``resources.NAME`` beside its keys by themselves.

Source: Truto's public skills (sync-jobs and usage-in-truto, "What's in scope").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.json_types import JsonObject


class ValueOf(str):
    """Among the keys that add_context nodes have added, the one under which all that the node of this name made is.

    Its text is the node's name. It goes where these keys go, and equals none of them: no name in a file and no key of
    an object is equal to it.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ValueOf) and str.__eq__(self, other)

    def __hash__(self) -> int:
        return hash((ValueOf, str(self)))


def separated(extra: JsonObject, values: Mapping[str, ValueOf]) -> tuple[JsonObject, JsonObject]:
    """The names in ``extra``, and what is read below ``resources``: the objects of add_context nodes by node.

    ``values`` are the keys under which such objects are in ``extra``, by node.
    """
    if not values:
        return extra, {}
    names: JsonObject = {name: value for name, value in extra.items() if not isinstance(name, ValueOf)}
    return names, {key: extra[value] for key, value in values.items() if value in extra}

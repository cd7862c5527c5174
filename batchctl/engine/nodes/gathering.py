"""Pages put together by branch: all that was made for one record of the nearest node that something fans out over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.lineage import Page, branch_key
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchctl.engine.lineage import Item, Key
    from batchctl.json_types import JsonObject, JsonValue


class Gathered(Struct):
    """All pages of one branch, in order: those that were made for the same records of the nodes named in ``bound``.

    ``bound`` are these records by node key, ``key`` is the branch's place in the order of branches.
    """

    key: Key
    bound: Mapping[str, Item]
    pages: list[Page] = field(default_factory=list)

    def page(self, node: str) -> Page:
        """All records of the branch as a single page; ``node`` is the key of the node that it is then a page of."""
        return Page(
            node, self.key, self.records, self.bound, {}, self.each, self.account, self.accounts, len(self.records)
        )

    @property
    def lists(self) -> dict[str, list[JsonValue]]:
        """The records of all pages, by the node that they came from."""
        found: dict[str, list[JsonValue]] = {}
        for page in self.pages:
            found.setdefault(page.node, []).extend(page.records)
        return found

    @property
    def records(self) -> list[JsonValue]:
        """The records of all its pages."""
        return [record for page in self.pages for record in page.records]

    @property
    def account(self) -> str | None:
        """The id of the integrated account of all its pages; None for the run's own, or where there are several."""
        accounts = {page.account for page in self.pages}
        return accounts.pop() if len(accounts) == 1 else None

    @property
    def accounts(self) -> list[str | None] | None:
        """The id of each record's integrated account, None for the run's own, in the order of ``records``.

        It is None as a whole where all pages are of one account, which ``account`` then is.
        """
        if len({page.account for page in self.pages}) <= 1 and all(page.accounts is None for page in self.pages):
            return None
        return [account for page in self.pages for account in page.accounts or [page.account] * len(page.records)]

    @property
    def each(self) -> list[JsonObject] | None:
        """The keys that were added to each record, in the order of ``records``; None where none has any."""
        if all(page.each is None and not page.shared for page in self.pages):
            return None
        return [item.added for page in self.pages for item in page.items()]


def gathered(
    pages: Iterable[Page], branches: Iterable[Mapping[str, Item]], nodes: Sequence[str], sources: Sequence[str]
) -> list[Gathered]:
    """The pages grouped by branch, in order: pages made for the same records of ``nodes`` are in one group.

    Without ``nodes`` there is exactly one group, which may be empty. ``branches`` are records by node for which there
    has to be a group, even without pages. Within a group pages are in the order of ``sources``, the nodes that they
    come from, then in that of their keys.
    """
    found: dict[Key, Gathered] = {}
    if not nodes:
        found[(0,)] = Gathered((0,), {})
    for bound in branches if nodes else ():
        if all(node in bound for node in nodes):
            key = branch_key(bound, nodes)
            found.setdefault(key, Gathered(key, {node: bound[node] for node in nodes}))
    order = {source: number for number, source in enumerate(sources)}
    for page in sorted(pages, key=lambda page: (order[page.node], page.key)):
        key = branch_key(page.bound, nodes)
        group = found.setdefault(key, Gathered(key, {node: page.bound[node] for node in nodes}))
        group.pages.append(page)
    return [found[key] for key in sorted(found)]

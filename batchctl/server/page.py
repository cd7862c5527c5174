"""``GET /``: accounts, resources and recent calls on one page. No script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import FixtureError
from batchctl.redaction import Redactor
from batchctl.render.html import Pages
from batchctl.server.capabilities import fixture_resources
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.server.access import Access
    from batchctl.server.worlds import World

_PAGES = Pages(Redactor())


class AccountView(Struct, frozen=True):
    """An account of the fixtures as the page shows it: its name, its integration, and its resources with their methods.

    Each of ``resources`` is a line such as ``crm/contacts: list, get``.
    """

    name: str
    integration: str
    resources: Sequence[str]


def page(world: World, recent: Iterable[Access]) -> str:
    """The page at ``GET /`` as HTML: the accounts of ``world``, their resources, and the ``recent`` requests.

    Failed requests come before the others, the newest first.
    """
    newest_first = list(recent)[::-1]
    return _PAGES.page(
        "serve.html",
        folder=str(world.folder.path) if world.folder else None,
        accounts=_accounts(world.folder) if world.folder else (),
        calls=sorted(newest_first, key=lambda access: access.status < 400),
    )


def _accounts(folder: FixtureFolder) -> Iterator[AccountView]:
    accounts: list[str | None] = [*folder.accounts()]
    for account in accounts or [None]:
        root = folder.root_of(account) or ()
        name, integration = account or "any account", ""
        try:
            about = folder.account(account)
            name, integration = (about and about.id) or name, (about and about.integration) or ""
        except FixtureError as error:
            integration = str(error)
        found = [f"{resource}: {', '.join(methods)}" for resource, methods in fixture_resources(folder, root)]
        yield AccountView(name, integration, found)

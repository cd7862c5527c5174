"""``GET /``: accounts, resources and recent calls on one page. No script; every text is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from batchctl.errors import FixtureError
from batchctl.plain import clean
from batchctl.server.capabilities import fixture_resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchctl.server.access import Access
    from batchctl.server.worlds import World

_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } th { text-align: left; font-weight: 600 }
td, th { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884; vertical-align: top; overflow-wrap: anywhere }
.error td:first-child { border-left: 4px solid #c33; padding-left: .5rem } .note { opacity: .75 }
"""


def page(world: World, recent: Iterable[Access]) -> str:
    """The page as HTML."""
    newest_first = list(recent)[::-1]
    calls = sorted(newest_first, key=lambda access: access.status < 400)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>batchctl serve</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>batchctl serve</h1>"
        f"<h2>Accounts and resources</h2>{_accounts(world)}<h2>Recent calls</h2>{_calls(calls)}</body></html>"
    )


def _accounts(world: World) -> str:
    folder = world.folder
    if folder is None:
        return '<p class="note">There is no fixtures folder.</p>'
    rows = []
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
        rows.append([name, integration, "\n".join(found) or "no files"])
    return f'<p class="note">{_text(str(folder.path))}</p>' + _table(["Account", "Integration", "Resources"], rows)


def _calls(calls: Sequence[Access]) -> str:
    if not calls:
        return '<p class="note">None yet.</p>'
    rows = [
        [str(call.status), call.method, call.target[:500], f"{call.seconds * 1000:.1f} ms", f"{call.size:,} B"]
        for call in calls
    ]
    marks = ["error" if call.status >= 400 else "" for call in calls]
    return _table(["Status", "Method", "Path", "Time", "Answer"], rows, marks)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], marks: Sequence[str] = ()) -> str:
    heads = "".join(f'<th scope="col">{_text(name)}</th>' for name in head)
    body = "".join(
        f'<tr class="{marks[number] if marks else ""}">{"".join(f"<td>{_text(cell)}</td>" for cell in row)}</tr>'
        for number, row in enumerate(rows)
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _text(text: str) -> str:
    return "<br>".join(escape(clean(line)) for line in text.split("\n"))

"""Sync jobs in an editor: their own keys, kinds, names and roots."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("pygls", reason="needs the extra lsp")

from lsp_editor import Editor, with_editor
from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
JOB = """\
label: Contacts
integration_name: ""
default_runtime_version: 4
state_key: s
mutex_key: m
args_schema: {account: {type: string, format: integrated_account_id, required: true}}
resources:
  - name: since
    type: get_state
    config: {key: last, default: "1970-01-01"}
  - name: people
    resource: crm/contacts
    method: list
    depends_on: since
    integrated_account_id: "{{args.account}}"
    query: {updated_at: {gt: "{{resources.since.value}}"}, before: "{{previous_run_date}}"}
  - name: rows
    type: destination
    destination_type: superquery
    depends_on: [since, people]
    resources_to_persist: [people]
  - name: done
    type: event
    config: {name: complete}
  - name: remember
    type: update_state
    depends_on: done
    config:
      key: last
      value_expression: $max(resources.crm.contacts.updated_at)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "samples" / "fixtures", tmp_path / "fixtures")
    return tmp_path


def test_what_a_job_has_beside_a_batch_is_proposed(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        found = await editor.open(JOB)
        assert [each.message for each in found if each.severity is types.DiagnosticSeverity.Error] == []
        assert {"get_state", "destination", "event"} <= set(await editor.proposals("    type: "))
        assert "webhook" in await editor.proposals("destination_type: ")
        assert await editor.proposals("resources_to_persist: [") == ["people"]
        assert "complete" in await editor.proposals("config: {name: ")
        assert await editor.proposals('gt: "{{resources.since.') == ["value"]
        assert "previous_run_date" in await editor.proposals('before: "{{')
        assert await editor.proposals('integrated_account_id: "{{args.') == ["account"]
        assert "$max" in await editor.proposals("value_expression: $")
        await editor.change(JOB + "  - name: more\n    type: destination\n    ")
        assert "resources_to_persist" in await editor.proposals("name: more\n    type: destination\n    ")
        await editor.change("default_runtime_version: 4\nsha\nresources: []\n")
        assert "sharing" in await editor.proposals("4\nsha")

    with_editor(folder, use)


def test_what_is_known_is_shown(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        await editor.open(JOB)
        assert "from a record" in await editor.hover("{{resources.since.value}}")
        assert "the last complete run" in await editor.hover("{{previous_run_date}}")
        assert "$max" in await editor.hover("$max")
        assert "mutex_key" in await editor.hover("mutex_key")
        assert "GET /unified/crm/contacts" in await editor.hover("resource: crm/contacts")
        document = types.TextDocumentIdentifier(editor.uri)
        symbols = await editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
        assert [each.detail for each in symbols or [] if isinstance(each, types.DocumentSymbol)] == [
            "get_state", "list crm/contacts", "destination", "event", "update_state",
        ]  # fmt: skip
        lenses = await editor.client.text_document_code_lens_async(types.CodeLensParams(document))
        assert [each.command.title for each in lenses or [] if each.command] == ["1 request · dry-run"]

    with_editor(folder, use)


def test_a_name_is_changed_wherever_it_is_used(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        await editor.open(JOB)
        for old, new in (("people", "contacts"), ("since", "begin")):
            edit = await editor.client.text_document_rename_async(
                types.RenameParams(**editor.at(f"name: {old}", 7), new_name=new)
            )
            assert edit is not None
            assert edit.changes is not None
            renamed = applied(editor.text, edit.changes[editor.uri])
            assert old not in renamed
            assert not [
                each.message for each in await editor.change(renamed) if each.severity is types.DiagnosticSeverity.Error
            ]

    with_editor(folder, use)


def applied(text: str, edits: Sequence[types.TextEdit]) -> str:
    lines = text.splitlines(keepends=True)
    for edit in sorted(edits, key=lambda each: (each.range.start.line, each.range.start.character), reverse=True):
        line = lines[edit.range.start.line]
        start, end = edit.range.start.character, edit.range.end.character
        lines[edit.range.start.line] = line[:start] + edit.new_text + line[end:]
    return "".join(lines)

"""The language server as an editor meets it: a process, over stdio, spoken to by a real client."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="needs the extra lsp")

from lsp_editor import Editor, with_editor
from lsprotocol import types

ROOT = Path(__file__).parents[2]
TEXT = """\
integrated_account_id: 6f1b0f4e-3b7a-4c9e-9a52-0d4b8f0c2a11
args: {user: "u-1", api_key: hunter22}
resources:
  - name: people
    resource: crm/contacts
    method: list
    query: {owner: "{{args.user}}"}
  - name: texts
    resource: crm/notes
    method: list
    depends_on: people
    query: {contact_id: "{{resources.crm.contacts.id}}"}
  - name: short
    type: transform
    depends_on: texts
    config:
      expression: $count(resources.crm.notes)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "samples" / "fixtures", tmp_path / "fixtures")
    return tmp_path


def test_problems_come_and_go_while_typing(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        assert await editor.open(TEXT.replace("method: list", "methd: list", 1))
        found = await editor.change(TEXT.replace("method: list", "methd: list", 1) + "\n")
        first = next(each for each in found if each.code == "BC201")
        assert (first.range.start.line, first.range.start.character) == (5, 4)
        assert 'did you mean "method"' in first.message
        assert not [each for each in await editor.change(TEXT) if each.severity is types.DiagnosticSeverity.Error]

    with_editor(folder, use)


def test_a_quick_fix_changes_the_text(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        found = await editor.open(TEXT.replace('"u-1"', "no"))
        wrong = next(each for each in found if each.code == "BC110")
        actions = await editor.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(editor.uri), wrong.range, types.CodeActionContext(diagnostics=[wrong])
            )
        )
        assert actions
        action = actions[0]
        assert isinstance(action, types.CodeAction)
        assert action.kind == types.CodeActionKind.QuickFix
        assert action.edit is not None
        assert action.edit.changes is not None
        assert [edit.new_text for edit in action.edit.changes[editor.uri]] == ['"no"']

    with_editor(folder, use)


def test_proposals(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        await editor.open(TEXT)
        assert "texts" not in await editor.proposals("depends_on: ")
        assert "people" in await editor.proposals("depends_on: ")
        assert {"list", "get", "create"} <= set(await editor.proposals("method: "))
        assert "crm/contacts" in await editor.proposals("resource: ")
        assert "transform" in await editor.proposals("type: ")
        assert await editor.proposals('owner: "{{args.') == ["user", "api_key"]
        assert "company" in await editor.proposals('contact_id: "{{resources.crm.contacts.')
        assert "$count" in await editor.proposals("expression: $")

    with_editor(folder, use)


def test_proposals_in_a_file_that_is_broken_half_way(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        await editor.open(TEXT)
        added = "  - resource: crm/notes\n    method: list\n    depends_on: people\n"
        await editor.change(TEXT + added + '    query: {a: "{{resources.')
        assert await editor.proposals('query: {a: "{{resources.') != []
        await editor.change(TEXT + "  - resource: crm/notes\n    me")
        assert "method" in await editor.proposals("  - resource: crm/notes\n    me")

    with_editor(folder, use)


def test_hover(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        await editor.open(TEXT)
        assert 'Now: `"u-1"`' in await editor.hover("{{args.user}}")
        assert "Only a run knows" in await editor.hover("{{resources.crm.contacts.id}}")
        assert "$count(array)" in await editor.hover("$count")
        assert "GET /unified/crm/contacts" in await editor.hover("resource: crm/contacts")
        assert "Repeat" in await editor.hover("depends_on") or "parent" in await editor.hover("depends_on")

    with_editor(folder, use)


def test_a_secret_is_not_shown(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        text = TEXT.replace("{{args.user}}", "{{args.api_key}}")
        await editor.open(text)
        assert "hunter22" not in await editor.hover("{{args.api_key}}")

    with_editor(folder, use)


def test_definition_references_and_rename(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        await editor.open(TEXT)
        found = await editor.client.text_document_definition_async(
            types.DefinitionParams(**editor.at("{{resources.crm.contacts.id}}", 14))
        )
        assert isinstance(found, types.Location)
        assert found.range.start.line == 3
        references = await editor.client.text_document_references_async(
            types.ReferenceParams(**editor.at("name: people", 7), context=types.ReferenceContext(True))
        )
        assert [each.range.start.line for each in references or []] == [3, 10, 11]
        edit = await editor.client.text_document_rename_async(
            types.RenameParams(**editor.at("name: people", 7), new_name="contacts")
        )
        assert edit is not None
        assert edit.changes is not None
        assert [(each.range.start.line, each.new_text) for each in edit.changes[editor.uri]] == [
            (3, "contacts"),
            (10, "contacts"),
        ]

    with_editor(folder, use)


def test_a_rename_to_a_name_that_is_taken_is_refused(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        await editor.open(TEXT)
        with pytest.raises(Exception, match='another resource is called "texts"'):
            await editor.client.text_document_rename_async(
                types.RenameParams(**editor.at("name: people", 7), new_name="texts")
            )

    with_editor(folder, use)


def test_symbols_folding_and_lenses(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        await editor.open(TEXT)
        document = types.TextDocumentIdentifier(editor.uri)
        symbols = await editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
        assert [each.name for each in symbols or []] == ["people", "texts", "short"]
        folds = await editor.client.text_document_folding_range_async(types.FoldingRangeParams(document))
        assert [(each.start_line, each.end_line) for each in folds or []] == [(3, 6), (7, 11), (12, 16)]
        lenses = await editor.client.text_document_code_lens_async(types.CodeLensParams(document))
        titles = [each.command.title for each in lenses or [] if each.command]
        assert titles == ["1 request · dry-run", "a request for each of resources.crm.contacts · dry-run"]

    with_editor(folder, use)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "resources:\n  - ",
        "resources:\n  - name: é😀\n    res",
        "resources: &a [*a]",
        "resources: 5",
        "resources: [{resource: crm/contacts, method: list}, {resource: crm/notes, method: list}]",
        TEXT[: len(TEXT) // 2],
        TEXT.replace("depends_on: people", "depends_on: "),
        TEXT.replace("people", "\x00"),
        f"{TEXT}---\n{TEXT}",
    ],
    ids=range(11),
)
def test_every_question_has_an_answer_while_the_text_is_broken(folder: Path, text: str) -> None:
    async def use(editor: Editor) -> None:
        await editor.open(TEXT)
        await editor.change(text)
        document = types.TextDocumentIdentifier(editor.uri)
        for line, words in enumerate([*text.split("\n"), ""]):
            at = types.Position(line, len(words))
            await editor.client.text_document_hover_async(types.HoverParams(document, at))
            await editor.client.text_document_completion_async(types.CompletionParams(document, at))
            await editor.client.text_document_definition_async(types.DefinitionParams(document, at))
        for symbol in (
            await editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(document)) or []
        ):
            assert isinstance(symbol, types.DocumentSymbol)
            assert 0 <= symbol.range.start.line <= symbol.range.end.line
        await editor.client.text_document_folding_range_async(types.FoldingRangeParams(document))
        await editor.client.text_document_code_lens_async(types.CodeLensParams(document))

    with_editor(folder, use)


def test_names_lead_into_files_that_are_included(folder: Path) -> None:
    text = TEXT.replace("resources:", "include: shared/base.part.yaml\nresources:", 1).replace(
        "depends_on: people", "depends_on: base", 1
    )
    part = folder / "shared" / "base.part.yaml"
    part.parent.mkdir()
    part.write_text("# Grüße\nresources:\n  - {name: base, resource: crm/users, method: list}\n", "utf-8")

    async def use(editor: Editor) -> None:
        await editor.open(text)
        place = editor.at("depends_on: base", 12)
        there = await editor.client.text_document_definition_async(types.DefinitionParams(**place))
        assert isinstance(there, types.Location)
        assert (there.uri, there.range.start.line, there.range.start.character) == (part.as_uri(), 2, 11)
        edit = await editor.client.text_document_rename_async(types.RenameParams(new_name="users", **place))
        assert edit is not None
        assert edit.changes is not None
        assert {uri: [each.new_text for each in edits] for uri, edits in edit.changes.items()} == {
            part.as_uri(): ["users"],
            editor.uri: ["users"],
        }
        part.write_text("resources:\n  - {name: base, resource: crm/users, methd: list}\n", "utf-8")
        found = await editor.change(text + "\n")
        wrong = next(each for each in found if each.code == "BC201")
        assert wrong.range.start.line == text[: text.index("include:")].count("\n")
        assert "base.part.yaml:2:39: unknown key" in wrong.message

    with_editor(folder, use)

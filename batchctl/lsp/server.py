"""The language server itself: the protocol by pygls, over stdio."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from batchctl import __version__
from batchctl.diagnostics import Severity
from batchctl.errors import UsageError
from batchctl.lsp import names
from batchctl.lsp.completion import ProposalKind, complete
from batchctl.lsp.cursor import cursor_at
from batchctl.lsp.document import Document
from batchctl.lsp.hover import hover
from batchctl.lsp.lens import lenses
from batchctl.lsp.positions import from_editor, to_editor

if TYPE_CHECKING:
    from batchctl.diagnostics import Diagnostic, Position, Span
    from batchctl.lsp.positions import Encoding

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_KINDS = {
    ProposalKind.KEY: types.CompletionItemKind.Property,
    ProposalKind.VALUE: types.CompletionItemKind.EnumMember,
    ProposalKind.NODE: types.CompletionItemKind.Module,
    ProposalKind.FIELD: types.CompletionItemKind.Field,
    ProposalKind.FUNCTION: types.CompletionItemKind.Function,
}
# The command of the editor that a lens calls, with the name of the resource.
_DRY_RUN = "batchctl.dryRun"
# Seconds without a keystroke after which the text is checked.
PAUSE_S = 0.01
_TRIGGERS = [".", "{", ":", "$", "/", " ", '"']


class Server(LanguageServer):
    """The language server: a pygls server that checks definitions and answers an editor's questions about them.

    ``server`` is the one of this process; its ``start_io`` serves over stdin and stdout.
    """

    def __init__(self) -> None:
        super().__init__("batchctl", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
        self._documents: dict[str, Document] = {}

    @property
    def encoding(self) -> Encoding:
        """The unit in which the editor counts characters; ``utf-16`` unless it has agreed on another one."""
        chosen = self.server_capabilities.position_encoding
        return "utf-8" if chosen == "utf-8" else "utf-32" if chosen == "utf-32" else "utf-16"

    def document(self, uri: str) -> Document:
        """The document ``uri`` with the text that the editor has now; it is read again only when that has changed."""
        text = self.workspace.get_text_document(uri).source
        known = self._documents.get(uri)
        if known is None or str(known.text) != text:
            known = self._documents[uri] = Document(text, path_of(uri), known)
        return known

    def close(self, uri: str) -> None:
        """Forget the document ``uri``, and remove its diagnostics in the editor."""
        self._documents.pop(uri, None)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    def check(self, uri: str, version: int | None) -> None:
        """Check the document ``uri`` and send its diagnostics to the editor.

        ``version`` is the number that the editor gave this text, None without one.
        """
        document = self.document(uri)
        found = [self.diagnostic(document, each, uri) for each in document.diagnostics]
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=found)
        )

    def diagnostic(self, document: Document, found: Diagnostic, uri: str) -> types.Diagnostic:
        """A diagnostic as the editor gets it. One in an included file is shown at the key ``include`` of the text.

        ``uri`` is the document's.
        """
        message = f"{found.message}\n{found.help}" if found.help else found.message
        span = found.span
        if found.file is not None:
            message = f"{found.file}:{span.start.line}:{span.start.column}: {message}"
            span = document.own.source.key_span(("include",))
        return types.Diagnostic(
            range=self.range(document, span),
            message=message,
            severity=_SEVERITIES[found.severity],
            code=found.code,
            source="batchctl",
            related_information=[
                types.DiagnosticRelatedInformation(
                    types.Location(uri, self.range(document, related.span)), related.text
                )
                for related in found.related
                if found.file is None and related.file is None
            ],
            data={"rule": found.rule},
        )

    def range(self, document: Document, span: Span) -> types.Range:
        """A span of the document as a range of the protocol: lines and characters from 0, in ``encoding``."""
        return types.Range(self._position(document, span.start), self._position(document, span.end))

    def location(self, document: Document, uri: str, span: Span) -> types.Location:
        """The location of a span, in the document or in a file that it includes. ``uri`` is the document's."""
        source, local = document.place(span)
        if source is document.own.source:
            return types.Location(uri, self.range(document, span))
        start, end = (types.Position(*to_editor(source.lines, place, self.encoding)) for place in local)
        return types.Location(Path(source.file).absolute().as_uri(), types.Range(start, end))

    def at(self, document: Document, position: types.Position) -> Position:
        """The position in the document for one of the protocol: lines and characters from 0, in ``encoding``."""
        return from_editor(document.lines, position.line, position.character, self.encoding)

    def _position(self, document: Document, position: Position) -> types.Position:
        return types.Position(*to_editor(document.lines, position, self.encoding))


def path_of(uri: str) -> Path:
    """The path of a ``file:`` URI; for any other URI a path that need not exist."""
    parts = urlsplit(uri)
    return Path(url2pathname(parts.path)) if parts.scheme == "file" else Path(unquote(parts.path) or "untitled")


server = Server()


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def _opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    ls.check(params.text_document.uri, params.text_document.version)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
async def _changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    uri, version = params.text_document.uri, params.text_document.version
    await asyncio.sleep(PAUSE_S)
    # A newer text is checked on its own account.
    if ls.workspace.get_text_document(uri).version == version:
        ls.check(uri, version)


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def _closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    ls.close(params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=_TRIGGERS))
def _completion(ls: Server, params: types.CompletionParams) -> types.CompletionList:
    document = ls.document(params.text_document.uri)
    proposals = complete(document, cursor_at(document.lines, ls.at(document, params.position)))
    items = [
        types.CompletionItem(
            label=each.label,
            kind=_KINDS[each.kind],
            detail=each.detail or None,
            documentation=each.text or None,
            insert_text=f"{each.label}: " if each.kind is ProposalKind.KEY else each.label.removeprefix("$"),
            filter_text=each.label.removeprefix("$"),
            sort_text=f"{place:04}",
        )
        for place, each in enumerate(proposals)
    ]
    return types.CompletionList(is_incomplete=False, items=items)


@server.feature(types.TEXT_DOCUMENT_HOVER)
def _hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    document = ls.document(params.text_document.uri)
    text = hover(document, ls.at(document, params.position))
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
def _definition(ls: Server, params: types.DefinitionParams) -> types.Location | None:
    document = ls.document(params.text_document.uri)
    found = names.mention_at(document, ls.at(document, params.position))
    if found is None:
        return None
    span = names.name_span(document.subject, document.nodes[found.key])
    return ls.location(document, params.text_document.uri, span)


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
def _references(ls: Server, params: types.ReferenceParams) -> list[types.Location]:
    document = ls.document(params.text_document.uri)
    found = names.mention_at(document, ls.at(document, params.position))
    return [
        ls.location(document, params.text_document.uri, each.span)
        for each in names.mentions(document)
        if found is not None and each.key == found.key
        if params.context.include_declaration or each.use is not names.Use.NAME
    ]


@server.feature(types.TEXT_DOCUMENT_RENAME)
def _rename(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit:
    document = ls.document(params.text_document.uri)
    try:
        spans = names.rename(document, ls.at(document, params.position), params.new_name)
    except UsageError as error:
        raise JsonRpcInvalidParams(str(error)) from error
    changes: dict[str, list[types.TextEdit]] = {}
    for span in spans:
        place = ls.location(document, params.text_document.uri, span)
        changes.setdefault(place.uri, []).append(
            types.TextEdit(place.range, _as_written(document, span, params.new_name))
        )
    return types.WorkspaceEdit(changes=changes)


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def _symbols(ls: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    document = ls.document(params.text_document.uri)
    return [
        types.DocumentSymbol(
            name=each.name,
            detail=each.detail,
            kind=types.SymbolKind.Function,
            range=_whole_lines(document, *each.whole),
            selection_range=ls.range(document, each.name_span),
        )
        for each in names.symbols(document)
    ]


@server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
def _folding(ls: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    document = ls.document(params.text_document.uri)
    return [
        types.FoldingRange(start_line=start - 1, end_line=end - 1)
        for start, end in (each.whole for each in names.symbols(document))
        if end > start
    ]


@server.feature(types.TEXT_DOCUMENT_CODE_LENS)
def _lenses(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    document = ls.document(params.text_document.uri)
    return [
        types.CodeLens(ls.range(document, each.span), types.Command(each.title, _DRY_RUN, arguments=[each.resource]))
        for each in lenses(document)
    ]


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
)
def _actions(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    document = ls.document(params.text_document.uri)
    uri = params.text_document.uri
    actions = []
    for found in document.diagnostics:
        if found.fix is None or found.file is not None:
            continue
        shown = ls.diagnostic(document, found, uri)
        if not _meet(shown.range, params.range):
            continue
        edits = [types.TextEdit(ls.range(document, edit.span), edit.text) for edit in found.fix.edits]
        actions.append(
            types.CodeAction(
                title=found.fix.title[:1].upper() + found.fix.title[1:],
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[shown],
                edit=types.WorkspaceEdit(changes={uri: edits}),
            )
        )
    return actions


def _meet(one: types.Range, other: types.Range) -> bool:
    return (one.start.line, one.start.character) <= (other.end.line, other.end.character) and (
        other.start.line,
        other.start.character,
    ) <= (one.end.line, one.end.character)


def _as_written(document: Document, span: Span, name: str) -> str:
    """The new name in the quotes of the old one."""
    source, ((line, start), (_, end)) = document.place(span)
    old = source.lines[line - 1][start - 1 : end - 1]
    quote = old[0] if old[:1] in ("'", '"') and old[-1:] == old[:1] else ""
    return f"{quote}{name}{quote}"


def _whole_lines(document: Document, start: int, end: int) -> types.Range:
    last = document.lines[end - 1]
    return types.Range(types.Position(start - 1, 0), types.Position(end - 1, 2 * len(last)))

"""An editor with one open document: a real client of the language server, over stdio."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pygls", reason="needs the extra lsp")

from lsprotocol import types
from pygls.lsp.client import LanguageClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path


class Editor:
    """A client with one open document."""

    def __init__(self, client: LanguageClient, uri: str) -> None:
        self.client = client
        self.uri = uri
        self.text = ""
        self.version = 0
        self.published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

    async def open(self, text: str) -> list[types.Diagnostic]:
        self.text = text
        item = types.TextDocumentItem(self.uri, "yaml", self.version, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return list((await self.published.get()).diagnostics)

    async def change(self, text: str) -> list[types.Diagnostic]:
        self.text, self.version = text, self.version + 1
        whole = types.TextDocumentContentChangeWholeDocument(text)
        document = types.VersionedTextDocumentIdentifier(uri=self.uri, version=self.version)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))
        return list((await self.published.get()).diagnostics)

    def at(self, needle: str, inside: int = 0) -> dict[str, Any]:
        """The place ``inside`` the first ``needle``, as the fields of a request."""
        before = self.text[: self.text.index(needle) + inside]
        position = types.Position(before.count("\n"), len(before.rpartition("\n")[2].encode("utf-16-le")) // 2)
        return {"text_document": types.TextDocumentIdentifier(self.uri), "position": position}

    async def proposals(self, needle: str) -> list[str]:
        found = await self.client.text_document_completion_async(types.CompletionParams(**self.at(needle, len(needle))))
        assert isinstance(found, types.CompletionList)
        return [item.label for item in found.items]

    async def hover(self, needle: str) -> str:
        found = await self.client.text_document_hover_async(types.HoverParams(**self.at(needle, 1)))
        assert found is not None
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value


def with_editor(folder: Path, use: Callable[[Editor], Awaitable[None]]) -> None:
    async def session() -> None:
        client = LanguageClient("test", "1")
        editor = Editor(client, (folder / "a.yaml").as_uri())

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]  # pygls leaves it out
        def _published(params: types.PublishDiagnosticsParams) -> None:
            editor.published.put_nowait(params)

        await client.start_io(sys.executable, "-m", "batchctl", "lsp")
        await client.initialize_async(
            types.InitializeParams(capabilities=types.ClientCapabilities(), root_uri=folder.as_uri())
        )
        client.initialized(types.InitializedParams())
        try:
            async with asyncio.timeout(60):
                await use(editor)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()  # type: ignore[no-untyped-call]  # pygls leaves its type out

    asyncio.run(session())

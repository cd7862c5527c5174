"""What an author waits for: ``fmt`` beside ``validate``, and the language server after a keystroke."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.frame import Aim, Row, Unavailable, as_process, batchctl
from benchmarks.validate import definition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lsprotocol import types
    from pygls.lsp.client import LanguageClient

    from benchmarks.frame import Contenders, Figures

KEYSTROKES = 20


@contextmanager
def _formatting() -> Iterator[Contenders]:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "large.yaml"
        file.write_text(definition(10_000), "utf-8")
        # It is not canonical: ``--check`` reads it, lays it out and compares, and exits with 1.
        yield {
            "fmt": partial(as_process, batchctl("fmt", "--check", str(file)), expected=1),
            "validate": partial(as_process, batchctl("validate", str(file), "--quiet")),
        }


@contextmanager
def _typing() -> Iterator[Contenders]:
    try:
        import lsprotocol  # noqa: F401, PLC0415 - the extra may be missing
    except ImportError as error:
        raise Unavailable("needs the extra lsp") from error
    yield {"batchctl": lambda: asyncio.run(_keystrokes(definition(1_000)))}


async def _keystrokes(text: str) -> Figures:
    """The median time from a change of the text to its diagnostics, as an editor sees it."""
    from lsprotocol import types  # noqa: PLC0415 - of an extra
    from pygls.lsp.client import LanguageClient  # noqa: PLC0415 - of an extra

    client = LanguageClient("benchmark", "1")
    published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]  # pygls leaves it out
    def _published(params: types.PublishDiagnosticsParams) -> None:
        published.put_nowait(params)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await client.start_io(sys.executable, "-m", "batchctl", "lsp")
        await client.initialize_async(
            types.InitializeParams(capabilities=types.ClientCapabilities(), root_uri=folder.as_uri())
        )
        client.initialized(types.InitializedParams())
        uri = (folder / "a.batch.yaml").as_uri()
        client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "yaml", 0, text)))
        await published.get()
        server = _cpu_of(client)
        waited = [await _type(client, published, uri, number) for number in range(1, KEYSTROKES + 1)]
        used_s = _cpu_of(client) - server
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()  # type: ignore[no-untyped-call]  # pygls leaves its type out
    return {"wait_s": median(waited), "cpu_s": used_s / KEYSTROKES}


def _cpu_of(client: LanguageClient) -> float:
    """Processor time that the server has used so far, in seconds; where that can't be told, not a number."""
    stat = Path(f"/proc/{client._server.pid if client._server else 0}/stat")  # noqa: SLF001 - pygls has no name for it
    if not stat.exists():
        return float("nan")
    fields = stat.read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _type(
    client: LanguageClient, published: asyncio.Queue[types.PublishDiagnosticsParams], uri: str, number: int
) -> float:
    """Write one letter into a comment on top, and wait for what the server says of it."""
    from lsprotocol import types  # noqa: PLC0415 - of an extra

    start = types.Range(types.Position(0, 0), types.Position(0, 0))
    change = types.TextDocumentContentChangePartial(range=start, text="# \n" if number == 1 else "#")
    document = types.VersionedTextDocumentIdentifier(uri=uri, version=number)
    began_s = time.perf_counter()
    client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
    await published.get()
    return time.perf_counter() - began_s


ROWS = [
    Row(
        "fmt",
        "10,000 resources: fmt --check beside validate",
        _formatting,
        (Aim("cpu_s", "fmt", "validate", at_most=3),),
        rounds=3,
    ),
    Row(
        "lsp",
        "the wait for diagnostics after a keystroke, in a file of 1,000 resources",
        _typing,
        (Aim("wait_s", "batchctl", at_most=0.15),),
        rounds=3,
    ),
]

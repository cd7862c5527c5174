"""docs/file-reference.md is made of the schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.definition.schema_documents import NODES, schema_document
from batchctl.render.file_reference import file_reference

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).parents[2] / "docs" / "file-reference.md"


def test_the_page_is_current(golden: Callable[[Path, str], None]) -> None:
    golden(PAGE, "".join(file_reference()))


def test_every_key_has_a_description() -> None:
    page = PAGE.read_text("utf-8")
    for kind, names in NODES.items():
        document = schema_document(kind)
        for schema in (document, *(document["$defs"][name] for name in names)):
            for key, said in schema["properties"].items():
                assert f"`{key}`" in page
                assert said.get("description"), f"{kind}: {key}"

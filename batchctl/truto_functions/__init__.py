"""Truto's functions: each module lists its own in ``FUNCTIONS``, and the kinds of objects they make in ``KINDS``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.truto_functions.hosting import Hosted
    from batchctl.truto_functions.objects import ObjectKind

_MODULES: Final = (
    "binary", "data", "data_formats", "datetime", "encoding", "graphs", "html.markdown", "lodash", "notion",
    "notion_block", "parquet", "query_text", "replaced", "sql", "text_splitter", "urls", "xml_objects", "xml_text",
)  # fmt: skip
_WITH_KINDS: Final = ("binary", "datetime", "graphs", "parquet", "urls")


@cache
def hosted() -> Mapping[str, Hosted]:
    """Truto's functions that are written in Python, by name without ``$``; loaded at the first call."""
    modules = [import_module(f"{__name__}.{name}") for name in _MODULES]
    return {name: function for module in modules for name, function in module.FUNCTIONS.items()}


@cache
def kinds() -> Mapping[str, ObjectKind]:
    """The kinds of objects with methods that Truto's functions return, such as ``date`` and ``blob``, by name."""
    modules = [import_module(f"{__name__}.{name}") for name in _WITH_KINDS]
    return {kind.name: kind for module in modules for kind in module.KINDS}

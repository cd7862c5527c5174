"""The table of functions in the documentation, made from the catalogue."""

from __future__ import annotations

from typing import Final

from batchctl.truto_functions.catalogue import FUNCTIONS, JSONATA

_TITLES: Final = {
    "core": "JSONata's, replaced",
    "data": "Records and values",
    "lodash": "Lists and objects",
    "encoding": "Hashes, signatures, URLs",
    "binary": "Files and streams",
    "datetime": "Dates",
    "markdown": "Markdown and HTML",
    "data-formats": "Data formats",
    "ai": "Text for models",
}


def reference() -> str:
    """Markdown for the documentation: a table of Truto's functions by group, and a list of JSONata's own."""
    lines = ["| group | on this machine | on the service alone |", "| --- | --- | --- |"]
    for preset, title in _TITLES.items():
        infos = [info for info in FUNCTIONS.values() if info.preset == preset]
        here, there = (
            ", ".join(f"`{info.usage}`" for info in infos if info.local is local) or "–" for local in (True, False)
        )
        lines.append(f"| {title} | {here} | {there} |")
    own = ", ".join(f"`${info.name}`" for info in FUNCTIONS.values() if info.preset == JSONATA)
    return "\n".join([*lines, "", f"JSONata's own, unchanged: {own}.", ""])

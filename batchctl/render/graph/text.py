"""A drawing as text: a tree for the terminal, Mermaid for Markdown, DOT for Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.render.graph.data import GraphDrawing

# What means something to Mermaid inside a quoted label.
_MERMAID = lazy_regex(r"[^\w \-./:,·…×‹›=+]")


def text_graph(drawing: GraphDrawing) -> Iterator[str]:
    """The drawing as a tree, line by line: a resource is below the last of those that it waits for."""
    roots: list[int] = []
    below: dict[int, list[int]] = {}
    for number in range(len(drawing.boxes)):
        above = [arrow.start for arrow in drawing.arrows if arrow.end == number and arrow.waits]
        nearest = max(above, key=lambda start: drawing.boxes[start].wave, default=None)
        (roots if nearest is None else below.setdefault(nearest, [])).append(number)
    yield f"{drawing.title}\n"
    pending = [(root, "", "") for root in reversed(roots)]
    while pending:
        number, head, margin = pending.pop()
        yield f"{head}{_line(drawing, number)}\n"
        children = below.get(number, [])
        pending.extend((child, f"{margin}└─ ", f"{margin}   ") for child in children[-1:])
        pending.extend((child, f"{margin}├─ ", f"{margin}│  ") for child in reversed(children[:-1]))


def _line(drawing: GraphDrawing, number: int) -> str:
    box = drawing.boxes[number]
    into = [arrow for arrow in drawing.arrows if arrow.end == number]
    words = [f"{box.key}  {box.does}"]
    if box.effect:
        words.append(box.effect)
    words += [f"once {arrow.label}" for arrow in into if arrow.label]
    words += box.notes
    waits = [arrow for arrow in into if arrow.waits]
    if len(waits) > 1:
        words.append("after " + ", ".join(drawing.boxes[arrow.start].key for arrow in waits))
    return "  ".join(words)


def mermaid_graph(drawing: GraphDrawing) -> Iterator[str]:
    """The drawing as a ``flowchart`` of Mermaid, line by line."""
    yield "flowchart TD\n"
    for number, box in enumerate(drawing.boxes):
        lines = "<br/>".join(_mermaid(line) for line in box.lines)
        opening, closing = ("[", "]") if box.kind == "request" else ("([", "])")
        style = ":::deletes" if box.deletes else ":::writes" if box.writes else ""
        yield f'  n{number}{opening}"{lines}"{closing}{style}\n'
    for arrow in drawing.arrows:
        line = "-->" if arrow.waits else "-.->"
        label = f'|"{_mermaid(arrow.label)}"|' if arrow.label else ""
        yield f"  n{arrow.start} {line}{label} n{arrow.end}\n"
    yield "  classDef writes stroke:#b45309,stroke-width:3px\n"
    yield "  classDef deletes stroke:#b91c1c,stroke-width:3px\n"


def dot_graph(drawing: GraphDrawing) -> Iterator[str]:
    """The drawing as a ``digraph`` of Graphviz, line by line."""
    yield f'digraph "{_dot(drawing.title)}" {{\n'
    yield '  node [shape=box, style=rounded, fontname="sans-serif"];\n  edge [fontname="sans-serif"];\n'
    for number, box in enumerate(drawing.boxes):
        label = "\\n".join(_dot(line) for line in box.lines)
        colour = ", color=firebrick, penwidth=2" if box.deletes else ", color=darkorange, penwidth=2"
        shape = "" if box.kind == "request" else ", shape=oval"
        yield f'  n{number} [label="{label}"{shape}{colour if box.writes else ""}];\n'
    for wave in drawing.waves:
        yield f"  {{ rank=same; {' '.join(f'n{number};' for number in wave)} }}\n"
    for arrow in drawing.arrows:
        options = [f'label="{_dot(arrow.label)}"'] if arrow.label else []
        options += [] if arrow.waits else ["style=dashed"]
        how = f" [{', '.join(options)}]" if options else ""
        yield f"  n{arrow.start} -> n{arrow.end}{how};\n"
    yield "}\n"


def _mermaid(text: str) -> str:
    return _MERMAID.sub(lambda match: f"#{ord(match[0])};", text)


def _dot(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.render.graph.data import GraphDrawing, drawing
from batchctl.render.graph.layout import layout
from batchctl.render.graph.svg import svg_graph
from batchctl.render.graph.text import dot_graph, mermaid_graph, text_graph

REDACT = Redactor().text

TEXT = """
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {ids: [a, b]}
resources:
  - {name: users, resource: ticketing/users, method: get, id: "{{args.ids}}", loop_on: ids}
  - {name: tickets, resource: ticketing/tickets, method: list}
  - name: cleanup
    resource: ticketing/comments
    method: delete
    depends_on: tickets
    id: "{{resources.ticketing.tickets.id}}"
  - name: 'note "<&]|#'
    resource: crm/notes
    method: create
    depends_on: [cleanup, users]
    body: {user: "{{resources.ticketing.users.id}}", ticket: "{{resources.ticketing.tickets.id}}"}
"""


def drawn() -> GraphDrawing:
    return drawing(prepare(TEXT).require_plan(), title="A title", redact=REDACT)


def test_arrows_say_what_repeats_and_what_only_reads() -> None:
    found = {(arrow.start, arrow.end): (arrow.label, arrow.waits) for arrow in drawn().arrows}
    assert found == {
        (1, 2): ("per ticket", True),
        (2, 3): ("", True),
        (0, 3): ("per user", True),
        (1, 3): ("per ticket", False),
    }


def test_text_is_a_tree() -> None:
    assert "".join(text_graph(drawn())) == (
        "A title\n"
        "users  GET /unified/ticketing/users/‹args.ids›  for each of args.ids\n"
        "tickets  GET /unified/ticketing/tickets\n"
        "└─ cleanup  DELETE /unified/ticketing/comments/‹tickets.id›  DELETES  once per ticket\n"
        '   └─ note "<&]|#  POST /unified/crm/notes  WRITES  once per user  once per ticket  after cleanup, users\n'
    )


def test_mermaid_escapes_what_would_end_a_label() -> None:
    text = "".join(mermaid_graph(drawn()))
    assert 'n3["note #34;#60;#38;#93;#124;#35;<br/>POST /unified/crm/notes"]:::writes' in text
    assert 'n1 -.->|"per ticket"| n3' in text


def test_dot_escapes_quotes() -> None:
    text = "".join(dot_graph(drawn()))
    assert 'label="note \\"<&]|#\\nPOST /unified/crm/notes"' in text
    assert 'n1 -> n3 [label="per ticket", style=dashed];' in text


def test_svg_is_xml_with_every_name_and_no_script() -> None:
    root = ET.fromstring("".join(svg_graph(drawn())))
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert 'note "<&]|#  WRITES' in texts
    assert "cleanup  DELETES" in texts
    boxes = [element for element in root.iter("{http://www.w3.org/2000/svg}rect") if element.get("class") != "back"]
    assert len(boxes) == 4
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        "svg", "title", "style", "defs", "marker", "path", "text", "rect",
    }  # fmt: skip


def test_secrets_are_masked_before_text_is_cut() -> None:
    text = TEXT.replace("method: list", 'method: get, id: "sk-1234567890123456789012345678901234567890"')
    plan = prepare(text).require_plan()
    masked = drawing(plan, title="t", redact=Redactor(["sk-1234567890123456789012345678901234567890"]).text)
    assert masked.boxes[1].does == "GET /unified/ticketing/tickets/***"


@st.composite
def layered(draw: st.DrawFn) -> tuple[list[float], list[list[int]], list[tuple[int, int]]]:
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    layers, number = [], 0
    for size in sizes:
        layers.append(list(range(number, number + size)))
        number += size
    layer_of = {each: place for place, layer in enumerate(layers) for each in layer}
    pairs = [(a, b) for a in range(number) for b in range(number) if layer_of[a] < layer_of[b]]
    arrows = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=12)) if pairs else []
    widths = draw(st.lists(st.floats(10, 300), min_size=number, max_size=number))
    return widths, layers, arrows


@settings(max_examples=60, deadline=None)
@given(layered())
def test_boxes_never_overlap_and_routes_go_down_layer_by_layer(
    case: tuple[list[float], list[list[int]], list[tuple[int, int]]],
) -> None:
    widths, layers, arrows = case
    found = layout(widths, layers, arrows, gap=20)
    for layer in range(len(layers)):
        row = sorted((spot for spot in found.spots if spot.layer == layer), key=lambda spot: spot.x)
        for left, right in pairwise(row):
            assert right.x - left.x >= (left.width + right.width) / 2 + 20 - 1e-6
        assert all(spot.x - spot.width / 2 >= -1e-6 and spot.x + spot.width / 2 <= found.width + 1e-6 for spot in row)
    for (start, end), route in zip(arrows, found.routes, strict=True):
        assert (route[0], route[-1]) == (start, end)
        assert [found.spots[each].layer for each in route] == list(
            range(found.spots[start].layer, found.spots[end].layer + 1)
        )


@pytest.mark.parametrize("boxes", [1, 2])
def test_a_lone_box_has_room(boxes: int) -> None:
    assert layout([100.0] * boxes, [list(range(boxes))], [], gap=20).width == 100.0 * boxes + 20 * (boxes - 1)

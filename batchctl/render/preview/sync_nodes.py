"""What a node does that only sync jobs have, as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.json_types import write_json
from batchctl.plain import counted, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.definition.model import SyncNode
    from batchctl.json_types import JsonValue
    from batchctl.plan.preview import Payload, Payloads

# So many payloads are shown unless all are asked for.
_FOLDED = 3
_EVENTS = {
    "start": "when the run starts",
    "complete": "when all is done without an error",
    "error": "when all is done with an error",
}


def sync_node_lines(
    node: SyncNode, payloads: Payloads | None, words: Callable[[str], str], *, everything: bool = False
) -> Iterator[tuple[str, str]]:
    """What a state, event or destination node does, as pairs of a label and a text.

    A pair with an empty label continues the one before. ``payloads`` is what a destination would get, None where that
    is not known; without ``everything`` the first three are shown. ``words`` makes text from outside safe to show.
    """
    config = node.config
    match node.kind:
        case "event":
            yield "event", _EVENTS.get(str(config.get("name")), "")
        case "get_state":
            yield "state", words(_assigned("default", config)) if "default" in config else words(str(config.get("key")))
        case "update_state":
            field = "value_expression" if "value_expression" in config else "value"
            yield "state", words(_assigned(field, config))
        case "delete_state":
            yield "state", words(f"{config.get('key')} is forgotten")
        case "destination":
            yield from _destination(node, words)
            if payloads is not None:
                yield from _payloads(payloads, words, everything=everything)


def _assigned(field: str, config: dict[str, JsonValue]) -> str:
    between = ", else" if field == "default" else " ="
    return f"{config.get('key')}{between} {_text(config.get(field))}"


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else write_json(value)


def _destination(node: SyncNode, words: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    config = node.config.get("config")
    settings = config if isinstance(config, dict) else {}
    names = node.config.get("resources_to_persist")
    persisted = [words(str(name)) for name in names] if isinstance(names, list) else [*map(words, node.depends_on)]
    what = str(node.config.get("destination_type"))
    if "id" in settings:
        what = f"{what} {settings['id']}"
    yield "to", words(what)
    each = "record" if node.config.get("loop_on") else "page"
    yield "gets", f"every {each} of {listed(persisted)}" if persisted else "nothing: no node is persisted"
    inner = settings.get("config")
    for name, value in inner.items() if isinstance(inner, dict) else ():
        yield "", words(f"{name} = {_text(value)}")


def _payloads(payloads: Payloads, words: Callable[[str], str], *, everything: bool) -> Iterator[tuple[str, str]]:
    shown = payloads.first if everything else payloads.first[:_FOLDED]
    at_least = "at least " if payloads.more else ""
    yield "payloads", f"{at_least}{counted(payloads.count, 'delivery')}"
    for each in shown:
        yield "", words(_payload(each))
    if len(shown) < payloads.count:
        yield "", f"… {payloads.count - len(shown):,} more"


def _payload(payload: Payload) -> str:
    count = counted(len(payload.records), "record")
    settings = ", ".join(f"{key} = {_text(value)}" for key, value in payload.config.items())
    first = write_json(payload.records[0]) if payload.records else ""
    return " · ".join(filter(None, (f"{payload.resource}, {count}", settings or first)))

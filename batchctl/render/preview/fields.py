"""One request as a person compares it with the next: its path, and every field of query and body by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.json_types import write_json
from batchctl.plan.reads import address, reads_node
from batchctl.plan.remarks import RemarkKind, no_address, remark_on
from batchctl.structs import Struct
from batchctl.template import parse_path, to_text
from batchctl.truto.calls import call_path
from batchctl.truto.query_string import encode_keeping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchctl.json_types import DataPath, JsonValue
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.planner import Plan, Step
    from batchctl.plan.reads import Segments
    from batchctl.render.preview.data import RequestView
    from batchctl.template import Evaluation, Reference


class Field(Struct, frozen=True):
    """One value in the ``query`` or ``body`` of a request.

    ``path`` is where it is, as keys and indexes (``("body", "emails", 0, "email")``); ``name`` the same as it is
    written, without ``query`` or ``body`` (``updated_at[gt]``, ``emails[0].email``); ``text`` the value.
    """

    path: DataPath
    name: str
    text: str


class FlatRequest(Struct, frozen=True):
    """A request as a list of values, to be compared with others.

    ``path`` is that of its URL; ``fields`` are the values by their path (``("body", "email")``), in order, and
    ``marks`` are remarks on some paths.
    """

    method: str
    path: str
    fields: Mapping[DataPath, Field]
    marks: Mapping[DataPath, str]


def shape(request: Expanded, step: Step, plan: Plan, view: RequestView) -> FlatRequest:
    """The request as a list of values, secrets masked; one that only a run knows is shown as ``‹contacts.id›``.

    ``step`` is that of the request in ``plan``.
    """
    call = view.call(request)
    encode = encode_keeping(reference.text for reference in request.unresolved)
    names = {reference.text: unknown_name(reference, step, plan) for reference in request.unresolved}
    path = call_path(call.resource, call.method, call.id, encode)
    parts: dict[str, JsonValue] = {"query": call.query, "body": call.body}
    parts.update((name, view.redactor.text(getattr(step.node, name))) for name in request.expressions)
    fields: dict[DataPath, Field] = {}
    if call.account is not None and call.account != plan.definition.integrated_account_id:
        fields[("account",)] = Field(("account",), "id", named(view.redactor.text(call.account), names))
    fields |= {field.path: field for name, part in parts.items() for field in _fields(name, part, names)}
    marks = {reference.path: words for reference, found in request.trace if (words := mark(reference, found))}
    reason = no_address(request.call)
    if reason:
        marks[("id",)] = f"not sent: {reason}"
    return FlatRequest(call.http_method, named(path, names), fields, marks)


def mark(reference: Reference, found: Evaluation) -> str:
    """A few words on a placeholder's value where it may not be intended: ``sent literally: no value``.

    Empty where there is nothing to say.
    """
    match remark_on(reference, found):
        case None:
            return ""
        case RemarkKind.SENT_LITERALLY:
            return "sent literally: no value"
        case RemarkKind.DROPPED_KEY:
            return f"left out: {reference.alternatives[0].path} has no value"
        case RemarkKind.BECAME_TEXT:
            return "an array as text" if isinstance(found.raw, list) else "an object as text"
        case RemarkKind.UNCONVERTED:
            return "not converted"
        case _:
            if found.default:
                return "the default"
            return f"from {reference.alternatives[found.chosen or 0].path}"


def unknown_name(reference: Reference, step: Step, plan: Plan) -> str:
    """A short name for a value that only a run knows: ``{{resources.crm.contacts.id}}`` → ``‹contacts.id›``.

    It begins with the key of the node that the record comes from. ``step`` is the one that reads it.
    """
    nodes = [plan.graph.nodes[fan_out.node] for fan_out in step.fan_outs]
    words = []
    for alternative in reference.alternatives:
        segments = parse_path(alternative.path)
        node = next((node for node in nodes if reads_node(segments, node)), None)
        named_by = (node.key, *segments[1 + len(address(node)) :]) if node else _named_by(segments, plan)
        words.append(".".join(map(str, named_by)))
    return f"‹{' or '.join(dict.fromkeys(words))}›"


def _named_by(segments: Segments, plan: Plan) -> Segments:
    """A path to what an add_context made begins with the node's name."""
    is_added = len(segments) > 1 and segments[0] == "resources" and segments[1] in plan.graph.values
    return segments[1:] if is_added else segments


def named(text: str, names: Mapping[str, str]) -> str:
    """``text`` with the placeholders in it replaced by their short names.

    ``names`` has the short name by the placeholder's text, braces included; a placeholder that is not in it stays.
    """
    for placeholder, name in names.items():
        text = text.replace(placeholder, name)
    return text


def _fields(section: str, value: JsonValue, names: Mapping[str, str]) -> Iterator[Field]:
    in_body = section == "body"
    pending: list[tuple[DataPath, str, JsonValue]] = [((section,), "", value)]
    while pending:
        path, name, item = pending.pop()
        if isinstance(item, dict) and item:
            pending.extend(
                ((*path, key), _below(name, key, in_body=in_body), inner) for key, inner in reversed(item.items())
            )
        elif isinstance(item, list) and item:
            pending.extend(((*path, place), f"{name}[{place}]", item[place]) for place in reversed(range(len(item))))
        elif len(path) > 1 or isinstance(item, str) or (in_body and item is not None):
            # A string that is one unknown value as a whole may become anything, so it stands without quotes.
            whole = names.get(item) if isinstance(item, str) else None
            yield Field(path, name, whole or named(_text(item, in_body), names))


def _below(name: str, key: str, *, in_body: bool) -> str:
    if not name:
        return key
    return f"{name}.{key}" if in_body else f"{name}[{key}]"


def _text(value: JsonValue, in_body: bool) -> str:
    if in_body or isinstance(value, dict | list):
        return write_json(value)
    return "" if value is None else to_text(value)

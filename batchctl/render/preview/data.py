"""A preview as data: the objects of ``dry-run --format json``, whose shape is part of the documented surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, SyncNode, Transform
from batchctl.plan.flat_requests import live_side
from batchctl.redaction import MASK, Redactor, is_secret_name
from batchctl.structs import Struct, replace
from batchctl.template import UNDEFINED
from batchctl.truto.calls import call_path
from batchctl.truto.limits import ACCOUNT_CALLS, WINDOW_S, least_seconds
from batchctl.truto.query_string import encode_keeping, query_string

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.flat_requests import Side
    from batchctl.plan.planner import Plan
    from batchctl.plan.preview import Payloads, Preview, PreviewedResource
    from batchctl.template import Evaluation, Reference
    from batchctl.truto.calls import Call
    from batchctl.truto.capabilities import Capabilities

FORMAT_VERSION = "1.0"


class _NothingHidden(Redactor):
    """Knows no secrets, and takes no name for that of one."""

    def spares(self, value: object) -> bool:  # noqa: ARG002 - whatever it is
        """Always."""
        return True


class RequestView(Struct, frozen=True):
    """How the requests of a preview are shown: their URL and account, and the ``redactor`` that masks their secrets.

    ``api_url`` begins every URL; ``account`` is the id of the file's integrated account, masked. ``overridden`` are
    resources (``crm/contacts``) whose mapping is customised for the environment, as far as that is known.
    """

    api_url: str
    account: str
    redactor: Redactor
    overridden: frozenset[str] = frozenset()

    def opened(self) -> RequestView:
        """The same view without masking, for text that is searched for secrets before it is shown."""
        return replace(self, redactor=_NothingHidden())

    def text(self, text: str) -> str:
        """``text`` with its secrets masked."""
        return self.redactor.text(text)

    def data(self, value: JsonValue) -> JsonValue:
        """``value`` with its secrets masked."""
        return self.redactor.data(value)

    def mapping(self, value: Mapping[str, JsonValue]) -> JsonObject:
        """A copy of the object ``value`` with its secrets masked."""
        return self.redactor.data(dict(value))

    def call(self, request: Expanded) -> Call:
        """The call of a request with its secrets masked."""
        return self.masked(request.call)

    def masked(self, call: Call) -> Call:
        """A call with its secrets masked."""
        spares = self.redactor.spares
        if spares(call.query) and spares(call.id) and spares(call.body):
            return call
        record_id = call.id if call.id is None else self.redactor.text(call.id)
        return replace(call, id=record_id, query=self.mapping(call.query), body=self.data(call.body))

    def url(self, path: str, query: JsonObject, encode: Callable[[str], str], account: str | None = None) -> str:
        """The URL of a call: ``https://…/unified/crm/contacts?integrated_account_id=…``.

        ``path`` begins with a slash and is encoded already. ``query`` are its parameters, also nested, with secrets
        masked already; ``encode`` percent-encodes a text. Without ``account``, an id that gets masked here, it has the
        file's.
        """
        name = self.account if account is None else self.redactor.text(account)
        url = f"{self.api_url}{path}?integrated_account_id={encode(name)}"
        # A query of empty lists alone gives no text.
        text = query_string(query, encode)
        return f"{url}&{text}" if text else url


def shown(plan: Plan, *, api_url: str, redactor: Redactor, known: Capabilities | None = None) -> RequestView:
    """How the requests of a plan are shown.

    ``api_url`` begins every URL; ``redactor`` masks secrets. ``known`` is what the account offers, None where there is
    no snapshot of that.
    """
    account = plan.definition.integrated_account_id
    overridden = known.overridden(account or None) if known else frozenset()
    return RequestView(redactor.text(api_url.rstrip("/")), redactor.text(account), redactor, overridden)


def head_data(preview: Preview, view: RequestView, *, file: str) -> JsonObject:
    """What comes before ``resources`` in the JSON of a dry run. ``file`` is the definition's name.

    It is ``{"format_version", "file", "integrated_account_id", "args", "summary", "waves"}``, for a sync job with
    ``kind``, too. The summary has the numbers ``resources``, ``requests`` (shown), ``known`` (certain to be made),
    ``writes``, ``deletes`` and ``paged`` (lists with pages); ``complete``, a boolean; ``count_unknown``, names of
    resources; and ``rate_limit``, ``{"calls", "per_s", "takes_at_least_s"}``. A wave is a list of names of resources
    that run at the same time.
    """
    totals = preview.totals()
    return {
        "format_version": FORMAT_VERSION,
        "file": view.redactor.text(file),
        **({} if preview.plan.definition.job is None else {"kind": "sync-job"}),
        "integrated_account_id": view.account,
        "args": view.mapping(preview.plan.definition.args),
        "summary": {
            "resources": totals.resources,
            "requests": totals.requests,
            "complete": preview.complete,
            "writes": totals.writes,
            "deletes": totals.deletes,
            "known": totals.known,
            "count_unknown": list(totals.open),
            "paged": totals.lists,
            "rate_limit": {"calls": ACCOUNT_CALLS, "per_s": WINDOW_S, "takes_at_least_s": least_seconds(totals.known)},
        },
        "waves": [list(wave) for wave in preview.plan.waves],
    }


def resource_data(resource: PreviewedResource, view: RequestView) -> JsonObject:
    """One resource in the JSON of a dry run, without its requests.

    It has ``name``, ``kind`` (``request``, ``transform``), ``depends_on``, ``wave`` (from 0) and ``repeats``
    (``[{"over", "count"}]``, a count None where only a run knows it). Where they apply it also has ``resource``
    (``crm/contacts``), ``env_overridden``, ``expression``, ``recurse``, ``run_if``, ``problem`` (why it has no
    requests), ``skipped_because`` (names of resources) and, for nodes of sync jobs, ``config`` and the other keys that
    ``sync_node_data`` gives.
    """
    node = resource.step.node
    return {
        "name": node.key,
        "kind": node.kind,
        **({"resource": node.resource} if isinstance(node, Request) else {}),
        **({"env_overridden": True} if isinstance(node, Request) and node.resource in view.overridden else {}),
        **({"expression": view.redactor.text(node.expression)} if isinstance(node, Transform | AddContext) else {}),
        **(sync_node_data(node, resource.payloads, view) if isinstance(node, SyncNode) else {}),
        "depends_on": list(resource.step.parents),
        "wave": resource.step.wave,
        "repeats": [{"over": repeat.over, "count": repeat.count} for repeat in resource.repeats],
        **({"recurse": _recurse(node, view)} if isinstance(node, Request) and node.recurse else {}),
        **({"run_if": view.redactor.text(node.run_if)} if node.run_if else {}),
        **({"problem": view.redactor.text(resource.problem)} if resource.problem else {}),
        **({"skipped_because": list(resource.skipped)} if resource.skipped else {}),
    }


def sync_node_data(node: SyncNode, payloads: Payloads | None, view: RequestView) -> JsonObject:
    """What the JSON of a dry run says of a state, event or destination node.

    That is ``config``; for a destination also ``destination_type``, ``method``, ``loop_on`` and
    ``resources_to_persist``, each where the file has it. ``payloads`` is what a destination would get, None where that
    is not known; else ``deliveries`` is their number (None where a run may add some) and ``payloads`` the first of
    them, each with ``resource``, ``records`` and ``config``.
    """
    if node.kind != "destination":
        return {"config": view.mapping(node.config)}
    own = ("destination_type", "method", "loop_on", "resources_to_persist", "config")
    data: JsonObject = view.mapping({key: node.config[key] for key in own if key in node.config})
    if payloads is not None:
        data["deliveries"] = None if payloads.more else payloads.count
        data["payloads"] = [
            {"resource": each.resource, "records": view.data(list(each.records)), "config": view.mapping(each.config)}
            for each in payloads.first
        ]
    return data


def request_data(
    resource: PreviewedResource, request: Expanded, view: RequestView, *, explain: bool = False
) -> JsonObject:
    """One request of a resource in the JSON of a dry run; ``explain`` adds where each placeholder's value came from.

    It has ``method`` (``GET``), ``path``, ``url``, ``query``, ``body``, ``unresolved`` (the paths of placeholders that
    only a run can fill in) and ``bindings`` (the element of its loop by the loop's path); an expression in place of
    ``query`` or ``body`` is given as its text. ``explain`` is a list of objects with ``placeholder``, ``source``,
    ``value`` and more, as ``origin_data`` makes them.
    """
    call = view.call(request)
    encode = encode_keeping(reference.text for reference in request.unresolved)
    path = call_path(call.resource, call.method, call.id, encode)
    bindings = dict(request.bindings)
    data: JsonObject = {
        "method": call.http_method,
        "path": path,
        "url": view.url(path, call.query, encode, call.account),
        "query": call.query,
        "body": call.body,
        "unresolved": list(dict.fromkeys(reference.alternatives[0].path for reference in request.unresolved)),
        "bindings": bindings if view.redactor.spares(bindings) else view.mapping(bindings),
    }
    node = resource.step.node
    for name in request.expressions:
        data[name] = view.redactor.text(getattr(node, name))
    if explain:
        data["explain"] = [origin_data(reference, found, view) for reference, found in request.trace]
    return data


def origin_data(reference: Reference, found: Evaluation, view: RequestView) -> JsonObject:
    """Where the value of a placeholder came from, as JSON; ``found`` is how the placeholder got its value.

    It has ``placeholder``, ``at`` (its path in the request), ``source`` (the path that had the value), ``alternative``
    (the index of that path), ``raw`` (the value there), ``cast``, ``default``, ``value``, ``known`` and
    ``sent_literally``. What there is not is None; a secret value is ``***``.
    """
    path = None if found.chosen is None else reference.alternatives[found.chosen].path
    hidden = is_hidden(reference, path)
    if found.unknown:
        path = reference.alternatives[0].path
    return {
        "placeholder": reference.text,
        "at": list(reference.path),
        "source": path,
        "alternative": found.chosen,
        "raw": _value(found.raw, view, hidden=hidden),
        "cast": found.cast,
        "default": found.default,
        "value": None if found.kept else _value(found.value, view, hidden=hidden),
        "known": not found.unknown,
        "sent_literally": found.kept and not found.unknown,
    }


def is_hidden(reference: Reference, source: str | None) -> bool:
    """Whether a placeholder's value is secret: a key above it in the file, or a name in ``source``, sounds like one.

    ``source`` is the path that it was read at, None for none.
    """
    names = [*map(str, reference.path), *(source or "").split(".")]
    return any(map(is_secret_name, names))


def _value(value: object, view: RequestView, *, hidden: bool) -> JsonValue:
    if value is UNDEFINED:
        return None
    return MASK if hidden else view.data(value)  # type: ignore[arg-type]  # arguments and records are JSON


def _recurse(node: Request, view: RequestView) -> JsonValue:
    if node.recurse is None:
        return None
    return {"if": node.recurse.condition, "config": view.mapping(node.recurse.config)}


def side_of(preview: Preview, view: RequestView) -> Side:
    """The preview as one side of a comparison, with both the values that are sent and those that ``view`` shows."""
    return live_side(preview, view, lambda resource: resource_data(resource, view))

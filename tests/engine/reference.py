"""The engine's semantics once more, slowly and one thing after the other: whole nodes in order, no streams, no tasks.

Kept apart from the engine on purpose: it reads the definition's plain data and shares nothing but placeholders,
JSONata and the answers of ``Service``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from batchctl.errors import ExpressionError
from batchctl.expression import evaluate
from batchctl.template import UNDEFINED, render, to_text
from batchctl.truto.envelope import make_envelope

MAX_DEPTH = 4


class Service:
    """Answers calls from lists of records by resource; ``broken`` are calls (as text) that fail with a 500."""

    def __init__(self, tables: dict[str, list[Any]], broken: frozenset[str] = frozenset()) -> None:
        self.tables = tables
        self.broken = broken

    def answer(self, resource: str, method: str, record_id: str | None, query: dict[str, Any]) -> tuple[int, Any]:
        if call_text(resource, method, record_id, query) in self.broken:
            return 500, make_envelope(500, "broken")
        records = self.tables[resource]
        if method == "get":
            found = [record for record in records if to_text(record["id"]) == record_id]
            return (200, found[0]) if found else (404, make_envelope(404, "unknown id"))
        start, limit = int(query.get("next_cursor", 0)), int(to_text(query.get("limit", 2)))
        found = [r for r in records if all(to_text(r[k]) == to_text(v) for k, v in query.items() if k in r)]
        following = start + limit if start + limit < len(found) else None
        return 200, {"result": found[start : start + limit], "next_cursor": following}


def call_text(resource: str, method: str, record_id: str | None, query: dict[str, Any]) -> str:
    return json.dumps([resource, method, record_id, query], sort_keys=True)


@dataclass(eq=False)
class Record:
    value: Any
    bound: dict[str, Record]


@dataclass
class Group:
    """Records that came together."""

    records: list[Record]
    bound: dict[str, Record]
    lists: dict[str, list[Any]] = field(default_factory=dict)


@dataclass
class Done:
    groups: list[Group] = field(default_factory=list)
    errors: list[Any] = field(default_factory=list)
    because: list[str] | None = None
    added: dict[str, Any] = field(default_factory=dict)
    answered: bool = False

    @property
    def records(self) -> list[Record]:
        return [record for group in self.groups for record in group.records]

    @property
    def values(self) -> list[Any]:
        return [record.value for record in self.records]

    @property
    def lost(self) -> bool:
        return self.because is not None or (bool(self.errors) and not self.answered)


class Reference:
    """Runs a definition (plain data whose nodes stand behind their parents) against a service."""

    def __init__(self, definition: dict[str, Any], service: Service) -> None:
        self.args = definition.get("args", {})
        self.nodes: dict[str, dict[str, Any]] = {node["name"]: node for node in definition["resources"]}
        self.service = service
        self.calls: list[str] = []
        self.done: dict[str, Done] = {}

    def run(self) -> dict[str, Any]:
        for key, node in self.nodes.items():
            self.done[key] = self._node(key, node)
        result = {key: self.done[key].values for key in self.nodes if self._in_result(key)}
        errors = {key: self._errors(key) for key in self.nodes if self._errors(key)}
        return {"result": result, "errors": errors}

    # The graph.

    def parents(self, key: str) -> list[str]:
        written = self.nodes[key].get("depends_on", [])
        return [written] if isinstance(written, str) else list(dict.fromkeys(written))

    def ancestors(self, key: str) -> list[str]:
        """Nearest first."""
        found: list[str] = []
        level = self.parents(key)
        while level:
            found += [node for node in level if node not in found]
            level = [above for node in level for above in self.parents(node) if above not in found]
        return list(dict.fromkeys(found))

    def depth(self, key: str) -> int:
        return 1 + max((self.depth(parent) for parent in self.parents(key)), default=-1)

    def kind(self, key: str) -> str:
        return str(self.nodes[key].get("type", "request"))

    def address(self, key: str) -> list[str]:
        return self.nodes[key]["resource"].split("/") if self.kind(key) == "request" else [key]

    def reads(self, key: str) -> list[str]:
        """The ancestors over whose records a request runs: the deepest first, of two at one address the nearer."""
        node = self.nodes[key]
        text = json.dumps({name: node.get(name) for name in ("id", "query", "loop_on")})
        own = ".".join(["resources", *self.address(key)])
        recursion = json.dumps(node.get("recurse")).replace(own, "")
        found: dict[str, str] = {}
        for above in self.ancestors(key):
            path = re.escape(".".join(["resources", *self.address(above)]))
            if self.kind(above) != "add_context" and re.search(rf"{path}\b", text + recursion):
                found.setdefault(path, above)
        return sorted(found.values(), key=lambda above: -self.depth(above))

    def once(self, key: str) -> bool:
        kind = self.kind(key)
        return kind in ("spool", "add_context") or (kind == "transform" and all(map(self.once, self.parents(key))))

    def above(self, keys: list[str]) -> set[str]:
        return {node for key in keys for node in (key, *self.ancestors(key))}

    def surely_done(self, key: str) -> set[str]:
        """The nodes that are done whenever ``key`` gives records, however calls are timed."""
        if self.kind(key) == "transform":
            streams = [parent for parent in self.parents(key) if not self.once(parent)]
            waited = self.above([parent for parent in self.parents(key) if self.once(parent)])
            sure = [self.surely_done(parent) for parent in streams]
            return waited | (set.intersection(*sure) if sure else set())
        if self.kind(key) == "request" and (driver := self.streams(key)):
            others = [*self.parents(key), *self.reads(key)]
            waited = self.above([node for node in others if node != driver and node not in self.always_bound(driver)])
            return waited | self.surely_done(driver)
        return set(self.ancestors(key))

    def streams(self, key: str) -> str | None:
        reads = self.reads(key)
        if reads and reads[0] in self.parents(key) and self.kind(reads[0]) in ("request", "transform"):
            return reads[0]
        return None

    def always_bound(self, key: str) -> set[str]:
        """The ancestors to one of whose records each record of ``key`` belongs."""
        kind = self.kind(key)
        if kind == "request":
            return {node for read in self.reads(key) for node in (read, *self.always_bound(read))}
        if kind == "transform":
            sets = [self.always_bound(parent) for parent in self.parents(key) if not self.once(parent)]
        elif kind == "spool":
            sets = [self.always_bound(parent) | {parent} for parent in self.parents(key)]
        else:
            sets = []
        return set.intersection(*sets) if sets else set()

    # The nodes.

    def _node(self, key: str, node: dict[str, Any]) -> Done:
        because = self._skipped(key)
        if because:
            return Done(because=because)
        done = Done()
        kind = self.kind(key)
        try:
            if kind == "spool":
                if self._may_run(key, {}, self._lists(key, set(self.ancestors(key)), {})):
                    done.answered = True
                    for parent in self.parents(key):
                        records = [Record(r.value, {**r.bound, parent: r}) for r in self.done[parent].records]
                        done.groups.append(Group(records, {}))
            elif kind == "request":
                self._request(key, node, done)
            else:
                self._evaluating(key, node, done)
        except ExpressionError as error:
            done.errors.append(make_envelope(400, str(error)))
        return done

    def _skipped(self, key: str) -> list[str] | None:
        lost = [parent for parent in self.parents(key) if self.done[parent].lost]
        if lost and len(lost) == len(self.parents(key)):
            return lost
        contexts = [node for node in self.ancestors(key) if self.kind(node) == "add_context"]
        reads = self.reads(key) if self.kind(key) == "request" else []
        return [node for node in (*reads, *contexts) if self.done[node].lost] or None

    def _request(self, key: str, node: dict[str, Any], done: Done) -> None:
        reads = self.reads(key)
        for bound in self._bindings(reads, {}):
            lists = self._lists(key, self._known(key), {})
            made_for = {read: identifier(bound[read].value) for read in reads}
            try:
                if not self._may_run(key, bound, lists):
                    continue
                elements = self._elements(key, node, bound)
            except (ExpressionError, ValueError) as error:
                done.errors.append(envelope(error, made_for))
                continue
            for path, element in elements:
                turn = {} if path is None else {path: element}
                self._tree(key, node, done, bound, lists, turn, made_for)

    def _tree(
        self,
        key: str,
        node: dict[str, Any],
        done: Done,
        bound: dict[str, Record],
        lists: dict[str, Any],
        turn: dict[str, Any],
        made_for: dict[str, Any],
    ) -> None:
        """One call and, level by level, all that its recursion makes."""
        level: list[Any] = [None]
        visited: list[Any] = []
        for depth in range(MAX_DEPTH + 2):
            fresh = []
            for start in level:
                try:
                    call = self._call(key, node, bound, lists, turn, start)
                except (ExpressionError, ValueError) as error:
                    own = {} if start is None else {key: start["id"]}
                    done.errors.append(envelope(error, {**made_for, **turn, **own}))
                    continue
                own = {} if start is None else {key: start["id"]}
                for record in self._pages(done, call, bound, {**made_for, **turn, **own}):
                    if "recurse" in node and record["id"] not in visited and self._leads_on(key, node, bound, record):
                        visited.append(record["id"])
                        fresh.append(record)
            if fresh and depth == MAX_DEPTH:
                names = {**made_for, **turn, key: fresh[0]["id"]}
                done.errors.append(envelope(ValueError("too deep"), names))
                return
            level = fresh

    def _pages(self, done: Done, call: tuple[Any, ...], bound: dict[str, Record], names: dict[str, Any]) -> list[Any]:
        found: list[Any] = []
        resource, method, record_id, query = call
        while True:
            self.calls.append(call_text(resource, method, record_id, query))
            status, body = self.service.answer(resource, method, record_id, query)
            if status != 200:
                done.errors.append({**body, **({"for": names} if names else {})})
                return found
            done.answered = True
            records = body["result"] if method == "list" else [body]
            done.groups.append(Group([Record(record, bound) for record in records], bound))
            found += records
            if method != "list" or body["next_cursor"] is None:
                return found
            query = {**query, "next_cursor": str(body["next_cursor"])}

    def _call(
        self,
        key: str,
        node: dict[str, Any],
        bound: dict[str, Record],
        lists: dict[str, Any],
        turn: dict[str, Any],
        start: Any,
    ) -> tuple[Any, ...]:
        context = self._context(key, bound, {}, turn, start)
        config = node["recurse"].get("config", {}) if start is not None else {}
        query = self._query(node.get("query"), context, self._context(key, bound, lists, turn, start))
        query.update(self._query(config.get("query"), context, context))
        if "response_format" in node:
            query.setdefault("truto_response_format", node["response_format"])
        written = config.get("id", node.get("id"))
        record_id = None if written is None else to_text(render(written, context))
        if "{{" in json.dumps([record_id, query]):
            raise ValueError("a placeholder has no value")
        return node["resource"], node["method"], record_id, query

    def _query(self, written: Any, context: Any, data: Any) -> dict[str, Any]:
        if isinstance(written, str):
            value = evaluate(written, data)
            if value is UNDEFINED:
                return {}
            if not isinstance(value, dict):
                raise ValueError("not an object")  # noqa: TRY004 - as the engine's own
            return value
        rendered: Any = render(written or {}, context)
        return dict(rendered)

    def _leads_on(self, key: str, node: dict[str, Any], bound: dict[str, Record], record: Any) -> bool:
        condition = node["recurse"].get("if")
        return condition is None or render(condition, self._context(key, bound, {}, {}, record)) is True

    def _elements(self, key: str, node: dict[str, Any], bound: dict[str, Record]) -> list[tuple[str | None, Any]]:
        if "loop_on" not in node:
            return [(None, None)]
        path = node["loop_on"].strip("{}")
        path = path if path.split(".")[0] in ("args", "resources") else f"args.{path}"
        if path in [".".join(["resources", *self.address(read)]) for read in self.reads(key)]:
            return [(None, None)]
        value: Any = self._context(key, bound, {}, {}, None)
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if not isinstance(value, list):
            raise ValueError("not an array")  # noqa: TRY004 - as the engine's own
        return [(path, element) for element in value]

    def _evaluating(self, key: str, node: dict[str, Any], done: Done) -> None:
        pagewise = self.kind(key) == "transform"
        streams = [parent for parent in self.parents(key) if pagewise and not self.once(parent)]
        groups = [(parent, group) for parent in streams for group in self.done[parent].groups if group.records]
        waited = self.above([parent for parent in self.parents(key) if parent not in streams])
        if not streams:
            self._evaluated(key, node, done, None, {}, self._lists(key, waited, {}), {})
        for parent, group in groups:
            known = waited | self.surely_done(parent)
            own = {parent: [record.value for record in group.records], **group.lists}
            bound = {name: record for name, record in group.bound.items() if name not in own}
            self._evaluated(key, node, done, group, bound, self._lists(key, known, own), own)

    def _evaluated(
        self,
        key: str,
        node: dict[str, Any],
        done: Done,
        group: Group | None,
        bound: dict[str, Record],
        lists: dict[str, Any],
        own: dict[str, Any],
    ) -> None:
        made_for = {name: identifier(record.value) for name, record in (group.bound if group else {}).items()}
        try:
            if not self._may_run(key, bound, lists):
                return
            value = evaluate(node["config"]["expression"], self._context(key, bound, lists, {}, None))
        except (ExpressionError, ValueError) as error:
            done.errors.append(envelope(error, made_for))
            return
        nothing = value is UNDEFINED or value is None or value == []
        if self.kind(key) == "add_context" and not nothing:
            if not isinstance(value, dict):
                done.errors.append(envelope(TypeError("not an object"), made_for))
                return
            done.added = value
        done.answered = True
        if nothing:
            return
        values = value if isinstance(value, list) else [value]
        above = group.bound if group else {}
        done.groups.append(Group([Record(item, above) for item in values], above, own))

    # What is read.

    def _may_run(self, key: str, bound: dict[str, Record], lists: dict[str, Any]) -> bool:
        condition = self.nodes[key].get("run_if")
        if condition is None:
            return True
        return evaluate(f"$boolean({condition})", self._context(key, bound, lists, {}, None)) is True

    def _known(self, key: str) -> set[str]:
        return self.surely_done(key)

    def _lists(self, key: str, known: set[str], own: dict[str, Any]) -> dict[str, Any]:
        above = [node for node in self.ancestors(key) if node in known and self.kind(node) != "add_context"]
        return {**own, **{node: self.done[node].values for node in above if node not in own}}

    def _bindings(self, reads: list[str], bound: dict[str, Record]) -> list[dict[str, Record]]:
        if not reads:
            return [bound]
        if reads[0] in bound:
            return self._bindings(reads[1:], bound)
        found: list[dict[str, Record]] = []
        for record in self.done[reads[0]].records:
            if all(bound.get(name, other) is other for name, other in record.bound.items()):
                found += self._bindings(reads[1:], {**bound, **record.bound, reads[0]: record})
        return found

    def _context(
        self, key: str, bound: dict[str, Record], lists: dict[str, Any], turn: dict[str, Any], own: Any
    ) -> dict[str, Any]:
        resources: dict[str, Any] = {}
        for name in reversed([*lists]):
            if name not in bound:
                place(resources, self.address(name), lists[name])
        for name, record in bound.items():
            place(resources, self.address(name), record.value)
        if own is not None:
            place(resources, self.address(key), own)
        extra: dict[str, Any] = {}
        for node in reversed(self.ancestors(key)):
            extra.update(self.done[node].added)
        context = {**extra, "args": dict(self.args), "resources": resources}
        for path, element in turn.items():
            place(context, path.split("."), element)
        return context

    def _errors(self, key: str) -> list[Any]:
        done = self.done[key]
        if done.because:
            return [{"skipped_because": done.because}]
        return done.errors

    def _in_result(self, key: str) -> bool:
        node = self.nodes[key]
        return node.get("persist", False) or (self.kind(key) == "request" and "/" in node["resource"])


def place(data: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        data[step] = dict(data.get(step) or {})
        data = data[step]
    data[path[-1]] = value


def identifier(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value


def envelope(error: Exception, made_for: dict[str, Any]) -> dict[str, Any]:
    return {**make_envelope(400, str(error)), **({"for": made_for} if made_for else {})}

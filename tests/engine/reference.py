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
# Before the name of an add_context, the key of all that it added: read at resources.NAME.
WHOLE = "whole/"


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


def accepted_by(node: dict[str, Any]) -> frozenset[int]:
    """The statuses of its ``x-accept``, one or a list of them."""
    written = node.get("x-accept", [])
    return frozenset(written if isinstance(written, list) else [written])


@dataclass(eq=False)
class Record:
    value: Any
    bound: dict[str, Record]
    added: dict[str, Any] = field(default_factory=dict)
    onward: bool = True


@dataclass
class Group:
    """Records that came together."""

    records: list[Record]
    bound: dict[str, Record]
    shared: dict[str, Any] = field(default_factory=dict)
    whole: bool = True
    # How many records its call had brought with it.
    seen: int = 0

    @property
    def onward(self) -> list[Record]:
        return [record for record in self.records if record.onward and self.whole]

    @property
    def added(self) -> dict[str, Any]:
        merged = dict(self.shared)
        for record in self.onward:
            merged.update(record.added)
        return merged


@dataclass
class Done:
    groups: list[Group] = field(default_factory=list)
    errors: list[Any] = field(default_factory=list)
    because: list[str] | None = None
    added: dict[Any, dict[str, Any]] = field(default_factory=dict)
    branches: list[dict[str, Record]] = field(default_factory=list)
    answered: bool = False
    # Statuses of failed calls that fail nothing.
    accept: frozenset[int] = frozenset()

    @property
    def accepted(self) -> bool:
        """Whether all of its errors are known and accepted."""
        made_here = ("definition", "connection")
        return all(
            error.get("statusCode") in self.accept and error.get("origin") not in made_here for error in self.errors
        )

    @property
    def records(self) -> list[Record]:
        return [record for group in self.groups for record in group.records]

    @property
    def values(self) -> list[Any]:
        return [record.value for record in self.records]

    @property
    def lost(self) -> bool:
        return self.because is not None or (bool(self.errors) and not self.answered and not self.accepted)


class Reference:
    """Runs a definition (plain data whose nodes stand behind their parents) against a service."""

    # Names that are no arguments: of the account's context.
    roots: tuple[str, ...] = ()

    def __init__(self, definition: dict[str, Any], service: Service) -> None:
        self.args = definition.get("args", {})
        self.nodes: dict[str, dict[str, Any]] = {node["name"]: node for node in definition["resources"]}
        self.service = service
        self.calls: list[str] = []
        self.done: dict[str, Done] = {}

    def run(self) -> dict[str, Any]:
        for key in self.nodes:
            self._ensure(key)
        result = {key: self.done[key].values for key in self.nodes if self._in_result(key)}
        errors = {key: self._errors(key) for key in self.nodes if self._errors(key)}
        return {"result": result, "errors": errors}

    @property
    def failed(self) -> list[str]:
        """The nodes that make the run a failure."""
        return [key for key, done in self.done.items() if done.because is not None or not done.accepted]

    def _ensure(self, key: str) -> None:
        """Run a node when all before it are done, and what adds to its records right after it."""
        if key in self.done:
            return
        for before in (*self.parents(key), *self.ancestors(key), *self.contexts(key)):
            self._ensure(before)
        if key in self.done:
            return
        self.done[key] = self._node(key, self.nodes[key])
        for beside in self.nodes:
            if self.kind(beside) == "add_context" and key in self.sources(beside):
                self._ensure(beside)

    # The graph.

    def sources(self, key: str) -> list[str]:
        found: list[str] = []
        for parent in self.parents(key):
            found += self.sources(parent) if self.kind(parent) == "add_context" else [parent]
        return list(dict.fromkeys(found))

    def places(self, key: str) -> list[list[str]]:
        if self.kind(key) == "add_context":
            return []
        own = [self.address(key)]
        if self.kind(key) != "request":
            own += [place for source in self.sources(key) for place in self.places(source)]
        return own

    def contexts(self, key: str) -> list[str]:
        """The add_context nodes whose additions a node sees, farthest first."""
        above, names = self.ancestors(key), list(self.nodes)
        found = []
        for name in sorted(names, key=lambda name: (self.depth(name), names.index(name))):
            if self.kind(name) != "add_context" or name == key:
                continue
            later = self.kind(key) == "add_context" and names.index(name) > names.index(key)
            beside = not later and all(parent in above for parent in self.parents(name))
            if name in above or beside:
                found.append(name)
        return found

    def whole(self, key: str) -> bool:
        """Whether an add_context adds to branches or to the run."""
        return all(self.kind(source) == "spool" for source in self.sources(key))

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
        taken: set[str] = set()
        found: list[str] = []
        for above in self.ancestors(key):
            paths = {re.escape(".".join(["resources", *place])) for place in self.places(above)} - taken
            read = {path for path in paths if re.search(rf"{path}\b", text + recursion)}
            taken |= read
            found += [above] if read else []
        for context in self._contexts_read(key, text + recursion):
            for source in self.sources(context):
                carriers = [above for above in self.ancestors(key) if self.hands_on(above, source)]
                found += self.branch(source) if self.kind(source) == "spool" else carriers[:1]
        return sorted(dict.fromkeys(found), key=lambda above: -self.depth(above))

    def _contexts_read(self, key: str, text: str) -> list[str]:
        """The add_context nodes that a request reads: by a name the nearest that may add it, and by their own names."""
        found: list[str] = []
        for name in dict.fromkeys(re.findall(r"\{\{(\w+)\?", text)):
            for context in reversed(self.contexts(key)):
                written = self.nodes[context]["config"]["expression"]
                if name in written or not written.startswith("{"):
                    found.append(context)
                    break
        for name in re.findall(r"resources\.(\w+)", text):
            found += [name] if name in self.contexts(key) else []
        return list(dict.fromkeys(found))

    def hands_on(self, key: str, source: str) -> bool:
        if key == source or self.kind(key) not in ("transform", "spool"):
            return key == source
        return any(self.hands_on(above, source) for above in self.sources(key))

    def branch(self, key: str) -> list[str]:
        """The nodes over whose records something is repeated before a spool."""
        if self.kind(key) == "request":
            return self.reads(key)
        return [node for source in self.sources(key) for node in self.branch(source)]

    def closed(self, key: str) -> bool:
        """Whether it gives at most one group per branch."""
        return self.kind(key) == "spool" or (self.kind(key) == "transform" and all(map(self.closed, self.sources(key))))

    def paged(self, key: str) -> list[str]:
        """The sources whose groups a node works off one by one; a transform waits for the closed ones beside others."""
        sources = self.sources(key)
        if self.kind(key) != "transform" or all(map(self.closed, sources)):
            return sources
        return [source for source in sources if not self.closed(source)]

    def gathers(self, key: str) -> bool:
        sources = self.sources(key)
        return self.kind(key) == "spool" or (
            self.kind(key) == "transform" and len(sources) > 1 and all(map(self.closed, sources))
        )

    def above(self, keys: list[str]) -> set[str]:
        return {node for key in keys for node in (key, *self.ancestors(key))}

    def surely_done(self, key: str) -> set[str]:
        """The nodes that are done whenever ``key`` gives records, however calls are timed."""
        awaited = self.above([name for name in (*self.contexts(key), *self.parents(key)) if self._adds_whole(name)])
        if self.gathers(key):
            return awaited | set(self.ancestors(key))
        if self.kind(key) != "request":
            sure = [self.surely_done(source) for source in self.paged(key)]
            awaited |= self.above([source for source in self.sources(key) if source not in self.paged(key)])
            return awaited | (set.intersection(*sure) if sure else set())
        driver = self.streams(key)
        if driver is None:
            return awaited | self.above([*self.sources(key), *self.reads(key)])
        others = [*self.sources(key), *self.reads(key)]
        along = self.always_bound(driver)
        return awaited | self.above([n for n in others if n != driver and n not in along]) | self.surely_done(driver)

    def _adds_whole(self, name: str) -> bool:
        return self.kind(name) == "add_context" and self.whole(name)

    def streams(self, key: str) -> str | None:
        reads = self.reads(key)
        return reads[0] if reads and reads[0] in self.sources(key) else None

    def always_bound(self, key: str) -> set[str]:
        """The ancestors to one of whose records each record of ``key`` belongs."""
        if self.kind(key) == "request":
            return {node for read in self.reads(key) for node in (read, *self.always_bound(read))}
        sets = [self.always_bound(source) for source in self.paged(key)]
        return set.intersection(*sets) if sets else set()

    def branch_of(self, key: str, bound: dict[str, Record]) -> Any:
        """What tells the branches of a node apart."""
        return tuple(id(bound[node]) for node in self.nodes if node in self.always_bound(key))

    # The nodes.

    def _node(self, key: str, node: dict[str, Any]) -> Done:
        because = self._skipped(key)
        if because:
            return Done(because=because)
        done = Done(accept=accepted_by(node))
        kind = self.kind(key)
        try:
            if kind == "spool":
                self._spooling(key, done)
            elif kind == "add_context":
                self._adding(key, done)
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
        contexts = [name for name in self.contexts(key) if self.whole(name)]
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
            if bound and bound not in done.branches:
                done.branches.append(bound)
            records = body["result"] if method == "list" else [body]
            found += records
            done.groups.append(Group([Record(record, bound) for record in records], bound, seen=len(found)))
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
        path = path if path.split(".")[0] in ("args", "resources", *self.roots) else f"args.{path}"
        if path in [".".join(["resources", *self.address(read)]) for read in self.reads(key)]:
            return [(None, None)]
        value: Any = self._context(key, bound, {}, {}, None)
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if not isinstance(value, list):
            raise ValueError("not an array")  # noqa: TRY004 - as the engine's own
        return [(path, element) for element in value]

    def _spooling(self, key: str, done: Done) -> None:
        for _name, bound, records in self._gathered(key):
            made_for = {name: identifier(record.value) for name, record in bound.items()}
            try:
                if not self._may_run(key, bound, self._lists(key, set(self.ancestors(key)), {})):
                    continue
            except ExpressionError as error:
                done.errors.append(envelope(error, made_for))
                continue
            done.answered = True
            spooled = [Record(record.value, bound, record.added) for record in records]
            done.groups.append(Group(spooled, bound, seen=len(records)))

    def _gathered(self, key: str) -> list[tuple[Any, dict[str, Record], list[Record]]]:
        """By branch: its name, the records that it is made for, all that was made for them."""
        nodes = [node for node in self.nodes if node in self.always_bound(key)]
        found: dict[Any, tuple[Any, dict[str, Record], list[Record]]] = {}
        if not nodes:
            found[()] = ((), {}, [])
        for source in self.sources(key):
            for bound in self._branches(source) if nodes else []:
                name = tuple(id(bound[node]) for node in nodes)
                found.setdefault(name, (name, {node: bound[node] for node in nodes}, []))
        for source in self.sources(key):
            for group in self.done[source].groups:
                name = tuple(id(group.bound[node]) for node in nodes)
                entry = found.setdefault(name, (name, {node: group.bound[node] for node in nodes}, []))
                entry[2].extend(Record(r.value, group.bound, {**group.shared, **r.added}) for r in group.onward)
        places = {id(record): n for node in nodes for n, record in enumerate(self.done[node].records)}
        return sorted(found.values(), key=lambda entry: [places[name] for name in entry[0]])

    def _branches(self, key: str) -> list[dict[str, Record]]:
        if self.kind(key) == "request":
            return self.done[key].branches
        return [bound for source in self.paged(key) for bound in self._branches(source)]

    def _adding(self, key: str, done: Done) -> None:
        if not self.sources(key):
            lists = self._lists(key, self.surely_done(key), {})
            done.added[()] = self._added(key, done, {}, lists, {}) or {}
        for source in self.sources(key):
            known = self.surely_done(key) | self.surely_done(source)
            for group in self.done[source].groups:
                if self.kind(source) == "spool":
                    lists = self._lists(key, known, {source: [record.value for record in group.onward]})
                    added = self._added(key, done, group.bound, lists, group.added)
                    if added is None:
                        group.whole = False
                    else:
                        group.shared.update(added)
                        done.added[self.branch_of(key, group.bound)] = added
                    continue
                for record in group.onward:
                    lists = self._lists(key, known, {})
                    added = self._added(key, done, {**group.bound, source: record}, lists, group.shared)
                    if added is None:
                        record.onward = False
                    else:
                        record.added = {**record.added, **added}

    def _added(
        self, key: str, done: Done, bound: dict[str, Record], lists: dict[str, Any], more: dict[str, Any]
    ) -> dict[str, Any] | None:
        made_for = {name: identifier(record.value) for name, record in bound.items()}
        try:
            if not self._may_run(key, bound, lists, more):
                return {}
            expression = self.nodes[key]["config"]["expression"]
            value = evaluate(expression, self._context(key, bound, lists, {}, None, more))
        except (ExpressionError, ValueError) as error:
            done.errors.append(envelope(error, made_for))
            return None
        if value is UNDEFINED or value is None or value == []:
            value = {}
        if not isinstance(value, dict):
            done.errors.append(envelope(TypeError("not an object"), made_for))
            return None
        done.answered = True
        if value:
            done.groups.append(Group([Record(value, {})], {}))
            value = {**value, WHOLE + key: value}
        return value

    def _evaluating(self, key: str, node: dict[str, Any], done: Done) -> None:
        sources = self.sources(key)
        if self.gathers(key):
            for _name, bound, records in self._gathered(key):
                own: dict[str, list[Any]] = {}
                merged = Group(records, bound, seen=len(records))
                for source in sources:
                    theirs = [g for g in self.done[source].groups if all(g.bound[n] is r for n, r in bound.items())]
                    own[source] = [record.value for group in theirs for record in group.onward]
                    for group in theirs:
                        merged.shared.update(group.shared)
                self._evaluated(key, node, done, merged, own, set(self.ancestors(key)))
            return
        if not sources:
            self._evaluated(key, node, done, Group([], {}), {}, self.surely_done(key))
        awaited = self.above([name for name in (*self.contexts(key), *self.parents(key)) if self._adds_whole(name)])
        awaited |= self.above([source for source in sources if source not in self.paged(key)])
        for source in self.paged(key):
            for group in self.done[source].groups:
                if group.onward or (self.gathers(source) and group.whole):
                    own = {source: [record.value for record in group.onward]}
                    self._evaluated(key, node, done, group, own, self.surely_done(source) | awaited)

    def _evaluated(
        self, key: str, node: dict[str, Any], done: Done, group: Group, own: dict[str, Any], known: set[str]
    ) -> None:
        bound = {name: record for name, record in group.bound.items() if name not in own}
        lists = self._lists(key, known, own)
        made_for = {name: identifier(record.value) for name, record in group.bound.items()}
        try:
            more = {**group.added, **self.size_of(group)}
            if not self._may_run(key, bound, lists, more):
                return
            value = evaluate(node["config"]["expression"], self._context(key, bound, lists, {}, None, more))
        except (ExpressionError, ValueError) as error:
            done.errors.append(envelope(error, made_for))
            return
        done.answered = True
        if value is UNDEFINED or value is None or value == []:
            return
        values = value if isinstance(value, list) else [value]
        by_id = {identifier(r.value): r.added for r in group.onward if isinstance(r.value, dict)}
        rest = group.added if any(record.added for record in group.onward) else {}
        made = []
        for item in values:
            name = item.get("id") if isinstance(item, dict) else None
            made.append(Record(item, group.bound, rest if name is None else by_id.get(name, rest)))
        done.groups.append(Group(made, group.bound, dict(group.shared), seen=group.seen))

    # What is read.

    def size_of(self, group: Group) -> dict[str, Any]:  # noqa: ARG002 - sync jobs have it
        """What an expression over a group reads of its size."""
        return {}

    def _may_run(
        self, key: str, bound: dict[str, Record], lists: dict[str, Any], more: dict[str, Any] | None = None
    ) -> bool:
        condition = self.nodes[key].get("run_if")
        if condition is None:
            return True
        return evaluate(f"$boolean({condition})", self._context(key, bound, lists, {}, None, more)) is True

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
        for group, record in self._onward(reads[0]):
            record.added = {**group.shared, **record.added}
            if all(bound.get(name, other) is other for name, other in record.bound.items()):
                found += self._bindings(reads[1:], {**bound, **record.bound, reads[0]: record})
        return found

    def _onward(self, key: str) -> list[tuple[Group, Record]]:
        return [(group, record) for group in self.done[key].groups for record in group.onward]

    def _context(
        self,
        key: str,
        bound: dict[str, Record],
        lists: dict[str, Any],
        turn: dict[str, Any],
        own: Any,
        more: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        extra: dict[str, Any] = {}
        for name in self.contexts(key):
            if self.whole(name) and all(node in bound for node in self.always_bound(name)):
                extra.update(self.done[name].added.get(self.branch_of(name, bound), {}))
        for record in bound.values():
            extra.update(record.added)
        extra.update(more or {})
        resources = {name: extra.pop(WHOLE + name) for name in self.nodes if WHOLE + name in extra}
        for name in reversed([*lists]):
            for where in self.places(name) if name not in bound else []:
                place(resources, where, lists[name])
        for name, record in bound.items():
            for where in self.places(name):
                place(resources, where, record.value)
        for name in reversed([*lists]):
            for where in self._nearer(name, bound):
                place(resources, where, lists[name])
        if own is not None:
            place(resources, self.address(key), own)
        context = {**extra, "args": dict(self.args), "resources": resources}
        for path, element in turn.items():
            place(context, path.split("."), element)
        return context

    def _nearer(self, name: str, bound: dict[str, Record]) -> list[list[str]]:
        """Where the records of a node stand though those of a farther one do, too."""
        found = []
        for where in self.places(name) if name not in bound else []:
            owners = [other for other in bound if where in self.places(other)]
            if owners and all(other in self.ancestors(name) for other in owners):
                found.append(where)
        return found

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
        if isinstance(data.get(step), list):
            # The records of a list have no place of their own: an expression sees the list.
            return
        data[step] = dict(data.get(step) or {})
        data = data[step]
    data[path[-1]] = value


def identifier(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value


def envelope(error: Exception, made_for: dict[str, Any]) -> dict[str, Any]:
    return {**make_envelope(400, str(error)), **({"for": made_for} if made_for else {})}

"""The reference for sync jobs: states, events and destinations, once more slowly, on top of that for batches."""

from __future__ import annotations

import json
from typing import Any

from reference import Done, Group, Record, Reference, Service, envelope

from batchctl.errors import ExpressionError
from batchctl.expression import evaluate
from batchctl.template import UNDEFINED, render

SYNC_KINDS = ("get_state", "update_state", "delete_state", "event", "destination")


class SyncReference(Reference):
    """Runs a job whose nodes stand behind their parents. ``delivered`` are (destination, records, settings)."""

    def __init__(
        self, job: dict[str, Any], service: Service, account: dict[str, Any], state: dict[str, Any] | None = None
    ) -> None:
        super().__init__(job, service)
        self.account = dict(account)
        self.roots = tuple(name for name in account if name not in self.args)
        self.state = dict(state or {})
        self.delivered: list[tuple[str, list[Any], dict[str, Any]]] = []
        self.fired: set[str] = set()
        self.due: dict[str, bool] = {}
        # An end of the run waits for all that does not wait for an end.
        ends = [key for key in self.nodes if self._is_end(key)]
        before = [key for key in self.nodes if key not in ends and not set(ends) & set(self.ancestors(key))]
        for end in ends:
            self.nodes[end] = {**self.nodes[end], "depends_on": before}

    def _is_end(self, key: str) -> bool:
        return self.kind(key) == "event" and self.nodes[key]["config"]["name"] != "start"

    def parents(self, key: str) -> list[str]:
        return list(dict.fromkeys([*super().parents(key), *self.nodes[key].get("resources_to_persist", [])]))

    def sources(self, key: str) -> list[str]:
        """A transform or an add_context after nodes that bring no records has none."""
        found = super().sources(key)
        quiet = [node for node in found if self.kind(node) in SYNC_KINDS and self.kind(node) != "get_state"]
        return [] if self.kind(key) in ("transform", "add_context") and quiet == found else found

    def places(self, key: str) -> list[list[str]]:
        return [[key]] if self.kind(key) in SYNC_KINDS else super().places(key)

    def _context(self, key: str, bound: dict[str, Record], *given: Any, **more: Any) -> dict[str, Any]:
        if self.kind(key) in SYNC_KINDS:
            states = [node for node in self.ancestors(key) if self.kind(node) == "get_state"]
            bound = {**{node: record for node in states for record in self.done[node].records}, **bound}
        return {**self.account, **super()._context(key, bound, *given, **more)}

    def surely_done(self, key: str) -> set[str]:
        """A destination works page by page; a state when all before it is done."""
        if self.kind(key) == "destination":
            sure = [self.surely_done(source) for source in self._persisted(key)]
            rest = [parent for parent in self.parents(key) if parent not in self._persisted(key)]
            return self.above(rest) | (set.intersection(*sure) if sure else set())
        if self.kind(key) in SYNC_KINDS or (self.kind(key) == "transform" and not self.sources(key)):
            return set(self.ancestors(key))
        return super().surely_done(key)

    def _lists(self, key: str, known: set[str], own: dict[str, Any]) -> dict[str, Any]:
        """Of the nodes that only sync jobs have, a state alone has records."""
        without = {node for node in self.nodes if self.kind(node) in SYNC_KINDS and self.kind(node) != "get_state"}
        return super()._lists(key, known - without, own)

    def always_bound(self, key: str) -> set[str]:
        return set() if self.kind(key) in SYNC_KINDS else super().always_bound(key)

    def _persisted(self, key: str) -> list[str]:
        return list(self.nodes[key]["resources_to_persist"])

    def _node(self, key: str, node: dict[str, Any]) -> Done:
        """Nothing is done after an event that did not come true, nor after what did nothing for that reason."""
        events = [parent for parent in self.parents(key) if self.kind(parent) == "event"]
        others = [parent for parent in self.parents(key) if parent not in events]
        due = all(parent in self.fired for parent in events) and (not others or any(self.due[each] for each in others))
        self.due[key] = due or self._is_end(key)
        if self.due[key]:
            return self._due_node(key, node)
        return Done(because=self._skipped(key) if self.kind(key) != "event" else None)

    def _due_node(self, key: str, node: dict[str, Any]) -> Done:
        if self.kind(key) not in SYNC_KINDS:
            return super()._node(key, node)
        because = self._skipped(key) if self.kind(key) != "event" else None
        if because:
            return Done(because=because)
        done = Done()
        if self.kind(key) == "destination":
            self._delivering(key, node, done)
            return done
        try:
            if self._may_run(key, {}, self._all(key)):
                done.answered = True
                self._acting(key, node, done)
        except (ExpressionError, ValueError) as error:
            done.errors.append(envelope(error, {}))
        return done

    def size_of(self, group: Group) -> dict[str, Any]:
        return {"total_records_size": group.seen}

    def _all(self, key: str) -> dict[str, Any]:
        return self._lists(key, set(self.ancestors(key)), {})

    def _acting(self, key: str, node: dict[str, Any], done: Done) -> None:
        config = node["config"]
        if self.kind(key) == "event":
            failed = any(each.errors for each in self.done.values())
            if {"start": True, "complete": not failed, "error": failed}[config["name"]]:
                self.fired.add(key)
                if config["name"] != "start":
                    ended = "failed" if failed else "completed"
                    self.account["sync_job_run"] = {**self.account["sync_job_run"], "status": ended}
            return
        context = self._context(key, {}, {}, {}, None)
        name: Any = filled(config["key"], context)
        if self.kind(key) == "get_state":
            value = self.state.get(name)
            value = filled(config.get("default"), context) if value is None else value
            done.groups.append(Group([Record({"key": name, "value": value}, {})], {}))
        elif self.kind(key) == "delete_state":
            self.state.pop(name, None)
        elif "value_expression" in config:
            value = evaluate(config["value_expression"], self._context(key, {}, self._all(key), {}, None))
            if value is not UNDEFINED:
                self.state[name] = value
        else:
            self.state[name] = filled(config.get("value"), context)

    def _delivering(self, key: str, node: dict[str, Any], done: Done) -> None:
        for source in self._persisted(key):
            for group in self.done[source].groups:
                if not group.onward:
                    continue
                page = [record.value for record in group.onward]
                if not self._wanted(key, node, done, group, {source: page}):
                    continue
                each = [(record.value, record) for record in group.onward] if "loop_on" in node else [(page, None)]
                for records, single in each:
                    bound = group.bound if single is None else {**group.bound, source: single}
                    more = group.added if single is None else {**group.shared, **single.added}
                    self._put(key, node, done, bound, more, records)

    def _wanted(self, key: str, node: dict[str, Any], done: Done, group: Group, own: dict[str, Any]) -> bool:
        """A condition sees the whole page, also where records are delivered one by one."""
        if "run_if" not in node:
            return True
        (page,) = own.values()
        try:
            lists = self._lists(key, self.surely_done(key), own)
            data = self._context(key, group.bound, lists, {}, None, group.added)
            return evaluate(f"$boolean({node['run_if']})", {**data, "payload": {"records": page}}) is True
        except (ExpressionError, ValueError) as error:
            done.errors.append(envelope(error, {}))
            return False

    def _put(
        self,
        key: str,
        node: dict[str, Any],
        done: Done,
        bound: dict[str, Record],
        more: dict[str, Any],
        records: Any,
    ) -> None:
        payload = {"payload": {"records": records}}
        try:
            written = node.get("config", {}).get("config", {})
            settings: Any = filled(written, {**self._context(key, bound, {}, {}, None, more), **payload})
        except (ExpressionError, ValueError) as error:
            done.errors.append(envelope(error, {}))
            return
        done.answered = True
        self.delivered.append((key, records if isinstance(records, list) else [records], settings))


def filled(written: Any, context: dict[str, Any]) -> Any:
    """A value with its placeholders filled in; one without a value is an error."""
    value = render(written, context)
    if "{{" in json.dumps(value):
        raise ValueError("a placeholder has no value")
    return value

"""Truto's own resources: accounts, capabilities, tools, sync jobs and their runs, the log.

Accounts and capabilities come from ``account.yaml`` and ``capabilities.yaml`` (or from the files that are there), all
else from ``platform/NAME.json``. A list of the platform has ``result``, ``next_cursor`` and ``limit`` alone.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from batchctl.engine.backends.fixture_files import resource_segments
from batchctl.engine.backends.fixture_query import whole_number
from batchctl.redaction import secret_values
from batchctl.server.answer import Answer, json_answer
from batchctl.server.capabilities import derived_capabilities, fixture_resources, method_schemas, selected
from batchctl.server.request import Refusal
from batchctl.server.sync_states import NAME as STATES
from batchctl.server.sync_states import answer_states, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.engine.backends.base import Reply
    from batchctl.engine.backends.fixture_account import Account
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.engine.backends.fixture_records import Records
    from batchctl.engine.backends.fixture_store import Table
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.server.request import Request
    from batchctl.server.sync_runs import SyncRuns
    from batchctl.server.worlds import World

# The id of the one account of a folder that says nothing of accounts.
LOCAL_ACCOUNT = "00000000-0000-4000-8000-000000000001"
LOCAL_ENVIRONMENT = "00000000-0000-4000-8000-0000000000e0"
_SYNC = ("sync-job", "sync-job-run", "sync-job-template", "sync-job-cron-trigger", "sync-job-run-state")
_SECRET = frozenset({"context", "credentials"})


class Platform:
    """The routes of Truto's own resources: accounts, capabilities, tools, sync jobs and their runs, the log."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._runs: SyncRuns | None = None

    async def answer(self, request: Request) -> Answer:
        """The response to a request for one of Truto's own resources.

        Raises ``Refusal`` for any other path and for what can't be answered, ``FixtureError`` for fixtures that can't
        be used.
        """
        match request.segments:
            case ["integrated-account", *rest]:
                return self._accounts(request, rest)
            case ["integration", name, "capabilities"]:
                request.require("GET")
                return json_answer(200, self._integration(name, request.query()))
            case [name, *rest] if name in _SYNC and len(rest) < 2:
                return await self._records(request, name, rest[0] if rest else None)
            case ["log"]:
                request.require("GET")
                return _listed(self._world.platform("log"), request.query())
            case _:
                raise Refusal(404, f"no such route: {request.method[:20]} /{'/'.join(request.segments)[:200]}")

    def meta(self, request: Request) -> Answer:
        """The answer to ``/unified/{model}/{resource}/meta/{method}``: the JSON Schemas of ``method_schemas``.

        They are derived from the fixtures. Raises ``Refusal``: 404 for a method that the fixtures do not have, 400
        where there are several accounts and the query has no ``integrated_account_id``.
        """
        _, model, resource, _, method = request.segments
        account = request.query().get("integrated_account_id")
        if not isinstance(account, str) and self._world.folder is not None and self._world.folder.has_accounts:
            raise Refusal(400, "the query parameter integrated_account_id is missing")
        folder, root = self._place(account if isinstance(account, str) else None)
        known = dict(fixture_resources(folder, root))
        if method not in known.get(f"{model}/{resource}", ()):
            raise Refusal(404, f"no method {method[:80]} on {model[:80]}/{resource[:80]}")
        records = folder.records([*root, "unified", model, resource])
        return json_answer(200, method_schemas(_all(records), method))

    def _accounts(self, request: Request, rest: list[str]) -> Answer:
        request.require("GET")
        query = request.query()
        match rest:
            case []:
                accounts = [self._account(account) for account in self._ids()]
                integration = query.get("integration.name", query.get("integration"))
                found = [each for each in accounts if integration in (None, _integration_name(each))]
                return json_answer(200, _page([*found], query))
            case [account]:
                return json_answer(200, self._account(account))
            case [account, "capabilities"]:
                return json_answer(200, self._capabilities(account, query))
            case [account, "tools"]:
                return json_answer(200, [*self._tools(account, query)])
            case _:
                raise Refusal(404, f"no such route: GET /{'/'.join(request.segments)[:200]}")

    def _ids(self) -> list[str]:
        folder = self._world.folder
        if folder is not None and folder.has_accounts:
            return folder.accounts()
        about = folder.account(None) if folder is not None else None
        return [about.id if about is not None and about.id else LOCAL_ACCOUNT]

    def _known(self, account: str) -> Account | None:
        folder = self._world.folder
        if folder is None:
            return None
        found = folder.account(account)
        if found is None:
            raise Refusal(404, f"no integrated account {account[:80]}")
        return found

    def _account(self, account: str) -> JsonObject:
        known = self._known(account)
        facts = {key: value for key, value in known.facts.items() if key not in _SECRET} if known else {}
        stated = facts.get("integration")
        integration = (known.integration if known else None) or "fixtures"
        return {
            "tenant_id": None,
            "status": "active",
            "authentication_method": "api_key",
            "environment_id": LOCAL_ENVIRONMENT,
            "is_sandbox": False,
            "created_at": "2024-01-01T00:00:00.000Z",
            "updated_at": "2024-01-01T00:00:00.000Z",
            **facts,
            "context": _public(known.context if known else {}),
            "id": account,
            "integration": stated if isinstance(stated, dict) else {"name": integration},
        }

    def _place(self, account: str | None) -> tuple[FixtureFolder, tuple[str, ...]]:
        """The folder, and where in it an account's files are."""
        folder = self._world.folder
        if folder is None:
            raise Refusal(404, "there is no fixtures folder to tell it from")
        root = folder.root_of(account)
        if root is None:
            raise Refusal(404, f"no integrated account {(account or '')[:80]}")
        return folder, root

    def _capabilities(self, account: str, query: JsonObject) -> JsonObject:
        folder, root = self._place(account)
        about = self._account(account)
        given = folder.data([*root, "capabilities"])
        own = given if isinstance(given, dict) else derived_capabilities(folder, root)
        whole: JsonObject = {
            "integration": {"name": _integration_name(about), "label": _integration_name(about)},
            "environment_id": about["environment_id"],
            **own,
            "account": {
                "id": account,
                "status": about["status"],
                "authentication_method": about["authentication_method"],
                "is_blocked": bool(about.get("is_blocked", False)),
            },
        }
        return selected(whole, query)

    def _integration(self, name: str, query: JsonObject) -> JsonObject:
        for account in self._ids():
            if _integration_name(self._account(account)) == name:
                found = self._capabilities(account, query)
                return {key: value for key, value in found.items() if key != "account"}
        raise Refusal(404, f"no account of the integration {name[:80]}")

    def _tools(self, account: str, query: JsonObject) -> Iterator[JsonValue]:
        folder, root = self._place(account)
        wanted = str(query["methods"]).split(",") if query.get("methods") else None
        for resource, methods in fixture_resources(folder, root):
            records = folder.records([*root, *resource_segments(resource)])
            for method in methods:
                if wanted is None or method in wanted:
                    name = f"{method}_{resource}".replace("/", "_").replace("-", "_")
                    about: JsonObject = {"name": name, "resource": resource, "method": method}
                    about["description"] = f"{method} {resource}, from the fixtures"
                    yield {**about, **method_schemas(_all(records), method)}

    async def _records(self, request: Request, name: str, record_id: str | None) -> Answer:
        table = self._world.platform(name)
        if name == STATES:
            return answer_states(request, table, record_id)
        if record_id is None:
            request.require("GET", "POST")
            if name == "sync-job-run" and request.method == "POST":
                return json_answer(201, await self._sync_runs().start(request.json()))
            if request.method == "POST":
                return _replied(table.create(_new(request.json())))
            return _listed(table, request.query())
        request.require("GET", "PATCH", "DELETE")
        if name == "sync-job-run" and request.method == "DELETE":
            return json_answer(200, self._sync_runs().stop(record_id))
        if request.method == "PATCH":
            body = request.json()
            return _replied(
                table.update(record_id, {**body, "updated_at": moment()} if isinstance(body, dict) else body)
            )
        return _replied(table.delete(record_id) if request.method == "DELETE" else table.get(record_id))

    def _sync_runs(self) -> SyncRuns:
        if self._runs is None:
            # Most servers run no sync jobs.
            from batchctl.server.sync_runs import SyncRuns  # noqa: PLC0415 - brings the engine of destinations

            self._runs = SyncRuns(self._world)
        return self._runs


def _new(body: JsonValue) -> JsonValue:
    if not isinstance(body, dict):
        return body
    now = moment()
    own: JsonObject = {"id": str(uuid.uuid4()), "environment_id": LOCAL_ENVIRONMENT}
    return {**own, "created_at": now, "updated_at": now, **body}


def _replied(reply: Reply) -> Answer:
    return json_answer(reply.status, reply.body, reply.headers)


def _listed(table: Table, query: JsonObject) -> Answer:
    reply = table.page(query)
    body = reply.body
    if not reply.ok or not isinstance(body, dict):
        return _replied(reply)
    limit = query.get("limit", 50)
    return json_answer(200, {"result": body["result"], "next_cursor": body["next_cursor"], "limit": int(str(limit))})


def _page(records: Sequence[JsonValue], query: JsonObject) -> JsonObject:
    """A page of a list that is at hand; its cursor is a number; an empty one is none, as clients send it."""
    limit, start = whole_number(query.get("limit", 50)), whole_number(query.get("next_cursor") or 0)
    if not limit or start is None:
        raise Refusal(400, "limit must be a whole number above 0, next_cursor one that this list gave")
    end = start + limit
    return {"result": [*records[start:end]], "next_cursor": str(end) if end < len(records) else None, "limit": limit}


def _integration_name(account: JsonObject) -> JsonValue:
    integration = account.get("integration")
    return integration.get("name") if isinstance(integration, dict) else None


def _all(records: Records | None) -> Iterator[JsonValue]:
    """The records of a resource, none for one that has a file of answers only."""
    if records is not None:
        yield from (records.record(place) for place in range(len(records)))


def _public(context: JsonObject) -> JsonObject:
    """What of an account's context does not look secret: the API tells no credentials."""
    return {key: value for key, value in context.items() if not secret_values({key: value})}

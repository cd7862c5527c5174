"""What an integrated account can do: the answer of ``GET /integrated-account/{id}/capabilities``, as values.

The shapes are those of the API: ``proxy`` and ``unified`` list resources with their methods, ``account`` says whose
they are. ``tools`` is the answer of ``GET /integrated-account/{id}/tools``, which names the keys that a method
requires; a snapshot of ``batchctl capabilities pull`` holds both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.structs import Struct
from batchctl.truto.calls import is_unified

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchctl.json_types import JsonObject, JsonValue


class Offered(Struct, frozen=True):
    """One resource that an account offers: its methods by name, each with the keys that a call of it must have.

    These are empty where the snapshot does not tell them. ``overridden`` means that the mapping of a unified resource
    is customised for the environment or the account.
    """

    methods: Mapping[str, Required]
    overridden: bool = False

    @property
    def mark(self) -> str:
        """The end of a sentence about the resource that says its mapping is customised; empty where it is not.

        It is `` (its mapping is overridden in this environment)``, with the blank before it.
        """
        return " (its mapping is overridden in this environment)" if self.overridden else ""


class Required(Struct, frozen=True):
    """The keys that a call of one method must have in its ``query`` and in its ``body``.

    ``either`` are keys that must be in one of the two, where the API does not say in which.
    """

    query: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    either: tuple[str, ...] = ()


class Capabilities(Struct, frozen=True):
    """What one integrated account offers, as a snapshot of it says: its resources by name.

    A name is ``crm/contacts`` for the Unified API and ``contacts`` for the Proxy API. ``apis`` are the APIs (``proxy``,
    ``unified``) that the snapshot covers. ``account`` is the account's id, where known; ``is_blocked`` means that the
    service refuses every call for it; ``file`` is the snapshot's file.
    """

    resources: Mapping[str, Offered]
    apis: frozenset[str]
    account: str | None = None
    is_blocked: bool = False
    file: str = "capabilities.json"

    def covers(self, resource: str) -> bool:
        """Whether the snapshot covers the API of ``resource`` (``crm/contacts``).

        A resource that it does not list does not exist then.
        """
        return ("unified" if is_unified(resource) else "proxy") in self.apis

    def overridden(self, account: str | None) -> frozenset[str]:
        """The names of resources whose mapping is customised; empty where the snapshot is not about ``account``."""
        if not self.is_about(account):
            return frozenset()
        return frozenset(name for name, offered in self.resources.items() if offered.overridden)

    def is_about(self, account: str | None) -> bool:
        """Whether the snapshot is of ``account``; True where one of the two is not known."""
        return account is None or self.account is None or account == self.account


def read_capabilities(snapshot: JsonValue, file: str) -> Capabilities:
    """The capabilities in ``snapshot``, the JSON that ``batchctl capabilities pull`` wrote.

    Entries of an unknown form are left out. ``file`` is the snapshot's name for messages. Raises ``ValueError`` for
    data that is no snapshot.
    """
    if not isinstance(snapshot, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - data from outside, not a mistake of the caller
    apis = frozenset(api for api in ("proxy", "unified") if isinstance(snapshot.get(api), list))
    if not apis:
        raise ValueError("it has neither proxy nor unified")
    required = dict(_required(snapshot.get("tools")))
    resources: dict[str, Offered] = {}
    for api in sorted(apis):
        for name, entry in _resources(snapshot[api]):
            methods = {method: required.get((name, method), Required()) for method in _methods(entry.get("methods"))}
            resources[name] = Offered(methods, entry.get("env_overridden") is True)
    about = snapshot.get("account")
    about = about if isinstance(about, dict) else {}
    account = about.get("id")
    return Capabilities(
        resources, apis, account if isinstance(account, str) else None, about.get("is_blocked") is True, file
    )


def _resources(entries: JsonValue) -> Iterator[tuple[str, JsonObject]]:
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("resource"), str):
            model = entry.get("model")
            yield f"{model}/{entry['resource']}" if isinstance(model, str) else str(entry["resource"]), entry


def _methods(entries: JsonValue) -> Iterator[str]:
    """Names, or objects that have one as ``method``."""
    for entry in entries if isinstance(entries, list) else ():
        name = entry.get("method") if isinstance(entry, dict) else entry
        if isinstance(name, str):
            yield name


def _required(tools: JsonValue) -> Iterator[tuple[tuple[str, str], Required]]:
    for tool in tools if isinstance(tools, list) else ():
        if not isinstance(tool, dict):
            continue
        query, body = (_names(_part(tool.get(f"{part}_schema"), "required")) for part in ("query", "body"))
        known = {*query, *body}
        either = tuple(name for name in _names(tool.get("required")) if name not in known)
        yield (str(tool.get("resource")), str(tool.get("method"))), Required(query, body, either)


def _part(schema: JsonValue, key: str) -> JsonValue:
    return schema.get(key) if isinstance(schema, dict) else None


def _names(value: JsonValue) -> tuple[str, ...]:
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()

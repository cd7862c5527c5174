"""``account.yaml`` in a fixtures folder: the integrated account that the fixtures are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import FixtureError
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.json_types import JsonObject, JsonValue


class Account(Struct, frozen=True):
    """An integrated account, as ``account.yaml`` of a fixtures folder describes it.

    Placeholders may read ``tenant_id``, and the keys of ``context`` by their names. ``integration`` is the name of the
    integration (``hubspot``). ``facts`` is the whole content of the file, which ``serve`` answers to ``GET
    /integrated-account/{id}``, empty without a file. None stands for what the file does not have.
    """

    id: str | None = None
    tenant_id: str | None = None
    context: JsonObject = field(default_factory=dict)
    integration: str | None = None
    facts: JsonObject = field(default_factory=dict)


_TEXTS = ("id", "tenant_id", "status", "environment_id", "authentication_method", "created_at", "updated_at")


def read_account(value: JsonValue, folder: Path, account: str | None) -> Account:
    """The account in ``value``, the parsed content of its ``account.yaml``; None stands for a missing file.

    ``folder`` is where the file is, for messages. ``account`` is the id where the file has none (None: it is not
    known). Raises ``FixtureError`` for a file of another form.
    """
    where = folder / "account.yaml"
    if value is None:
        return Account(id=account)
    if not isinstance(value, dict):
        raise FixtureError(f"{where} is not an object", hint="write keys such as id, tenant_id and context")
    for key in _TEXTS:
        if value.get(key) is not None and not isinstance(value[key], str):
            raise FixtureError(f"{where}: {key} is not text", hint=f"put the value of {key} in quotes")
    context = value.get("context")
    if context is not None and not isinstance(context, dict):
        raise FixtureError(f"{where}: context is not an object", hint="write the account's own fields under context")
    integration = value.get("integration")
    name = integration.get("name") if isinstance(integration, dict) else integration
    if name is not None and not isinstance(name, str):
        raise FixtureError(f"{where}: integration has no name", hint="write integration: {name: hubspot}")
    record_id, tenant_id = value.get("id"), value.get("tenant_id")
    return Account(
        id=record_id if isinstance(record_id, str) else account,
        tenant_id=tenant_id if isinstance(tenant_id, str) else None,
        context=context or {},
        integration=name,
        facts=value,
    )

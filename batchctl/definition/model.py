"""The typed form of a batch definition, in the words of ``POST /batch-request``.

What stands here has passed the schema. User data (``args``, ``query``, ``body``…) stays plain JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from batchctl.redaction import MaskedRepr, secret_values
from batchctl.structs import Struct
from batchctl.truto.calls import READ_METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.json_types import JsonObject, JsonValue


class Recurse(Struct, frozen=True):
    """How a request repeats itself for its own records, as for the children of a page.

    It is repeated for each record for which ``condition`` (the key ``if``, with placeholders) renders to true; None
    repeats it for all. ``config`` has the ``id`` and ``query`` of the repeated call, as they are written.
    """

    condition: str | None
    config: Mapping[str, JsonValue]


class Request(Struct, frozen=True):
    """A node of a definition that makes calls, to the Unified or the Proxy API: one item of ``resources``.

    ``key`` names it in result and errors (its ``name``, else its ``resource``), ``index`` is its index in
    ``resources``, from 0. ``resource`` is what it calls: ``crm/contacts`` of the Unified API, ``block-children`` of the
    Proxy API. ``depends_on`` are keys of other nodes. ``method`` is ``list``, ``get``, ``create``, ``update``,
    ``delete`` or one of the resource's own; ``id`` is the record's, with placeholders. A string ``query`` or ``body``
    is a JSONata expression, and so is ``run_if``. ``loop_on`` is the path of a list to repeat it for (``args.ids``,
    also in braces); ``persist`` puts the records of a proxy resource into the result. ``accept`` are HTTP statuses of
    failed calls that don't count as failures. ``account`` is the integrated account of a request in a sync job, with
    placeholders. ``response_format`` and ``delete_tracking`` are as the file has them; the latter is only in sync jobs.
    None stands for a key that the file does not have.
    """

    # What the file calls it in ``type``.
    kind: ClassVar[str] = "request"

    key: str
    index: int
    depends_on: tuple[str, ...]
    resource: str
    method: str
    id: str | None = None
    query: JsonObject | str | None = None
    body: JsonObject | str | None = None
    loop_on: str | None = None
    persist: bool = False
    recurse: Recurse | None = None
    response_format: str | None = None
    run_if: str | None = None
    account: str | None = None
    delete_tracking: str | None = None
    # Statuses of failed calls that are known and accepted.
    accept: frozenset[int] = frozenset()

    @property
    def is_unified(self) -> bool:
        """Whether it calls the Unified API (``model/resource``) instead of the Proxy API (a single segment)."""
        return "/" in self.resource

    @property
    def is_write(self) -> bool:
        """Whether its calls may change data: anything but ``list`` and ``get``."""
        return self.method not in READ_METHODS

    @property
    def in_result(self) -> bool:
        """Whether its records are in the result: always for a unified resource, else with ``persist: true``."""
        return self.persist or self.is_unified


class Spool(Struct, frozen=True):
    """A node that waits for all records of the nodes it depends on, and passes them on together, as one list.

    ``key`` is its name, ``index`` its index in ``resources``, from 0; ``depends_on`` are the keys of those nodes.
    ``persist`` puts the list into the result; ``run_if`` is JSONata that decides whether it runs (None: always).
    """

    kind: ClassVar[str] = "spool"

    key: str
    index: int
    depends_on: tuple[str, ...]
    persist: bool = False
    run_if: str | None = None

    @property
    def in_result(self) -> bool:
        """Whether its records are part of the result: only with ``persist: true``."""
        return self.persist


class WithExpression(Struct, frozen=True):
    """A node that evaluates a JSONata ``expression`` over what the nodes that it depends on brought.

    ``key`` is its name, ``index`` its index in ``resources``, from 0; ``depends_on`` are the keys of those nodes.
    ``persist`` puts what it makes into the result; ``run_if`` is JSONata that decides whether it runs (None: always).
    ``debug`` asks that what goes into the expression and what comes out be logged.
    """

    key: str
    index: int
    depends_on: tuple[str, ...]
    expression: str
    persist: bool = False
    run_if: str | None = None
    debug: bool = False

    @property
    def in_result(self) -> bool:
        """Whether what it makes is part of the result: only with ``persist: true``."""
        return self.persist


class Transform(WithExpression, frozen=True):
    """A node that turns the records of the nodes it depends on into other records, with a JSONata expression."""

    kind: ClassVar[str] = "transform"


class AddContext(WithExpression, frozen=True):
    """A node that makes an object for each record of the node it depends on, for later placeholders to read.

    The keys of the object are read as ``args`` are.
    """

    kind: ClassVar[str] = "add_context"


class SyncNode(Struct, frozen=True):
    """A node that only sync jobs have: one that reads or writes the job's state, an event, or a destination.

    ``kind`` says which; ``config`` are its own keys, as they are written: all keys of a destination, else those under
    ``config``. ``depends_on`` also holds what a destination persists and what an event waits for. ``key`` is its name,
    ``index`` its index in ``resources``, from 0; ``run_if`` is JSONata that decides whether it runs (None: always).
    """

    key: str
    index: int
    depends_on: tuple[str, ...]
    kind: SyncKind
    config: JsonObject
    persist: bool = False
    run_if: str | None = None

    def persists(self, name: str) -> bool:
        """Whether this is a destination that gets the records of the node called ``name``."""
        if self.kind != "destination":
            return False
        persisted = self.config.get("resources_to_persist")
        return name in (persisted if isinstance(persisted, list) else self.depends_on)

    @property
    def expression(self) -> str | None:
        """Its JSONata: the new value of an ``update_state``, or the settings of a destination; None without any."""
        inner = self.config.get("config") if self.kind == "destination" else self.config
        text = inner.get(self.expression_key) if isinstance(inner, dict) else None
        return text if isinstance(text, str) else None

    @property
    def expression_key(self) -> str:
        """The key that its JSONata has in the file: ``expression`` for a destination, else ``value_expression``."""
        return "expression" if self.kind == "destination" else "value_expression"

    @property
    def in_result(self) -> bool:
        """Always False: the records of a sync job go to its destinations."""
        return False


SyncKind: TypeAlias = Literal["get_state", "update_state", "delete_state", "event", "destination"]
Resource: TypeAlias = Request | Spool | Transform | AddContext | SyncNode
# Nodes whose keys hold placeholders.
Templated: TypeAlias = Request | SyncNode


# The first runtime with nodes of other types than requests and transforms.
TYPED_VERSION = 4


class SyncJob(Struct, frozen=True):
    """What a sync job has beside its nodes: its name, its runtime, and keys about its state and its arguments.

    ``data`` is the whole file, variables filled in. ``label`` is the job's name, ``version`` is
    ``default_runtime_version``. ``state_key`` names the state that its runs share, ``mutex_key`` what only one run may
    hold at a time, both with placeholders; ``args_validation`` is JSONata that accepts or refuses arguments. None
    stands for a key that the file does not have.
    """

    data: JsonObject
    label: str
    version: int
    state_key: str | None = None
    mutex_key: str | None = None
    args_validation: str | None = None

    @property
    def is_typed(self) -> bool:
        """Whether its runtime has nodes of other types than requests and transforms."""
        return self.version >= TYPED_VERSION

    @property
    def id(self) -> str | None:
        """The id of the job in Truto; None for one that was never pushed."""
        known = self.data.get("id")
        return known if isinstance(known, str) else None


class BatchDefinition(MaskedRepr, frozen=True):
    """A definition without errors, a batch or (where ``job`` is not None) a sync job, ready to be planned and run.

    ``payload`` is the body that is sent to Truto: the file's data, ``${VAR}`` filled in, arguments merged, authoring
    keys removed. ``resources`` are its nodes, in the file's order. ``integrated_account_id`` is the id of the run's own
    account, empty where none is known. ``args`` are the merged arguments, ``args_schema`` is as it is written,
    ``fixtures`` a path relative to the file; ``secrets`` are values that came from the environment under a
    secret-looking name.
    """

    integrated_account_id: str
    args: JsonObject
    resources: tuple[Resource, ...]
    payload: JsonObject
    name: str | None = None
    description: str | None = None
    args_schema: JsonObject | None = None
    fixtures: str | None = None
    secrets: frozenset[str] = frozenset()
    job: SyncJob | None = None

    def _secrets(self) -> frozenset[str]:
        return self.secrets | secret_values(self.payload) | secret_values(self.args)

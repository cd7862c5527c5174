"""A preview of what a run would send: as far as the arguments decide, or as far as records to start from reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.plan.preview import make_preview
from batchctl.redaction import secret_values
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from batchctl.engine.backends.samples import SampleBackend
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.plan.preview import Preview


class StartingRecords(Protocol):
    """Records that answer the calls of a preview, so that it can show requests which depend on records.

    ``sampled_preview`` takes them. ``Records`` (in memory) and ``SampleFiles`` (in files) are implementations.
    """

    @property
    def fixtures(self) -> Path | None:
        """The folder of fixtures among them, from which the accounts' contexts are read, too; None without one."""

    @property
    def is_empty(self) -> bool:
        """Whether there are no records, so that the preview shows what the arguments alone decide."""

    def backend(self, plan: Plan) -> SampleBackend:
        """A backend that answers the calls of ``plan`` with these records.

        Raises ``UsageError`` for records whose name is that of no request, ``FixtureError`` for ones that can't be
        read.
        """

    def unused(self, plan: Plan, known: Mapping[str, int]) -> Sequence[str]:
        """The keys of the nodes for which there are records that no call asked for.

        ``known`` has, by the node's key, how many calls are certain to be made: 0 or a missing key means that none was.
        """


class Records(Struct, frozen=True):
    """Records in memory by a node's name or resource (``named``), and a folder of ``fixtures`` (None: no folder)."""

    named: Mapping[str, Sequence[JsonValue]] = field(default_factory=dict)
    fixtures: Path | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there are no records."""
        return not self.named and self.fixtures is None

    def backend(self, plan: Plan) -> SampleBackend:
        """A backend that answers calls with these records, those in ``named`` first.

        Raises ``UsageError`` for a name that is that of no request which reads, ``FixtureError`` for fixtures that
        can't be used.
        """
        from batchctl.engine.backends.sample_files import sampled_nodes
        from batchctl.engine.backends.samples import FixtureSamples, RecordSamples, SampleBackend

        account = plan.definition.integrated_account_id or None
        places = [FixtureSamples(self.fixtures, account)] if self.fixtures is not None else []
        named = {key: records for name, records in self.named.items() for key in sampled_nodes(name, plan)}
        return SampleBackend([*([RecordSamples(named)] if named else []), *places])

    def unused(self, plan: Plan, known: Mapping[str, int]) -> Sequence[str]:  # noqa: ARG002 - see the protocol
        """Always empty, whatever is ``known``: records that no call asked for are not reported."""
        return ()


class SampleFiles(Struct, frozen=True):
    """Records in files: ``RESOURCE=FILE`` each (``named``), the result of an earlier ``run``, a folder of ``fixtures``.

    ``run`` is the path of a result saved with ``-o json``; the first of the three that has records for a call answers
    it. None for either path means that there is none.
    """

    named: Sequence[str] = ()
    run: Path | None = None
    fixtures: Path | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there are no records."""
        return not (self.named or self.run or self.fixtures)

    def backend(self, plan: Plan) -> SampleBackend:
        """A backend that answers the calls of ``plan`` with these records.

        Raises ``UsageError`` for a file whose name is that of no request, ``FixtureError`` for one that can't be read.
        """
        from batchctl.engine.backends.sample_files import sample_backend

        return sample_backend(plan, self.named, self.run, self.fixtures)

    def unused(self, plan: Plan, known: Mapping[str, int]) -> Sequence[str]:
        """The keys of the nodes whose file no call asked for.

        ``known`` has, by node, how many calls are certain to be made: 0 or a missing key means that none was. Raises
        ``UsageError`` for a file whose name is that of no request.
        """
        from batchctl.engine.backends.sample_files import unused_samples

        return unused_samples(self.named, plan, known)


class SampledPreview(Struct, frozen=True):
    """A preview, and what came up while it was made from records.

    ``unused`` are the keys of the nodes whose records no call asked for. ``failures`` are the errors that a run would
    have, by the node's key: objects with ``statusCode``, ``message`` and further keys, as in the ``errors`` of a
    result. ``secrets`` are values of the accounts' contexts that look secret, and that must not be shown.
    """

    preview: Preview
    unused: Sequence[str] = ()
    failures: Mapping[str, Sequence[JsonValue]] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()


async def sampled_preview(plan: Plan, records: StartingRecords, context: JsonObject) -> SampledPreview:
    """The requests that a run of ``plan`` would send, as far as ``records`` reach.

    ``context`` are keys and values of the account's context, which win over those in fixtures. Raises ``UsageError``
    for records whose name is that of no request, ``FixtureError`` for ones that can't be read.
    """
    if records.is_empty:
        return SampledPreview(make_preview(plan, context))
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.engine.rehearsal import rehearse
    from batchctl.execution.first_run import rehearsed_run
    from batchctl.execution.node_contexts import NodeContexts, contexts_in_fixtures

    contexts, secrets = NodeContexts(context), set[str]()
    if records.fixtures is not None:
        contexts = contexts_in_fixtures(plan, FixtureFolder(records.fixtures), context)
        secrets |= {secret for each in (contexts.own, *contexts.of_nodes.values()) for secret in secret_values(each)}
    reading = contexts.reading(secrets.update)
    run = rehearsed_run(plan)
    rehearsal = await rehearse(plan, records.backend(plan), contexts.own, contexts.of_nodes, reading, run)
    known = {resource.step.node.key: resource.known for resource in rehearsal.preview.resources}
    unused = records.unused(plan, known)
    return SampledPreview(rehearsal.preview, unused, rehearsal.failures, frozenset(secrets))


def preview_now(plan: Plan, records: StartingRecords, context: JsonObject) -> SampledPreview:
    """The result of ``sampled_preview``, for code that is not asynchronous; it has the same parameters and errors.

    Without records no event loop is started, and asyncio is not imported.
    """
    if records.is_empty:
        return SampledPreview(make_preview(plan, context))
    from batchctl.blocking import wait_for

    return wait_for(sampled_preview(plan, records, context))
